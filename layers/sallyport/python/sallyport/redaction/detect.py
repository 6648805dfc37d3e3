"""All findings of a text: every family once, overlaps merged, offsets in the text as the client wrote it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from sallyport.redaction import escapes, spelled
from sallyport.redaction.blobs import decoded
from sallyport.redaction.detectors import DETECTORS, Detector, names
from sallyport.redaction.excerpts import excerpts
from sallyport.redaction.finding import ADDRESS, CERTAIN, LITERAL, LOCATION, PERSON, Finding
from sallyport.redaction.linking import agree, join_addresses, repeat_names
from sallyport.redaction.normalise import NormalisedText, normalise
from sallyport.redaction.prolonging import prolonged
from sallyport.redaction.yielding import yielding

RECALL = 1.5
"""The bias of a decision about who may see a text, where a name too few is worse than one too many."""

_RANK = {type_: rank for rank, detector in reversed(list(enumerate(DETECTORS))) for type_ in detector.types}
_APART = 3
_DEEPEST = 2
"""A blob inside a blob is looked into, and no further."""


def detect(text: str, *, types: frozenset[str] | None = None, bias: float = names.MASKING) -> list[Finding]:
    """Findings sorted by start, none overlapping another; only of `types` when they are given.

    Who masks some types only asks for those and LITERAL: overlapping findings become one, whatever their types.
    The text is read as it is and as it may be meant: unescaped, put together, decoded (`escapes`, `spelled`, `blobs`).
    `bias` is what finding a name is worth, see `detectors.names`: MASKING to mask, where a word too many is put back
    afterwards; 1.5 to decide who may see a text, where a name too few is worse.

    Time is linear in the length of the text, whatever the text.
    """
    reading = normalise(text)
    wanted = _Wanted(types, (), partial(names.find, bias=bias))
    return _original(reading, wanted.linked(reading.text, merge(wanted.found(reading.text))))


def candidates(
    text: str, *, types: frozenset[str] | None = None, more: Sequence[Detector] = (), doubts: bool = False
) -> list[Finding]:
    """All that any family, or any of `more`, takes for a finding: in no order, overlapping or not.

    Names are those of MASKING; with `doubts`, beside them and with a score below CERTAIN what only RECALL
    finds, which takes half as long again.
    """
    reading = normalise(text)
    wanted = _Wanted(types, more, partial(names.find_and_doubt, bias=RECALL) if doubts else names.find)
    found = wanted.found(reading.text)
    certain = merge(each for each in found if each.score >= CERTAIN)
    linked = set(wanted.linked(reading.text, certain)).difference(certain)
    return _original(reading, [*found, *linked])


class _Wanted(NamedTuple):
    """What is looked for: some types or all, by the engine's families and `more`, names by `named`."""

    types: frozenset[str] | None
    more: Sequence[Detector]
    named: Callable[[str], Iterable[Finding]]

    def found(self, text: str, depth: int = 0) -> list[Finding]:
        found = yielding(text, [*prolonged(text, self._search(text)), *self._meant(text, depth)])
        return [each for each in found if self.types is None or each.type in self.types]

    def linked(self, text: str, merged: list[Finding]) -> list[Finding]:
        if self.types is None or ADDRESS in self.types:
            merged = join_addresses(text, merged)
        if self.types is None or PERSON in self.types:
            merged = repeat_names(text, merged)
        return agree(text, merged)

    def _search(self, text: str) -> Iterator[Finding]:
        wanted = self.types
        if wanted is not None and not wanted.isdisjoint({PERSON, LOCATION}):
            wanted |= {ADDRESS}  # of which lines without a street are people and places
        for detector in (*self.more, *DETECTORS):
            if wanted is None or not wanted.isdisjoint(detector.types):
                for finding in self.named(text) if detector is names else detector.find(text):
                    if wanted is None or finding.type in wanted:
                        yield finding

    def _meant(self, text: str, depth: int) -> Iterator[Finding]:
        """What only another reading shows, in offsets of this one."""
        for excerpt in chain(excerpts(text, escapes.edits(text)), excerpts(text, spelled.edits(text))):
            for f in self._search(excerpt.text):
                if excerpt.is_whole(f.start, f.end):
                    start, end = excerpt.original_span(f.start, f.end)
                    yield Finding(f.type, start, end, f.score, f.detector)
        if depth < _DEEPEST:
            for start, end, inner in decoded(text):
                inside = [f for f in self.found(normalise(inner).text, depth + 1) if f.type != LITERAL]
                # Each type by itself, so that a mild one does not hide a strict one; of several, the most certain.
                for f in {f.type: f for f in sorted(inside, key=lambda f: f.score)}.values():
                    yield Finding(f.type, start, end, f.score, f.detector)


def _original(reading: NormalisedText, found: list[Finding]) -> list[Finding]:
    if reading.origin is None:
        return found
    return [Finding(f.type, *reading.original_span(f.start, f.end), score=f.score, detector=f.detector) for f in found]


def merge(found: Iterable[Finding], first: Callable[[Finding], Any] = lambda finding: 0) -> list[Finding]:
    """No character that anyone found stays uncovered, and none is in two findings.

    Of two that overlap the better gives the type: that for which `first` is least, then of the family standing first in
    DETECTORS (types of no family come before those), then of the higher score, then of the longer span. They become
    one, unless `first` holds them alike and each has three characters of its own: then the other keeps those, so that a
    card behind an address does not swallow the address.
    """

    def preference(finding: Finding) -> tuple[Any, ...]:
        return first(finding), _RANK.get(finding.type, -1), -finding.score, finding.start - finding.end

    merged: list[Finding] = []
    for finding in sorted(found, key=lambda f: (f.start, f.end)):
        last = merged[-1] if merged else None
        if last is None or finding.start >= last.end:
            merged.append(finding)
        elif (
            finding.end < last.end + _APART
            or finding.start < last.start + _APART
            or finding.type == last.type
            or first(finding) != first(last)
        ):
            merged[-1] = min(last, finding, key=preference)._replace(start=last.start, end=max(last.end, finding.end))
        elif preference(last) <= preference(finding):
            merged.append(finding._replace(start=last.end))
        else:
            merged[-1] = last._replace(end=finding.start)
            merged.append(finding)
    return merged
