"""All findings of a text: every family once, overlaps merged, offsets in the text as the client wrote it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from sallyport.redaction import escapes, spelled
from sallyport.redaction.blobs import decoded
from sallyport.redaction.detectors import DETECTORS
from sallyport.redaction.excerpts import excerpts
from sallyport.redaction.finding import LITERAL, Finding
from sallyport.redaction.normalise import normalise

_RANK = {type_: rank for rank, detector in reversed(list(enumerate(DETECTORS))) for type_ in detector.types}
_DEEPEST = 2
"""A blob inside a blob is looked into, and no further."""


def detect(text: str, *, types: frozenset[str] | None = None) -> list[Finding]:
    """Findings sorted by start, none overlapping another; only of `types` when they are given.

    Who masks some types only asks for those and LITERAL: overlapping findings become one, whatever their types.
    The text is read as it is and as it may be meant: unescaped, put together, decoded (`escapes`, `spelled`, `blobs`).

    Time is linear in the length of the text, whatever the text.
    """
    return detect_apart(text, [types])[0]


def detect_apart(text: str, groups: Sequence[frozenset[str] | None]) -> list[list[Finding]]:
    """What `detect` finds of each group of types, in one search: findings of different groups may overlap."""
    reading = normalise(text)
    wanted = None if None in groups else frozenset().union(*(group for group in groups if group))
    found = [*_search(reading.text, wanted), *_meant(reading.text, wanted, 0)]
    return [
        [
            Finding(f.type, *reading.original_span(f.start, f.end), score=f.score, detector=f.detector)
            for f in _merge(f for f in found if group is None or f.type in group)
        ]
        for group in groups
    ]


def _search(text: str, types: frozenset[str] | None) -> Iterator[Finding]:
    for detector in DETECTORS:
        if types is None or not types.isdisjoint(detector.types):
            for finding in detector.find(text):
                if types is None or finding.type in types:
                    yield finding


def _meant(text: str, types: frozenset[str] | None, depth: int) -> Iterator[Finding]:
    """What only another reading shows, in offsets of this one."""
    for excerpt in chain(excerpts(text, escapes.edits(text)), excerpts(text, spelled.edits(text))):
        for f in _search(excerpt.text, types):
            if excerpt.is_whole(f.start, f.end):
                start, end = excerpt.original_span(f.start, f.end)
                yield Finding(f.type, start, end, f.score, f.detector)
    if depth < _DEEPEST:
        for start, end, inner in decoded(text):
            read = normalise(inner).text
            # Each type by itself: what a group of types wants of the blob must not hang on another group.
            inside = {
                f.type: f for f in chain(_search(read, types), _meant(read, types, depth + 1)) if f.type != LITERAL
            }
            for f in inside.values():
                yield Finding(f.type, start, end, f.score, f.detector)


def _merge(found: Iterable[Finding]) -> list[Finding]:
    """One finding for each stretch of overlapping ones, so that no character that anyone found stays uncovered.

    Its type is that of the family standing first in DETECTORS, then of the higher score, then of the longer span.
    """
    merged: list[Finding] = []
    for finding in sorted(found, key=lambda f: (f.start, f.end)):
        if not merged or finding.start >= merged[-1].end:
            merged.append(finding)
            continue
        best = min(merged[-1], finding, key=_preference)
        merged[-1] = Finding(
            best.type, merged[-1].start, max(merged[-1].end, finding.end), score=best.score, detector=best.detector
        )
    return merged


def _preference(finding: Finding) -> tuple[int, float, int]:
    return _RANK[finding.type], -finding.score, finding.start - finding.end
