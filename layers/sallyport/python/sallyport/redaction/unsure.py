"""The parts of a text that are needed to judge what the engine is unsure of, with everything that it knows hidden."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sallyport.redaction.finding import Finding

HIDDEN = "*"
"""Stands for each sign of what is known, so that offsets stay what they are."""

NEAR, FAR = 30, 120
"""Characters beside what is unsure: the end of its sentence or line counts from NEAR on; at FAR it ends anyhow."""

_BREAK = re.compile(r"[.!?](?=\s)|\n")
_SIGN = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text from `start` on, as it may be shown; `unsure` has the offsets of the whole text."""

    start: int
    shown: str
    unsure: tuple[Finding, ...]


def excerpts(text: str, known: Iterable[Finding], unsure: Iterable[Finding]) -> Iterator[Excerpt]:
    """In order, none overlapping or touching another. What is `known` is hidden."""
    spans = _joined(known)
    windows: list[tuple[int, int, list[Finding]]] = []
    for each in sorted(unsure, key=lambda finding: finding.start):
        start, end = _before(text, each.start), _after(text, each.end)
        if windows and start <= windows[-1][1]:
            first, last, within = windows[-1]
            windows[-1] = (first, max(last, end), [*within, each])
        else:
            windows.append((start, end, [each]))
    for start, end, within in windows:
        yield Excerpt(start, _hidden(text, start, end, spans), tuple(within))


def _before(text: str, start: int) -> int:
    far = max(0, start - FAR)
    breaks = [found.end() for found in _BREAK.finditer(text, far, max(far, start - NEAR))]
    return breaks[-1] if breaks else _at_a_space(text, far, start, forwards=True)


def _after(text: str, end: int) -> int:
    far = min(len(text), end + FAR)
    found = _BREAK.search(text, min(far, end + NEAR), far)
    return found.end() if found else _at_a_space(text, far, end, forwards=False)


def _at_a_space(text: str, far: int, near: int, *, forwards: bool) -> int:
    """Where a word ends, on the way back from `far`: half a word is none. All of one that has no end."""
    if far in (0, len(text)):
        return far
    at = far
    while at != near:
        if text[at].isspace() if forwards else text[at - 1].isspace():
            return at
        at += 1 if forwards else -1
    return far


def _joined(known: Iterable[Finding]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted((each.start, each.end) for each in known):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _hidden(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    """`spans` are in order, none overlapping another."""
    pieces: list[str] = []
    at = start
    for nth in range(bisect_right(spans, start, key=itemgetter(1)), len(spans)):
        first, last = max(spans[nth][0], at), min(spans[nth][1], end)
        if first >= end:
            break
        pieces += (text[at:first], _SIGN.sub(HIDDEN, text[first:last]))
        at = last
    pieces.append(text[at:end])
    return "".join(pieces)
