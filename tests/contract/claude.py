"""A server that speaks Anthropic's Messages API and says what a test tells it to, whole or streamed."""

import json
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

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
        claude = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                claude.requests.append(body)
                claude.headers.append({name.lower(): value for name, value in self.headers.items()})
                said = self.path == "/v1/messages" and claude.replies.popleft()
                kind, data = "application/json", json.dumps(said).encode()
                if said and body["stream"]:
                    kind, data = "text/event-stream", b"".join(_events(said))
                self.send_response(200 if said else 404)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def script(self, *content: dict[str, Any], stop: str = "end_turn", met: str | None = None) -> None:
        """The next message."""
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "usage": USAGE}
        self.replies.append(message | {"content": list(content), "stop_reason": stop, "stop_sequence": met})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _events(message: dict[str, Any]) -> Iterator[bytes]:
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
