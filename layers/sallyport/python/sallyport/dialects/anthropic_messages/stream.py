"""The canonical events as Anthropic's stream, in bytes as they are sent.

    message_start  (content_block_start  content_block_delta …  content_block_stop) …  message_delta  message_stop

Blocks come one after the other and are numbered from 0, whatever a provider mixes: what belongs to a later block waits
until a tool's arguments before it are whole. The usage comes with the end, so nothing ends before it is known.
"""

import json
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import StopReason
from sallyport.dialects.anthropic_messages.render import NAMES, STOP_REASONS, render_error, render_usage
from sallyport.dialects.naming import in_own_words
from sallyport.errors import SallyportError
from sallyport.stream import (
    Counted,
    Event,
    LogProbs,
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)

KEEP_ALIVE = b'event: ping\ndata: {"type":"ping"}\n\n'
"""An event of this API's own, which every client passes over."""

_NOTHING = Usage(input_tokens=0, output_tokens=0)

# ASCII, with escapes: a character that the provider cut in two halves reaches the client as both.
_text = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class EventWriter:
    """One stream, of the first choice: this API has no other. `write` keeps back why it ended, which `end` tells."""

    def __init__(self, *, id: str) -> None:
        self._id = id
        self._index = -1
        self._open: str | None = None  # the type of the block that is being written
        self._call: int | None = None  # its number, if it is a tool's call
        self._arguments: list[str] = []
        self._whole: bool | None = None  # whether these are a JSON object; None when that is to be found out
        self._waiting: list[Event] = []
        self._refused = False
        self._stopped = Stopped(StopReason.LENGTH)

    def write(self, event: Event) -> bytes:
        """What is sent for an event; nothing for one that has to wait, or that only the end tells of."""
        match event:
            case Started():
                return _start(self._id, event.model)
            case Counted() | LogProbs():
                return b""  # this API has no word for how likely a token was
        if event.choice != 0:
            return b""
        if isinstance(event, Stopped):
            self._stopped = event
            return self._write_waiting()
        sent = self._content(event)
        while self._waiting and self._call_is_whole():
            sent += self._release()
        return sent

    def end(self, usage: Usage, sallyport: dict[str, Any]) -> bytes:
        """Why it ended, the usage and our own account, and the last event."""
        rest = self._write_waiting()
        reason = STOP_REASONS[StopReason.FILTERED if self._refused else self._stopped.reason]
        met = self._stopped.stop_sequence
        delta = {"stop_reason": reason, "stop_sequence": met, "stop_details": None, "container": None}
        account = in_own_words(sallyport, NAMES)
        told = {"type": "message_delta", "delta": delta, "usage": render_usage(usage), "sallyport": account}
        return rest + _event("message_delta", _text(told)) + _event("message_stop", '{"type":"message_stop"}')

    def failed(self, error: SallyportError, request_id: str) -> bytes:
        """Anthropic's error inside a stream, after which nothing comes."""
        return _event("error", _text(render_error(error, request_id)))

    def _content(self, event: Event) -> bytes:
        """Written at once, unless it is of another block than a call that is not whole, or others wait already."""
        of_call = isinstance(event, ToolCallDelta) and event.index == self._call
        if not of_call and (self._waiting or not self._call_is_whole()):
            self._waiting.append(event)
            return b""
        match event:
            case TextDelta():
                return self._words(event.text)
            case RefusalDelta():
                self._refused = True
                return self._words(event.text)
            case ReasoningDelta():
                return self._thinking() + self._delta("thinking_delta", "thinking", event.text)
            case ReasoningSeal():
                return self._seal(event)
            case ToolCallStarted():
                return self._call_starts(event)
            case ToolCallDelta():
                return self._call_goes_on(event)
            case _:
                return b""

    def _words(self, text: str) -> bytes:
        """Nothing for no words: Anthropic refuses an empty text when it comes back."""
        if not text:
            return b""
        opened = b"" if self._open == "text" else self._start_block("text", {"text": "", "citations": None})
        return opened + self._delta("text_delta", "text", text)

    def _thinking(self) -> bytes:
        return b"" if self._open == "thinking" else self._start_block("thinking", {"thinking": "", "signature": ""})

    def _seal(self, seal: ReasoningSeal) -> bytes:
        sent = b""
        if seal.signature:
            sent += self._thinking() + self._delta("signature_delta", "signature", seal.signature)
        if self._open == "thinking":
            sent += self._close()
        if seal.redacted:
            sent += self._start_block("redacted_thinking", {"data": seal.redacted}) + self._close()
        return sent

    def _call_starts(self, event: ToolCallStarted) -> bytes:
        sent = self._start_block("tool_use", {"id": event.id, "name": event.name, "input": {}})
        self._call, self._arguments, self._whole = event.index, [], None
        return sent

    def _call_goes_on(self, event: ToolCallDelta) -> bytes:
        """What comes after a call was whole is white space, and is left out; so is what comes before it begins.

        The SDK reads the fragments so far as JSON each time, and fails on nothing but space.
        """
        said = event.arguments if self._arguments else event.arguments.lstrip()
        if event.index != self._call or not said:
            return b""
        self._arguments.append(said)
        self._whole = None
        return self._delta("input_json_delta", "partial_json", said)

    def _call_is_whole(self) -> bool:
        if self._call is None:
            return True
        if self._whole is None:
            self._whole = _is_whole("".join(self._arguments))
        return self._whole

    def _release(self) -> bytes:
        """Write what waited, as far as it does not have to wait again."""
        waiting, self._waiting = self._waiting, []
        return b"".join(self._content(event) for event in waiting)

    def _write_waiting(self) -> bytes:
        """All of it: no further arguments come, so what is open is whole or never will be."""
        sent = self._close()
        while self._waiting:
            sent += self._release() + self._close()
        return sent

    def _start_block(self, kind: str, fields: dict[str, Any]) -> bytes:
        closed = self._close()
        self._index += 1
        self._open = kind
        block = _text({"type": kind, **fields})
        return closed + _event(
            "content_block_start",
            f'{{"type":"content_block_start","index":{self._index},"content_block":{block}}}',
        )

    def _delta(self, kind: str, field: str, text: str) -> bytes:
        return (
            f'event: content_block_delta\ndata: {{"type":"content_block_delta","index":{self._index},'
            f'"delta":{{"type":"{kind}","{field}":{_text(text)}}}}}\n\n'
        ).encode()

    def _close(self) -> bytes:
        if self._open is None:
            return b""
        # A tool without parameters: the client reads these fragments as JSON, and nothing is none.
        empty = self._call is not None and not self._arguments
        rest = self._delta("input_json_delta", "partial_json", "{}") if empty else b""
        self._open = self._call = None
        return rest + _event("content_block_stop", f'{{"type":"content_block_stop","index":{self._index}}}')


def _start(id: str, model: str) -> bytes:
    message: dict[str, Any] = {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "container": None,
        "usage": render_usage(_NOTHING),
    }
    return _event("message_start", _text({"type": "message_start", "message": message}))


def _is_whole(arguments: str) -> bool:
    if not arguments.rstrip().endswith("}"):
        return False
    try:
        json.loads(arguments)
    except (ValueError, RecursionError):
        return False
    return True


def _event(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()
