"""Findings replaced in text that arrives in chunks: a window moves over it, and no finding is cut by its edge.

Where the window stands depends on the text alone, so any chunking gives the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from sallyport.redaction.finding import Finding

CONTEXT = 120
"""Characters before the window that are searched with it: labels and names stand there."""

AHEAD = 80
"""Characters that have to be known behind what is let go: longer than a card, an account or a name over two lines."""

LEAST = 120
MOST = 400
"""Characters of one step: up to the first end of a sentence or line after LEAST, or to the last space of the MOST after
that. Shorter steps would search the same characters more often: these take 5 ms of CPU for each KB."""

FIRST = 1
MOST_AT_FIRST = 120
"""The same of the first step of a text, which somebody waits for: it has nothing before it to be searched again."""

WORD = 4096
"""Characters without white space that are not cut: longer than a signed token as a header can carry it."""

LONGEST = 1000
"""Characters of one value that are held back until its end is known. What is longer is masked as it goes on."""

LONG = 16_000
"""Characters of one step of a text that is known whole: a search in all of a long one keeps other threads waiting."""

_SPACE = re.compile(r"\s")
_END = re.compile(r"\n|[.!?…][\"')\]]?\s|[\u3002\uff01\uff1f]")
_HEAD = 45
"""Characters on either side of the beginning of a value that tell what it is, though its middle is gone."""

_OPEN = 2
"""A finding that ends so close to the end of what is known may go on."""


_SLICE = 2000
"""Characters that take 10 ms or so, and are so few that it does not matter how often what is left of them is copied."""


def slices(text: str) -> Iterator[str]:
    """The text in parts that are short enough to be worked on at once."""
    return (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))


class Piece(NamedTuple):
    """A stretch of what was fed, `length` characters, and what is told in its place; `own` is as it was."""

    length: int
    told: str
    own: bool


class TextMask(Protocol):
    """`pieces` are those that are certain by now, in their order; `last` are the rest, when no more of a text comes."""

    def pieces(self, chunk: str) -> list[Piece]: ...
    def last(self) -> list[Piece]: ...


def told(pieces: Iterable[Piece]) -> str:
    """What becomes of them."""
    return "".join(piece.told for piece in pieces)


class WholeMask:
    """Knows a text wholly before it tells anything of it. `find` and `token` are FlowingMask's."""

    def __init__(self, find: Callable[[str], list[Finding]], token: Callable[[str], str]) -> None:
        self._find = find
        self._token = token
        self._chunks: list[str] = []

    def pieces(self, chunk: str) -> list[Piece]:
        """None before the end."""
        self._chunks.append(chunk)
        return []

    def last(self) -> list[Piece]:
        """All of them."""
        text, self._chunks = "".join(self._chunks), []
        if len(text) > LONG:
            flowing = FlowingMask(self._find, self._token, first=(LONG, MOST), then=(LONG, MOST))
            return [*flowing.pieces(text), *flowing.last()]
        pieces: list[Piece] = []
        copied = 0
        for each in self._find(text):
            pieces += (_own(text[copied : each.start]), Piece(each.end - each.start, self._token(each.type), own=False))
            copied = each.end
        return [*pieces, _own(text[copied:])]


class FlowingMask:
    """`find` gives findings by start, none overlapping another; `token` what stands for one of a type, and is asked
    once for each that is replaced, in their order. `first` and `then` are the least and the most characters of a step.
    """

    def __init__(
        self,
        find: Callable[[str], list[Finding]],
        token: Callable[[str], str],
        *,
        first: tuple[int, int] = (FIRST, MOST_AT_FIRST),
        then: tuple[int, int] = (LEAST, MOST),
    ) -> None:
        self._find = find
        self._token = token
        self._first, self._then = first, then
        self._held = ""
        self._from, self._most = first
        self._before = ""
        self._head: str | None = None  # of a value that is too long to be held back

    def feed(self, chunk: str) -> str:
        """The text that is certain by now. Held are at most LEAST + MOST + AHEAD characters, and one word or value."""
        return told(self.pieces(chunk))

    def flush(self) -> str:
        """The rest, when no more of this text comes; what is fed after it is another text."""
        return told(self.last())

    def pieces(self, chunk: str) -> list[Piece]:
        """The same by stretches."""
        pieces: list[Piece] = []
        for part in slices(chunk):
            self._held += part
            while (cut := self._cut()) is not None:
                pieces += self._step(cut)
        return pieces

    def last(self) -> list[Piece]:
        """The same by stretches."""
        window = self._before + self._held
        rest = self._replaced(self._seen(window), len(self._held)) if self._held else []
        self._held, self._before, self._head = "", "", None
        self._from, self._most = self._first
        return rest

    def _cut(self) -> int | None:
        """Where the next step is to end, once that is known."""
        last = self._from + self._most
        if len(self._held) < self._from + AHEAD:
            return None
        end = _END.search(self._held, self._from, last)
        if end is not None:
            return end.end() if end.end() + AHEAD <= len(self._held) else None
        if len(self._held) < last + AHEAD:
            return None
        space = self._held.rfind(" ", self._from, last)
        return space + 1 if space >= 0 else self._end_of_word(last)

    def _end_of_word(self, start: int) -> int | None:
        end = _SPACE.search(self._held, start, start + WORD)
        cut = end.end() if end is not None else start + WORD
        return cut if cut + AHEAD <= len(self._held) else None

    def _step(self, cut: int) -> list[Piece]:
        known = cut + AHEAD
        found = self._seen(self._before + self._held[:known])
        crossing = next((each for each in found if each.start < cut < each.end), None)
        if crossing is None:
            return self._let_go(found, cut)
        if crossing.end < known - _OPEN:
            return self._let_go(found, crossing.end)
        if self._goes_on(crossing):
            return self._let_go(found, cut, head=self._head)
        if known - crossing.start > LONGEST:
            begins = len(self._before) + crossing.start
            head = (self._before + self._held)[max(0, begins - _HEAD) : begins + _HEAD]
            return self._let_go(found, cut, head=head)
        start = crossing.start
        let_go = self._let_go([each for each in found if each.end <= start], start) if start else []
        least, self._most = self._then
        self._from = cut - start + least
        return let_go

    def _seen(self, window: str) -> list[Finding]:
        """Findings in offsets of what is held, without what ends before; one that began before begins at 0."""
        offset = len(self._before)
        return [
            Finding(each.type, max(0, each.start - offset), each.end - offset, each.score, each.detector)
            for each in self._find(window)
            if each.end > offset
        ]

    def _goes_on(self, finding: Finding) -> bool:
        """Whether it is more of a value that was replaced already."""
        return self._head is not None and finding.start == 0

    def _let_go(self, found: list[Finding], until: int, *, head: str | None = None) -> list[Piece]:
        pieces = self._replaced(found, until)
        raw = self._held[:until]
        self._before = (self._before + raw)[-CONTEXT:] if head is None else head + (self._before + raw)[-_HEAD:]
        self._held, self._head = self._held[until:], head
        self._from, self._most = self._then
        return pieces

    def _replaced(self, found: list[Finding], until: int) -> list[Piece]:
        pieces: list[Piece] = []
        copied = 0
        for each in found:
            if each.start >= until:
                break
            pieces.append(_own(self._held[copied : each.start]))
            copied = min(each.end, until)
            token = "" if self._goes_on(each) else self._token(each.type)
            pieces.append(Piece(copied - each.start, token, own=False))
        pieces.append(_own(self._held[copied:until]))
        return pieces


def _own(text: str) -> Piece:
    return Piece(len(text), text, own=True)
