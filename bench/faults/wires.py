"""How an upstream's words travel: as OpenAI says them, as Anthropic does, or in the event stream of Bedrock."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from sallyport_local.fleet.frames import frame

USAGE = {"prompt_tokens": 20, "completion_tokens": 40, "total_tokens": 60}
_SPOKEN = {"output_tokens": 40}
_CLOSE = b"connection: close\r\n\r\n"


class Wire(Protocol):
    """Bytes of one stream. After `error` or `spoilt` nothing comes."""

    begin: bytes
    error: bytes
    spoilt: bytes
    end: bytes

    def word(self, text: str) -> bytes: ...


class WholeWire(Wire, Protocol):
    """One that whole answers travel on, too."""

    def whole(self, text: str) -> bytes:
        """A body, of JSON."""
        ...


class ServerSentEvents:
    """Of chat completions."""

    begin = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" + _CLOSE
    spoilt = b"data: {nonsense\n\n"

    def __init__(self) -> None:
        error = {"message": "internal detail", "type": "throttling", "code": "rate_limit_exceeded"}
        self.error = b"data: %b\n\n" % json.dumps({"error": error}).encode()
        self.end = self._chunk({}, "stop", usage=USAGE) + b"data: [DONE]\n\n"

    def word(self, text: str) -> bytes:
        return self._chunk({"content": text}, None)

    def whole(self, text: str) -> bytes:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        answer = {"id": "u", "object": "chat.completion", "created": 1, "model": "faulty", "choices": [choice]}
        return json.dumps(answer | {"usage": USAGE}).encode()

    def _chunk(self, delta: dict[str, Any], finish: str | None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "u", "object": "chat.completion.chunk", "created": 1, "model": "faulty", "choices": [choice]}
        return b"data: %b\n\n" % json.dumps(chunk | more).encode()


class MessageEvents:
    """Of Anthropic's Messages."""

    begin = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" + _CLOSE
    spoilt = b"event: content_block_delta\ndata: {nonsense\n\n"
    _START: Mapping[str, Any] = MappingProxyType({"input_tokens": 20, "output_tokens": 1})

    def __init__(self) -> None:
        block = {"type": "text", "text": ""}
        self.begin += _named("message_start", message=_message([], None, dict(self._START)))
        self.begin += _named("content_block_start", index=0, content_block=block)
        self.error = _named("error", error={"type": "rate_limit_error", "message": "internal detail"})
        self.end = (
            _named("content_block_stop", index=0)
            + _named("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage=_SPOKEN)
            + _named("message_stop")
        )

    def word(self, text: str) -> bytes:
        return _named("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def whole(self, text: str) -> bytes:
        usage = {**self._START, **_SPOKEN}
        return json.dumps(_message([{"type": "text", "text": text}], "end_turn", usage)).encode()


class EventStream:
    """Of ConverseStream."""

    def __init__(self) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n" + _CLOSE
        usage = {"inputTokens": 20, "outputTokens": 40, "totalTokens": 60}
        self.begin = head + _event("messageStart", {"role": "assistant"})
        self.error = framed(
            {"message": "internal detail"}, {":exception-type": "throttlingException", ":message-type": "exception"}
        )
        # Its checksum is another's.
        self.spoilt = self.word("nonsense ").replace(b"nonsense", b"Nonsense")
        self.end = (
            _event("contentBlockStop", {"contentBlockIndex": 0})
            + _event("messageStop", {"stopReason": "end_turn"})
            + _event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})
        )

    def word(self, text: str) -> bytes:
        return _event("contentBlockDelta", {"delta": {"text": text}, "contentBlockIndex": 0})


def _message(content: list[dict[str, Any]], stop: str | None, usage: dict[str, int]) -> dict[str, Any]:
    about = {"id": "msg_u", "type": "message", "role": "assistant", "model": "faulty"}
    return {**about, "content": content, "stop_reason": stop, "stop_sequence": None, "usage": usage}


def _named(name: str, **fields: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), json.dumps({"type": name, **fields}).encode())


def framed(payload: dict[str, Any], told: dict[str, str]) -> bytes:
    """One message of an Amazon event stream, `told` in its headers."""
    return frame(json.dumps(payload).encode(), told | {":content-type": "application/json"})


def _event(name: str, said: dict[str, Any]) -> bytes:
    return framed(said, {":event-type": name, ":message-type": "event"})
