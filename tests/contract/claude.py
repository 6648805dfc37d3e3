"""A server that speaks Anthropic's Messages API and says what a test tells it to, whole or streamed."""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from tests.contract.listening import Listening, Said

USAGE = {
    "input_tokens": 60,
    "cache_creation_input_tokens": 10,
    "cache_read_input_tokens": 30,
    "output_tokens": 50,
    "output_tokens_details": {"thinking_tokens": 20},
}

_PIECES = {
    "text": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
    "tool_use": ("input_json_delta", "partial_json"),
}


class Claude:
    """Serves until `close`. `requests` holds every body it was sent, `headers` what came with each."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.replies: deque[dict[str, Any]] = deque()
        self._listening = Listening(self._answer)
        self.url = self._listening.url

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> Said:
        asked = json.loads(body)
        self.requests.append(asked)
        self.headers.append(headers)
        if path != "/v1/messages":
            return Said(404, "application/json", b"{}")
        reply = self.replies.popleft()
        if asked["stream"]:
            return Said(200, "text/event-stream", b"".join(events(reply)))
        return Said(200, "application/json", json.dumps(reply).encode())

    def script(self, *content: dict[str, Any], stop: str = "end_turn", met: str | None = None) -> None:
        """The next message."""
        self.replies.append(message(*content, stop=stop, met=met))

    def close(self) -> None:
        self._listening.close()


def message(*content: dict[str, Any], stop: str = "end_turn", met: str | None = None) -> dict[str, Any]:
    said = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "usage": USAGE}
    return said | {"content": list(content), "stop_reason": stop, "stop_sequence": met}


def events(message: dict[str, Any]) -> Iterator[bytes]:
    """A message as a stream of it."""
    empty = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": {**USAGE, "output_tokens": 1}}
    yield _event(type="message_start", message=message | empty)
    for index, block in enumerate(message["content"]):
        begun, deltas = _in_pieces(block)
        yield _event(type="content_block_start", index=index, content_block=begun)
        for delta in deltas:
            yield _event(type="content_block_delta", index=index, delta=delta)
        yield _event(type="content_block_stop", index=index)
    ended = {"stop_reason": message["stop_reason"], "stop_sequence": message["stop_sequence"]}
    yield _event(type="message_delta", delta=ended, usage=USAGE)
    yield _event(type="message_stop")


def _in_pieces(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Of 5 characters each, so that no placeholder comes in one."""
    kind = block["type"]
    if kind not in _PIECES:
        return block, []
    name, field = _PIECES[kind]
    text = json.dumps(block["input"]) if kind == "tool_use" else block[kind]
    deltas = [{"type": name, field: text[at : at + 5]} for at in range(0, len(text), 5)]
    if kind == "thinking":
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
        return {"type": kind, "thinking": "", "signature": ""}, deltas
    return block | ({"input": {}} if kind == "tool_use" else {"text": ""}), deltas


def _event(**fields: Any) -> bytes:
    return f"event: {fields['type']}\ndata: {json.dumps(fields)}\n\n".encode()
