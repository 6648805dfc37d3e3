"""Stretches of a text read in another way, with the way back: what `escapes` and `spelled` say that may be meant."""

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

Edit = tuple[int, int, str]
"""The text from one offset to another, and what is read in its place."""

_AROUND = 160
"""Characters around an edit that are read with it: a label before a value, a number that goes on."""
_TO_SPACE = 64


class Excerpt(NamedTuple):
    """`text` to search; its character i stands for [starts[i], ends[i]) of the original.

    What touches an end that is `torn` from its neighbours is not to be trusted: half a number is another number.
    """

    text: str
    starts: "array[int]"
    ends: "array[int]"
    torn: tuple[bool, bool]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text of the non-empty span [start, end) of `text`."""
        return self.starts[start], self.ends[end - 1]

    def is_whole(self, start: int, end: int) -> bool:
        """Does nothing of the span [start, end) reach into what was torn off?"""
        return not (self.torn[0] and start == 0) and not (self.torn[1] and end == len(self.text))


def excerpts(text: str, edits: Iterable[Edit]) -> Iterator[Excerpt]:
    """Excerpts around all edits, which come in order and do not overlap: in all not much longer than the text."""
    group: list[Edit] = []
    for edit in edits:
        if group and edit[0] - group[-1][1] > 2 * _AROUND:
            yield _excerpt(text, group)
            group = []
        group.append(edit)
    if group:
        yield _excerpt(text, group)


def _excerpt(text: str, edits: list[Edit]) -> Excerpt:
    first, last = max(0, edits[0][0] - _AROUND), min(len(text), edits[-1][1] + _AROUND)
    begin = next((at for at in range(first, max(0, first - _TO_SPACE), -1) if text[at - 1].isspace()), first)
    end = next((at for at in range(last, min(len(text), last + _TO_SPACE)) if text[at].isspace()), last)
    pieces: list[str] = []
    starts, ends = array("L"), array("L")
    copied = begin
    for start, stop, new in edits:
        pieces += (text[copied:start], new)
        starts.extend(range(copied, start))
        ends.extend(range(copied + 1, start + 1))
        starts.extend([start] * len(new))
        ends.extend([stop] * len(new))
        copied = stop
    pieces.append(text[copied:end])
    starts.extend(range(copied, end))
    ends.extend(range(copied + 1, end + 1))
    return Excerpt(
        "".join(pieces),
        starts,
        ends,
        (begin > 0 and not text[begin - 1].isspace(), end < len(text) and not text[end].isspace()),
    )
