"""The chunks of a streamed chat completion as our events."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import StopReason
from sallyport.errors import ProviderReplyError, ProviderUnavailableError
from sallyport.providers.characters import Halves, whole
from sallyport.providers.openai.failures import event_failure
from sallyport.providers.openai.logprobs import logprobs_of
from sallyport.providers.openai.read import (
    arguments_of,
    content_of,
    stop_reason,
    stop_sequence,
    text_of,
    thought_of,
    usage_of,
)
from sallyport.stream import (
    Counted,
    Event,
    LogProbs,
    ReasoningDelta,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)

_CHOICES = range(128)  # OpenAI's most, of n; whoever streams the last of them opens all before it
_BESIDE_WORDS = ("finish_reason", "logprobs", "stop_reason", "matched_stop")
_KINDS: tuple[type[ReasoningDelta | TextDelta | RefusalDelta], ...] = (ReasoningDelta, TextDelta, RefusalDelta)


@dataclass(slots=True)
class _Choice:
    """`open` has the latest call of each of the provider's own indices: our index, and its id."""

    calls: int = 0
    open: dict[Any, tuple[int, str]] = field(default_factory=dict)
    finish: Any = None
    met: str | None = None


class Chunks:
    """Takes one chunk after the other. `model` is the target's, for servers that do not say who serves."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._started = False
        self._choices: dict[int, _Choice] = {}
        self._usage: Usage | None = None
        self._halves = Halves()

    @property
    def whole(self) -> bool:
        """Whether every choice has said why it ended: what the connection does after that is of no matter."""
        return bool(self._choices) and all(choice.finish for choice in self._choices.values())

    def take(self, data: str) -> list[Event]:
        """Raise ProviderReplyError for what is no chunk, and what an error event stands for."""
        try:
            chunk = json.loads(data)
            error = chunk.get("error") or (chunk if chunk.get("object") == "error" else None)
            events = [] if error else self._events(chunk)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            # Their messages quote the chunk.
            raise ProviderReplyError("The provider sent what is no chunk of a chat completion. Try again.") from None
        if error:
            raise event_failure(error)
        return events

    def end(self, *, done: bool) -> Iterator[Event]:
        """After the last chunk; `done` when the provider said that it was. Raise ProviderError for half an answer."""
        if not self._started or not self._choices:
            raise ProviderReplyError("The provider streamed no chat completion. Check the target's base_url.")
        if not (done or self.whole):
            raise ProviderUnavailableError("The provider hung up in the middle of its answer. Try again.")
        for number, choice in sorted(self._choices.items()):
            yield from self._halves_of(number, choice)
            yield _stopped(number, choice)
        if self._usage:
            yield Counted(usage=self._usage)

    def _events(self, chunk: dict[str, Any]) -> list[Event]:
        events: list[Event] = []
        choices, model = chunk.get("choices") or (), text_of(chunk.get("model"))
        # Azure begins with a chunk about its filters that names no model.
        if not self._started and (choices or model):
            self._started = True
            events.append(Started(model=whole(model) or self._model))
        for each in choices:
            number = each.get("index") or 0
            if not isinstance(number, int) or number not in _CHOICES:
                raise TypeError
            if (choice := self._choices.get(number)) is None:
                choice = self._choices[number] = _Choice()
            events += self._deltas(number, choice, each)
        # With the choices, after them, or in every chunk: the last is right.
        self._usage = usage_of(chunk.get("usage")) or self._usage
        return events

    def _deltas(self, number: int, choice: _Choice, each: dict[str, Any]) -> Iterator[Event]:
        delta = each.get("delta") or {}
        if len(delta) == 1 and isinstance(words := delta.get("content"), str) and not any(map(each.get, _BESIDE_WORDS)):
            # Nearly every chunk, so it is not looked through for all that others have.
            if words := self._halves.join((number, TextDelta), words):
                yield TextDelta(text=words, choice=number)
            return
        said = thought_of(delta), content_of(delta.get("content")), text_of(delta.get("refusal"))
        for kind, text in zip(_KINDS, said, strict=True):
            if text and (text := self._halves.join((number, kind), text)):
                yield kind(text=text, choice=number)
        for call in delta.get("tool_calls") or ():
            yield from self._call(number, choice, call.get("index"), call.get("id"), call.get("function") or {})
        if function := delta.get("function_call"):
            yield from self._call(number, choice, "function", "call_0", function)
        if logprobs := logprobs_of(each.get("logprobs")):
            yield LogProbs(**logprobs, choice=number)
        finish = text_of(each.get("finish_reason"))
        choice.finish = finish or choice.finish
        choice.met = stop_sequence(each) or choice.met

    def _call(
        self, number: int, choice: _Choice, index: Any, identity: str | None, function: dict[str, Any]
    ) -> Iterator[Event]:
        """Some servers leave the index out or always say 0, so that a new id is a new call too."""
        known = choice.open.get(index)
        if known is None or (identity and identity != known[1]):
            if not identity or not text_of(identity) or not text_of(function["name"]):
                raise ValueError
            known = choice.open[index] = choice.calls, identity
            choice.calls += 1
            yield ToolCallStarted(index=known[0], id=identity, name=whole(function["name"]), choice=number)
        if arguments := self._halves.join((number, known[0]), arguments_of(function)):
            yield ToolCallDelta(index=known[0], arguments=arguments, choice=number)

    def _halves_of(self, number: int, choice: _Choice) -> Iterator[Event]:
        for kind in _KINDS:
            if text := self._halves.rest((number, kind)):
                yield kind(text=text, choice=number)
        for call in range(choice.calls):
            if arguments := self._halves.rest((number, call)):
                yield ToolCallDelta(index=call, arguments=arguments, choice=number)


def _stopped(number: int, choice: _Choice) -> Stopped:
    reason = stop_reason(choice.finish, called=choice.calls > 0)
    if choice.met and reason is StopReason.END:
        return Stopped(reason=StopReason.STOP_SEQUENCE, choice=number, stop_sequence=choice.met)
    return Stopped(reason=reason, choice=number)
