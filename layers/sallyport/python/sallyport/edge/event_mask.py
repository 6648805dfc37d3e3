"""A stream's events without what is withheld of them: the other half of `withholding`."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from sallyport.brought_up import token
from sallyport.conversation import StopReason
from sallyport.edge.restoring import EventRestorer
from sallyport.edge.withholding import Withheld
from sallyport.redaction.flowing import FlowingMask, slices
from sallyport.redaction.flowing_json import FlowingJson
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

type _Words = TextDelta | ReasoningDelta | RefusalDelta
type _OfChoice = _Words | ReasoningSeal | ToolCallStarted | ToolCallDelta | Stopped

_HERE = "\0"
"""Where an answer is to end."""

MUCH = 1500
"""Characters that are not searched between two words of another stream: they may take 8 ms."""


class EventMask:
    """The events of a stream without what is withheld of them, held back as `FlowingMask` and `FlowingJson` do. A
    choice in which something is blocked ends before it, and before the call of a tool in whose arguments it stands.
    """

    def __init__(self, withheld: Withheld) -> None:
        self._withheld = withheld
        self._choices: defaultdict[int, _Choice] = defaultdict(lambda: _Choice(withheld))

    def take(self, event: Event) -> Iterator[Event]:
        """What is certain by now."""
        match event:
            case Started() | Counted():
                yield event
            case LogProbs():
                self._withheld.without_logprobs()
            case _ if not (choice := self._choices[event.choice]).ended:
                yield from choice.take(event)

    def flush(self) -> Iterator[Event]:
        """What is left when the stream broke."""
        for index, choice in sorted(self._choices.items()):
            yield from choice.rest(index)


class _Choice:
    """Takes the events of one choice. Once it has `ended`, nothing comes of them."""

    def __init__(self, withheld: Withheld) -> None:
        self._withheld = withheld
        self._kind: type[_Words] | None = None
        self._masks: dict[type[_Words], FlowingMask | FlowingJson] = {}
        self._calls: dict[int, FlowingJson] = {}
        self._held: dict[int, list[Event]] = {}  # calls in whose arguments something may yet be blocked, in their order
        self._found: Counter[str] = Counter()  # since something was told
        self._blocked = False
        self._changed = False  # the thought that is being told
        self.ended = False

    def take(self, event: _OfChoice) -> Iterator[Event]:
        match event:
            case TextDelta() | ReasoningDelta() | RefusalDelta():
                return self._words(event)
            case ToolCallStarted():
                return self._call(event)
            case ToolCallDelta():
                return self._arguments(event)
            case ReasoningSeal():
                return self._seal(event)
            case Stopped():
                return self._stop(event)

    def _words(self, event: _Words) -> Iterator[Event]:
        kind = type(event)
        if self._kind is not kind:
            yield from self._end_of_words(event.choice)
            self._kind = kind
        mask = self._masks.get(kind)
        if mask is None:
            is_json = self._withheld.structured and kind is TextDelta
            mask = self._masks[kind] = FlowingJson(self._mask) if is_json else self._mask()
        for part in slices(event.text):
            if not self.ended:
                yield from self._told(kind, event.choice, mask.feed(part))

    def _call(self, event: ToolCallStarted) -> Iterator[Event]:
        yield from self._end_of_words(event.choice)
        self._calls[event.index] = FlowingJson(self._mask)
        if self._withheld.may_block:
            self._held[event.index] = [event]
        elif not self.ended:
            yield event

    def _arguments(self, event: ToolCallDelta) -> Iterator[Event]:
        for part in slices(event.arguments):
            if not self.ended:
                yield from self._argued(event.index, event.choice, self._calls[event.index].feed(part))

    def _seal(self, event: ReasoningSeal) -> Iterator[Event]:
        yield from self._end_of_words(event.choice)
        changed, self._changed = self._changed, False
        if not self.ended:
            yield replace(event, signature=None) if changed else event

    def _stop(self, event: Stopped) -> Iterator[Event]:
        yield from self.rest(event.choice)
        if not self.ended:
            yield event

    def rest(self, choice: int) -> Iterator[Event]:
        """Nothing more comes of it."""
        yield from self._end_of_words(choice)
        for index, flowing in self._calls.items():
            if not self.ended:
                yield from self._argued(index, choice, flowing.flush())
        for held in self._held.values():
            yield from held
        self._held = {}

    def _end_of_words(self, choice: int) -> Iterator[Event]:
        """Another block begins: those before it are whole."""
        kind, self._kind = self._kind, None
        if kind is not None and not self.ended:
            yield from self._told(kind, choice, self._masks.pop(kind).flush())

    def _argued(self, index: int, choice: int, text: str) -> Iterator[Event]:
        self._count()
        if self._blocked:
            yield from self._end(choice)
            return
        held = self._held.get(index)
        delta = [ToolCallDelta(index, text, choice)] if text else []
        if held is None:
            yield from delta
            return
        held += delta
        while self._held and self._calls[first := next(iter(self._held))].whole:
            yield from self._held.pop(first)

    def _told(self, kind: type[_Words], choice: int, text: str) -> Iterator[Event]:
        if self._count() and kind is ReasoningDelta:
            self._changed = True
        if self._blocked:
            text = text.partition(_HERE)[0]
        if text:
            yield kind(text, choice)
        if self._blocked:
            yield from self._end(choice)

    def _end(self, choice: int) -> Iterator[Event]:
        self.ended, self._held = True, {}
        yield Stopped(StopReason.FILTERED, choice)

    def _mask(self) -> FlowingMask:
        return FlowingMask(self._withheld.find, self._stand_in)

    def _stand_in(self, type_: str) -> str:
        if self._blocked:
            return ""  # nobody is told what comes after the end
        self._found[type_] += 1
        self._blocked = self._withheld.blocks(type_)
        return _HERE if self._blocked else token(type_)

    def _count(self) -> bool:
        """Whether there is something that was not counted yet."""
        found, self._found = self._found, Counter()
        self._withheld.counts += found
        return bool(found)


class Outlet:
    """What of a stream goes to its caller: without what is withheld, and with his own values."""

    def __init__(self, withheld: Withheld | None, restorer: EventRestorer) -> None:
        self._mask = EventMask(withheld) if withheld is not None else None
        self._restorer = restorer
        self._since_paused = 0

    def take(self, event: Event) -> Iterator[Event]:
        """What is certain by now."""
        if self._mask is None:
            return self._restorer.take(event)
        return (out for told in self._mask.take(event) for out in self._restorer.take(told))

    def has_much(self, event: Event) -> bool:
        """Whether this one, after those since a pause, is more than others on the same event loop should wait for."""
        if self._mask is None:
            return False
        match event:
            case TextDelta() | ReasoningDelta() | RefusalDelta():
                self._since_paused += len(event.text)
            case ToolCallDelta():
                self._since_paused += len(event.arguments)
        much = self._since_paused > MUCH
        if much:
            self._since_paused = 0
        return much

    def pause(self) -> None:
        """Others may have their turn."""
        self._since_paused = 0

    def flush(self) -> Iterator[Event]:
        """What is left when the stream broke."""
        for told in self._mask.flush() if self._mask is not None else ():
            yield from self._restorer.take(told)
        yield from self._restorer.flush()
