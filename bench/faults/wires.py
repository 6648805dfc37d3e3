"""How an upstream's words travel: as OpenAI's server-sent events, or as the event stream of Bedrock's Converse."""

import json
from typing import Any, Protocol

from sallyport_local.fleet.frames import frame

USAGE = {"prompt_tokens": 20, "completion_tokens": 40, "total_tokens": 60}
_CLOSE = b"connection: close\r\n\r\n"


class Wire(Protocol):
    """Bytes of one stream. After `error` or `spoilt` nothing comes."""

    begin: bytes
    error: bytes
    spoilt: bytes
    end: bytes

    def word(self, text: str) -> bytes: ...


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

    def _chunk(self, delta: dict[str, Any], finish: str | None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "u", "object": "chat.completion.chunk", "created": 1, "model": "faulty", "choices": [choice]}
        return b"data: %b\n\n" % json.dumps(chunk | more).encode()


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


def framed(payload: dict[str, Any], told: dict[str, str]) -> bytes:
    """One message of an Amazon event stream, `told` in its headers."""
    return frame(json.dumps(payload).encode(), told | {":content-type": "application/json"})


def _event(name: str, said: dict[str, Any]) -> bytes:
    return framed(said, {":event-type": name, ":message-type": "event"})
