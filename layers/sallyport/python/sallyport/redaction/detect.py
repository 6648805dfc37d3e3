"""All findings of a text: every family once, overlaps merged, offsets in the text as the client wrote it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sallyport.redaction.detectors import DETECTORS, Detector
from sallyport.redaction.finding import Finding
from sallyport.redaction.normalise import normalise

_RANK = {type_: rank for rank, detector in reversed(list(enumerate(DETECTORS))) for type_ in detector.types}


def detect(text: str, *, types: frozenset[str] | None = None) -> list[Finding]:
    """Findings sorted by start, none overlapping another; only of `types` when they are given.

    Who masks some types only asks for those and LITERAL: overlapping findings become one, whatever their types.

    Time is linear in the length of the text, whatever the text.
    """
    return merge(candidates(text, types=types))


def candidates(text: str, *, types: frozenset[str] | None = None, more: Sequence[Detector] = ()) -> list[Finding]:
    """All that any family, or any of `more`, takes for a finding: in no order, overlapping or not."""
    reading = normalise(text)
    found = [
        finding
        for detector in (*more, *DETECTORS)
        if types is None or not types.isdisjoint(detector.types)
        for finding in detector.find(reading.text)
        if types is None or finding.type in types
    ]
    if reading.origin is None:
        return found
    return [Finding(f.type, *reading.original_span(f.start, f.end), score=f.score, detector=f.detector) for f in found]


def merge(found: Iterable[Finding], first: Callable[[Finding], Any] = lambda finding: 0) -> list[Finding]:
    """One finding for each stretch of overlapping ones, so that no character that anyone found stays uncovered.

    Its type is that for which `first` is least, then of the family standing first in DETECTORS (types of no family
    come before those), then of the higher score, then of the longer span.
    """

    def preference(finding: Finding) -> tuple[Any, ...]:
        return first(finding), _RANK.get(finding.type, -1), -finding.score, finding.start - finding.end

    merged: list[Finding] = []
    for finding in sorted(found, key=lambda f: (f.start, f.end)):
        if not merged or finding.start >= merged[-1].end:
            merged.append(finding)
            continue
        best = min(merged[-1], finding, key=preference)
        merged[-1] = Finding(
            best.type, merged[-1].start, max(merged[-1].end, finding.end), score=best.score, detector=best.detector
        )
    return merged
