"""The events of ConverseStream, as botocore parses them, as ours."""

import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sallyport.conversation import ChatRequest, StopReason
from sallyport.errors import ProviderReplyError, ProviderUnavailableError
from sallyport.providers.bedrock.families import family_of
from sallyport.providers.bedrock.formats import answer_tool
from sallyport.providers.bedrock.read import met_sequence, reason_of, stop_reason, usage_of
from sallyport.providers.bedrock.tools import own_names
from sallyport.providers.characters import Halves
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
    """What a content block has said so far.

    `call` is our index of a tool call; `answer` whether it is one of the tool that is there for the answer; `said`
    whether arguments came.
    """

    call: int | None = None
    answer: bool = False
    said: bool = False
    signature: str = ""
    redacted: bytes = b""


class ConverseEvents:
    """Takes one event after the other."""

    def __init__(self, request: ChatRequest, target: Target) -> None:
        self._model = target.model
        self._request = request
        self._names = own_names(request)
        family = family_of(target.known_model)
        self._whole_input = family.whole_input
        self._answer = answer_tool(request, family)
        self._answers = 0
        self._beside: list[str] = []
        # Converse cannot forbid parallel calls to most models, so what comes after the first is left out here.
        self._one_call = request.parallel_tool_calls is False
        self._calls = 0
        self._started = False
        self._stopped = False
        self._additional: Mapping[str, Any] | None = None
        self._open: dict[int, _Block] = {}
        self._halves = Halves()

    @property
    def whole(self) -> bool:
        """Whether the model has said why it ended. Its usage may follow."""
        return self._stopped

    def take(self, event: Mapping[str, Any]) -> Iterator[Event]:
        """Raise ProviderReplyError for an event of a wrong shape. Events of unknown kinds are ignored."""
        try:
            events = list(self._events(event))
        except (KeyError, TypeError, ValueError, AttributeError):
            # Their messages quote the event.
            raise ProviderReplyError("Bedrock sent an event that cannot be understood. Try again.") from None
        yield from events

    def end(self) -> None:
        """After the last event. Raise ProviderError for half an answer."""
        if not self._started:
            raise ProviderReplyError("Bedrock's reply is no stream of events. Check the target's base_url.")
        if not self._stopped:
            raise ProviderUnavailableError("Bedrock hung up in the middle of its answer. Try again.")

    def _events(self, event: Mapping[str, Any]) -> Iterator[Event]:
        if not self._started:
            self._started = True
            yield Started(model=self._model)
        match event:
            case {"contentBlockStart": {"start": {"toolUse": use}, "contentBlockIndex": index}}:
                yield from self._start_call(index, use)
            case {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}:
                yield from self._delta(index, delta)
            case {"contentBlockStop": {"contentBlockIndex": index}}:
                yield from self._close(index)
            case {"messageStop": {"stopReason": stop} as end}:
                for index in list(self._open):
                    yield from self._close(index)
                self._additional = end.get("additionalModelResponseFields")
                yield from self._stop(stop_reason(stop))
            case {"metadata": {"usage": usage}}:
                yield Counted(usage=usage_of(usage, self._additional, whole_input=self._whole_input))

    def _stop(self, stop: StopReason) -> Iterator[Event]:
        """What was said where an answer was to be given to a tool counts only if none was."""
        if self._beside and not self._answers:
            yield TextDelta(text="".join(self._beside))
        self._stopped = True
        reason = reason_of(stop, answered=bool(self._answers), called=bool(self._calls))
        yield Stopped(reason=reason, stop_sequence=met_sequence(stop, self._request, self._additional))

    def _text(self, text: str) -> Iterator[Event]:
        if self._answer is not None:
            self._beside.append(text)
        elif text:
            yield TextDelta(text=text)

    def _start_call(self, index: int, use: Mapping[str, Any]) -> Iterator[Event]:
        identity, name = use["toolUseId"], use["name"]
        if name == self._answer:
            self._open[index] = _Block(call=self._answers, answer=True)
            self._answers += 1
            return
        self._open[index] = _Block(call=self._calls)
        if not self._left_out(self._calls):
            yield ToolCallStarted(index=self._calls, id=identity, name=self._names.get(name, name))
        self._calls += 1

    def _delta(self, index: int, delta: Mapping[str, Any]) -> Iterator[Event]:
        block = self._open.setdefault(index, _Block())
        match delta:
            case {"text": text}:
                yield from self._text(self._halves.join(index, text))
            case {"toolUse": {"input": str(piece)}} if block.call is not None:
                piece = self._halves.join(index, piece)
                block.said = block.said or bool(piece)
                yield from self._input(block, piece)
            case {"reasoningContent": {"text": thought}}:
                if thought := self._halves.join((index, "thought"), thought):
                    yield ReasoningDelta(text=thought)
            case {"reasoningContent": {"signature": str(signature)}}:
                block.signature += signature
            case {"reasoningContent": {"redactedContent": bytes(hidden)}}:
                block.redacted += hidden

    def _close(self, index: int) -> Iterator[Event]:
        """A tool without arguments gets no delta at all."""
        block = self._open.pop(index, _Block())
        if thought := self._halves.rest((index, "thought")):
            yield ReasoningDelta(text=thought)
        rest = self._halves.rest(index)
        if block.call is None:
            yield from self._text(rest)
        else:
            yield from self._input(block, rest if block.said else rest or "{}")
        if block.signature or block.redacted:
            redacted = binascii.b2a_base64(block.redacted, newline=False).decode() if block.redacted else None
            yield ReasoningSeal(signature=block.signature or None, redacted=redacted)

    def _input(self, block: _Block, piece: str) -> Iterator[Event]:
        """Of a call, or of the first that gives the answer."""
        if block.call is None or not piece:
            return
        if block.answer and block.call == 0:
            yield TextDelta(text=piece)
        elif not block.answer and not self._left_out(block.call):
            yield ToolCallDelta(index=block.call, arguments=piece)

    def _left_out(self, call: int) -> bool:
        return self._one_call and call > 0
