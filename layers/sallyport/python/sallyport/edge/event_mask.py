"""A stream's events without what is withheld of them: the other half of `withholding`."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from sallyport.brought_up import token
from sallyport.conversation import StopReason
from sallyport.edge.restoring import EventRestorer
from sallyport.edge.withholding import Withheld
from sallyport.redaction.flowing import FlowingMask
from sallyport.stream import (
    Event,
    LogProbs,
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)

type _Words = TextDelta | ReasoningDelta | RefusalDelta

_HERE = "\0"
"""Where an answer is to end."""


class EventMask:
    """The events of a stream without what is withheld of it. Words are held back as `FlowingMask` does, JSON until it
    is whole, and with a tool's arguments its call. A choice in which something is blocked ends before it.
    """

    def __init__(self, withheld: Withheld) -> None:
        self._withheld = withheld
        self._masks: defaultdict[int, dict[type[_Words], FlowingMask]] = defaultdict(dict)
        self._words: dict[int, type[_Words]] = {}
        self._document: defaultdict[int, list[str]] = defaultdict(list)
        self._calls: defaultdict[int, dict[int, tuple[ToolCallStarted, list[str]]]] = defaultdict(dict)
        self._changed: set[int] = set()
        self._ended: set[int] = set()

    def take(self, event: Event) -> Iterator[Event]:
        """What is certain by now."""
        if getattr(event, "choice", None) in self._ended:
            return
        match event:
            case TextDelta() | ReasoningDelta() | RefusalDelta():
                yield from self._take_words(event)
            case ToolCallStarted():
                yield from self._between(event.choice)
                self._calls[event.choice][event.index] = (event, [])
            case ToolCallDelta():
                self._calls[event.choice][event.index][1].append(event.arguments)
            case ReasoningSeal():
                yield from self._between(event.choice)
                if event.choice not in self._ended:
                    changed = event.choice in self._changed
                    self._changed.discard(event.choice)
                    yield replace(event, signature=None) if changed else event
            case LogProbs():
                self._withheld.without_logprobs()
            case Stopped():
                yield from self._rest(event.choice)
                if event.choice not in self._ended:
                    yield event
            case _:
                yield event

    def flush(self) -> Iterator[Event]:
        """What is left when the stream broke."""
        for choice in sorted({*self._words, *self._calls}):
            yield from self._rest(choice)

    def _take_words(self, event: _Words) -> Iterator[Event]:
        kind, choice = type(event), event.choice
        if self._words.get(choice) is not kind:
            yield from self._between(choice)
            if choice in self._ended:
                return
            self._words[choice] = kind
        if self._withheld.structured and kind is TextDelta:
            self._document[choice].append(event.text)
            return
        mask = self._masks[choice].get(kind)
        if mask is None:
            mask = self._masks[choice][kind] = FlowingMask(self._withheld.brought_up.find, self._token)
        yield from self._told(kind, choice, mask, mask.feed(event.text))

    def _token(self, type_: str) -> str:
        return _HERE if self._withheld.blocks else token(type_)

    def _told(self, kind: type[_Words], choice: int, mask: FlowingMask, text: str) -> Iterator[Event]:
        counted, mask.counts = mask.counts, Counter()
        self._withheld.counts.update(counted)
        if counted and self._withheld.blocks:
            text = text.partition(_HERE)[0]
        if counted and kind is ReasoningDelta:
            self._changed.add(choice)
        if text:
            yield kind(text, choice)
        if counted:
            yield from self._end_if_blocked(choice)

    def _between(self, choice: int) -> Iterator[Event]:
        """Another block begins: the words before it are whole, and so are calls whose arguments are."""
        kind = self._words.pop(choice, None)
        document = "".join(self._document.pop(choice, ()))
        if document:
            yield from self._whole(choice, document, lambda text: [TextDelta(text, choice)])
        elif kind is not None and (mask := self._masks[choice].get(kind)) is not None:
            yield from self._told(kind, choice, mask, mask.flush())
        while choice not in self._ended and (calls := self._calls[choice]):
            index, (_, arguments) = next(iter(calls.items()))
            if not _is_json("".join(arguments)):
                return
            yield from self._call(choice, index)

    def _rest(self, choice: int) -> Iterator[Event]:
        yield from self._between(choice)
        for index in list(self._calls[choice]):
            if choice not in self._ended:
                yield from self._call(choice, index)

    def _call(self, choice: int, index: int) -> Iterator[Event]:
        started, arguments = self._calls[choice].pop(index)

        def called(text: str) -> list[Event]:
            return [started, ToolCallDelta(index, text, choice)] if text else [started]

        yield from self._whole(choice, "".join(arguments), called)

    def _whole(self, choice: int, document: str, told: Callable[[str], list[Event]]) -> Iterator[Event]:
        before = self._withheld.counts.total()
        text = self._withheld.mask_json(document)
        if self._withheld.blocks and self._withheld.counts.total() > before:
            yield from self._end_if_blocked(choice)
        else:
            yield from told(text)

    def _end_if_blocked(self, choice: int) -> Iterator[Event]:
        if self._withheld.blocks:
            self._ended.add(choice)
            yield Stopped(StopReason.FILTERED, choice)


class Outlet:
    """What of a stream goes to its caller: without what is withheld, and with his own values."""

    def __init__(self, withheld: Withheld | None, restorer: EventRestorer) -> None:
        self._mask = EventMask(withheld) if withheld is not None else None
        self._restorer = restorer

    def take(self, event: Event) -> Iterator[Event]:
        """What is certain by now."""
        if self._mask is None:
            return self._restorer.take(event)
        return (out for told in self._mask.take(event) for out in self._restorer.take(told))

    def flush(self) -> Iterator[Event]:
        """What is left when the stream broke."""
        for told in self._mask.flush() if self._mask is not None else ():
            yield from self._restorer.take(told)
        yield from self._restorer.flush()


def _is_json(document: str) -> bool:
    try:
        json.loads(document)
    except (ValueError, RecursionError):
        return False
    return True
