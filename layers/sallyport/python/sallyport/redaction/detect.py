"""All findings of a text: every family once, overlaps merged, offsets in the text as the client wrote it."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any

from sallyport.redaction.detectors import DETECTORS, Detector, names
from sallyport.redaction.finding import ADDRESS, PERSON, Finding
from sallyport.redaction.linking import join_addresses, repeat_names
from sallyport.redaction.normalise import NormalisedText, normalise

_WORDS = re.compile(r"\w(?:.*\w)?\.?", re.DOTALL)
_RANK = {type_: rank for rank, detector in reversed(list(enumerate(DETECTORS))) for type_ in detector.types}


def detect(text: str, *, types: frozenset[str] | None = None, bias: float = 0.0) -> list[Finding]:
    """Findings sorted by start, none overlapping another; only of `types` when they are given.

    Who masks some types only asks for those and LITERAL: overlapping findings become one, whatever their types.
    `bias` is what finding a name is worth, see `detectors.names`: 0 to 0.7 to mask, where a word too many is put back
    afterwards; 1.5 to decide who may see a text, where a name too few is worse.

    Time is linear in the length of the text, whatever the text.
    """
    reading = normalise(text)
    return _original(reading, _linked(reading.text, _found(reading.text, types, (), bias), types))


def candidates(
    text: str, *, types: frozenset[str] | None = None, more: Sequence[Detector] = (), bias: float = 0.0
) -> list[Finding]:
    """All that any family, or any of `more`, takes for a finding, and what follows from these: in no order,
    overlapping or not.
    """
    reading = normalise(text)
    found = _found(reading.text, types, more, bias)
    known = set(found)
    return _original(reading, [*found, *(each for each in _linked(reading.text, found, types) if each not in known)])


def _found(text: str, types: frozenset[str] | None, more: Sequence[Detector], bias: float) -> list[Finding]:
    found = [
        finding
        for detector in (*more, *DETECTORS)
        if types is None or not types.isdisjoint(detector.types)
        for finding in _find(detector, text, bias)
        if types is None or finding.type in types
    ]
    return list(_yielding(text, found))


def _linked(text: str, found: Iterable[Finding], types: frozenset[str] | None) -> list[Finding]:
    """Merged, with the addresses that they make together, and the names among them wherever else they stand."""
    merged = merge(found)
    if types is None or ADDRESS in types:
        merged = join_addresses(text, merged)
    if types is None or PERSON in types:
        merged = repeat_names(text, merged)
    return merged


def _original(reading: NormalisedText, found: list[Finding]) -> list[Finding]:
    if reading.origin is None:
        return found
    return [Finding(f.type, *reading.original_span(f.start, f.end), score=f.score, detector=f.detector) for f in found]


def _find(detector: Detector, text: str, bias: float) -> Iterable[Finding]:
    return names.find(text, bias) if detector is names else detector.find(text)


def _yielding(text: str, found: list[Finding]) -> Iterator[Finding]:
    """All findings, names without what a pattern found in them: a guess that reaches too far changes no other type."""
    patterns = sorted((f for f in found if f.type not in names.types), key=lambda f: f.start)
    yield from patterns
    ends = list(accumulate((f.end for f in patterns), max))
    for finding in found:
        if finding.type not in names.types:
            continue
        start = finding.start
        for at in range(bisect_right(ends, start), len(patterns)):
            if patterns[at].start >= finding.end:
                break
            yield from _rest(text, finding, start, patterns[at].start)
            start = max(start, patterns[at].end)
        yield from _rest(text, finding, start, finding.end)


def _rest(text: str, finding: Finding, start: int, end: int) -> Iterator[Finding]:
    """The words of a finding between two offsets, if any."""
    words = _WORDS.search(text, start, max(start, end))
    if words:
        yield Finding(finding.type, *words.span(), score=finding.score, detector=finding.detector)


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
