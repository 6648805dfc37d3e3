"""The events of a streamed message as ours."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import ChatRequest
from sallyport.errors import ProviderReplyError, ProviderUnavailableError
from sallyport.providers.anthropic.failures import event_failure
from sallyport.providers.anthropic.read import input_of, model_name, stop_reason, usage_of
from sallyport.providers.characters import Halves, whole
from sallyport.providers.names import original_names
from sallyport.routing import Target
from sallyport.stream import (
    Counted,
    Event,
    ReasoningDelta,
    ReasoningSeal,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)


@dataclass(slots=True)
class _Block:
    """An open content block. `call` is our index of a tool call; `said` whether arguments came."""

    call: int | None = None
    said: bool = False
    signature: str = ""


class MessageEvents:
    """Takes the data of one event after the other, which has its type, too. `over` once nothing comes any more."""

    def __init__(self, request: ChatRequest, target: Target) -> None:
        self._target = target
        self._names = original_names(request)
        self._started = False
        self._calls = 0
        self._open: dict[int, _Block] = {}
        self._usage: dict[str, Any] = {}
        self._stopped: Stopped | None = None
        self.over = False
        self._halves = Halves()

    @property
    def whole(self) -> bool:
        """Whether the model has said why it ended: what the connection does after that is of no matter."""
        return self._stopped is not None

    def take(self, data: str) -> Iterator[Event]:
        """Raise ProviderReplyError for what is no event of a message, and what an error event stands for."""
        try:
            event = json.loads(data)
            failed = event["type"] == "error"
            events = [] if failed else list(self._events(event))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            # Their messages quote the event.
            raise ProviderReplyError("The provider sent what is no event of a message. Try again.") from None
        if failed:
            raise event_failure(event)
        yield from events

    def end(self) -> Iterator[Event]:
        """After the last event. Raise ProviderError for half an answer."""
        if not self._started:
            raise ProviderReplyError("The provider streamed no message. Check the target's base_url.")
        if self._stopped is None:
            raise ProviderUnavailableError("The provider hung up in the middle of its answer. Try again.")
        for index in list(self._open):
            yield from self._close(index)
        yield self._stopped
        if usage := self._counted():
            yield Counted(usage=usage)

    def _events(self, event: Mapping[str, Any]) -> Iterator[Event]:
        kind = event["type"]
        if kind == "message_start":
            yield from self._start(event["message"])
        elif kind.startswith(("content_block_", "message_")) and not self._started:
            raise ValueError
        match kind:
            case "content_block_start":
                yield from self._start_block(_index(event), event["content_block"])
            case "content_block_delta":
                yield from self._delta(_index(event), event["delta"])
            case "content_block_stop":
                yield from self._close(_index(event))
            case "message_delta":
                self._count(event.get("usage"))
                self._stop(event["delta"])
            case "message_stop":
                self.over = True

    def _start(self, message: Mapping[str, Any]) -> Iterator[Event]:
        if self._started:
            raise ValueError
        self._started = True
        self._count(message.get("usage"))
        yield Started(model=model_name(message, self._target))

    def _start_block(self, index: int, block: Mapping[str, Any]) -> Iterator[Event]:
        """Text, thoughts and arguments come later, but some servers have them here already."""
        yield from self._close(index)
        self._open[index] = opened = _Block()
        match block["type"]:
            case "text":
                yield from self._text(index, block.get("text") or "")
            case "thinking":
                yield from self._thought(index, block.get("thinking") or "")
                opened.signature = block.get("signature") or ""
            case "redacted_thinking":
                yield ReasoningSeal(redacted=_filled(block["data"]))
            case "tool_use":
                opened.call, name = self._calls, _filled(block["name"])
                self._calls += 1
                yield ToolCallStarted(
                    index=opened.call, id=_filled(block["id"]), name=whole(self._names.get(name, name))
                )
                if block.get("input"):
                    yield from self._arguments(index, opened, input_of(block))

    def _delta(self, index: int, delta: Mapping[str, Any]) -> Iterator[Event]:
        block = self._open[index]
        match delta["type"]:
            case "text_delta":
                yield from self._text(index, delta["text"])
            case "input_json_delta" if block.call is not None:
                yield from self._arguments(index, block, delta["partial_json"])
            case "thinking_delta":
                yield from self._thought(index, delta["thinking"])
            case "signature_delta":
                block.signature += delta["signature"]

    def _text(self, index: int, text: str) -> Iterator[Event]:
        if text := self._halves.join(index, text):
            yield TextDelta(text=text)

    def _thought(self, index: int, thought: str) -> Iterator[Event]:
        if thought := self._halves.join((index, "thought"), thought):
            yield ReasoningDelta(text=thought)

    def _arguments(self, index: int, block: _Block, piece: str) -> Iterator[Event]:
        if (piece := self._halves.join((index, "input"), piece)) and block.call is not None:
            block.said = True
            yield ToolCallDelta(index=block.call, arguments=piece)

    def _close(self, index: int) -> Iterator[Event]:
        """A tool without arguments gets no piece of them, or empty ones."""
        block = self._open.pop(index, _Block())
        if text := self._halves.rest(index):
            yield TextDelta(text=text)
        if thought := self._halves.rest((index, "thought")):
            yield ReasoningDelta(text=thought)
        rest = self._halves.rest((index, "input"))
        if block.call is not None and (arguments := rest if block.said else rest or "{}"):
            yield ToolCallDelta(index=block.call, arguments=arguments)
        if block.signature:
            yield ReasoningSeal(signature=block.signature)

    def _stop(self, delta: Mapping[str, Any]) -> None:
        reason, met = delta.get("stop_reason"), delta.get("stop_sequence")
        if reason is not None:
            self._stopped = Stopped(reason=stop_reason(reason), stop_sequence=None if met is None else whole(met))

    def _count(self, usage: Mapping[str, Any] | None) -> None:
        """The start has what was read, the end what was written so far; both may have all, and the last is right."""
        self._usage |= {name: value for name, value in (usage or {}).items() if value is not None}
        self._counted()

    def _counted(self) -> Usage | None:
        return usage_of(self._usage) if {"input_tokens", "output_tokens"} <= self._usage.keys() else None


def _index(event: Mapping[str, Any]) -> int:
    index = event["index"]
    if not isinstance(index, int):
        raise TypeError
    return index


def _filled(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value
