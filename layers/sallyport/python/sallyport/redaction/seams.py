"""Texts that stand side by side in one message are read as one by a model, so what is split between two is looked for.

Only the surroundings of a seam are searched, and only where a word or a number could go on behind it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

AROUND = 120
"""Characters on either side: an address with its town, and any number. A word that it would cut is taken whole."""

LONGEST_WORD = 1000
"""A token or a key that is longer than this is not followed to its end."""

_INSIDE_A_VALUE = frozenset("@._%+-/:#=&")
_ENDS_A_SENTENCE = frozenset(".:")
_ENDS_A_LABEL = frozenset(":=")


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]` is what lies in the seam from `at` on."""

    text: str
    start: int
    end: int
    at: int


@dataclass(frozen=True, slots=True)
class Seam:
    """The text around one seam or several, and the pieces that it is made of, in their order."""

    text: str
    pieces: tuple[Piece, ...]

    def spans(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """A stretch of the text as stretches of the texts that it came from."""
        for piece in self.pieces:
            first = max(start, piece.at)
            last = min(end, piece.at + piece.end - piece.start)
            if first < last:
                yield piece.text, first - piece.at + piece.start, last - piece.at + piece.start


def seams_of(texts: Sequence[str]) -> list[list[Seam]]:
    """Each way to read texts that stand side by side: as they are, and with a space where there is none.

    Nothing where no value could go on from one to the next.
    """
    crossed = list(_crossed(texts))
    if not crossed:
        return []
    gaps = [not _space_between(one, other) for one, other in pairwise(texts)]
    ways = [[""] * len(gaps)]
    if any(gaps[at] for at in crossed):
        ways.append([" " if gap else "" for gap in gaps])
    return [list(_seams(texts, between, crossed)) for between in ways]


def _crossed(texts: Sequence[str]) -> Iterator[int]:
    """Behind which texts a value may go on; one of white space alone is a gap in it."""
    written = [at for at, text in enumerate(texts) if text.strip()]
    for one, other in pairwise(written):
        if _may_go_on(texts[one] if other == one + 1 else f"{texts[one]} ", texts[other]):
            yield from range(one, other)


def _seams(texts: Sequence[str], between: Sequence[str], crossed: Iterable[int]) -> Iterator[Seam]:
    whole = "".join(text + gap for text, gap in zip(texts, (*between, ""), strict=True))
    lengths = [len(text) + len(gap) for text, gap in zip(texts, between, strict=False)]
    starts = [0, *accumulate(lengths)]
    for start, end in _windows(whole, ((starts[at] + len(texts[at]), starts[at + 1]) for at in crossed)):
        pieces = []
        for at in range(bisect_right(starts, start) - 1, bisect_right(starts, end - 1)):
            first, last = max(start, starts[at]), min(end, starts[at] + len(texts[at]))
            if first < last:
                pieces.append(Piece(texts[at], first - starts[at], last - starts[at], first - start))
        yield Seam(whole[start:end], tuple(pieces))


def _windows(whole: str, seams: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The surroundings of seams, none overlapping another."""
    start, end = -1, -1
    for left, right in seams:
        first, last = _word_start(whole, left - AROUND), _word_end(whole, right + AROUND)
        if start < 0:
            start = first
        elif first > end:
            yield start, end
            start = first
        end = max(end, last)
    yield start, end


def _word_start(whole: str, at: int) -> int:
    at = max(at, 0)
    least = max(at - LONGEST_WORD, 0)
    while at > least and not whole[at - 1].isspace():
        at -= 1
    return at


def _word_end(whole: str, at: int) -> int:
    at = min(at, len(whole))
    most = min(at + LONGEST_WORD, len(whole))
    while at < most and not whole[at].isspace():
        at += 1
    return at


def _space_between(one: str, other: str) -> bool:
    return one[-1:].isspace() or other[:1].isspace()


def _may_go_on(one: str, other: str) -> bool:
    """Whether a word or a number could be in both, or a label in one and what it names in the other."""
    if _space_between(one, other):
        last, first = one.rstrip()[-1], other.lstrip()[0]
        return (last.isalnum() or last in _ENDS_A_LABEL) and (first.isalnum() or first == "+")
    if one[-1] in _ENDS_A_SENTENCE and other[0].isupper():
        return False
    return all(each.isalnum() or each in _INSIDE_A_VALUE for each in (one[-1], other[0]))
