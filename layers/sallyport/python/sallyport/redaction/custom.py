"""Detectors that an operator writes down as data: patterns, words around them, a checksum."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from sallyport.message import Message
from sallyport.redaction.checksums import luhn, mod11_10, mod97, verhoeff
from sallyport.redaction.context import announced, followed, words
from sallyport.redaction.finding import TYPES, Finding
from sallyport.redaction.linear import steps

DENIED: Final = "DENIED"
"""What a policy's own list names. Known only where such a list is: elsewhere it is a word like any other."""

type Checksum = Literal["luhn", "verhoeff", "mod11_10", "mod97"]


_CHECKS: Mapping[str, Any] = {"luhn": luhn, "verhoeff": verhoeff, "mod11_10": mod11_10, "mod97": mod97}
_NO_PART = re.compile("[^0-9A-Za-z]")


def _linear(pattern: str) -> str:
    steps(pattern)
    return pattern


def _own(type_: str) -> str:
    if type_ in TYPES or type_ == DENIED:
        raise ValueError(f"{type_} is a type that is there already; give yours another name")
    return type_


Pattern = Annotated[str, AfterValidator(_linear)]
"""A regular expression that no text makes slow (see `linear`)."""

OwnType = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]+(?:_[A-Z]+)*$", min_length=3, max_length=16), AfterValidator(_own)
]
"""Of capitals and single underscores. 16 characters at most: a streaming restorer holds back 40 in all."""

type Word = Annotated[str, StringConstraints(pattern=r"^\w(?:[\w .#'-]*[\w.#])?$", max_length=40)]
type Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class CustomDetector(Message):
    """A family of a policy's own. With `context`, one of its words must stand before or after a match, in any case.

    A match that does not pass its `checksum` is none. `score` is that of every finding.
    """

    type: OwnType
    patterns: tuple[Pattern, ...] = Field(min_length=1, max_length=8)
    context: tuple[Word, ...] = Field(default=(), max_length=32)
    checksum: Checksum | None = None
    score: Score = 0.9


class CustomFamily:
    """One of them at work."""

    def __init__(self, detector: CustomDetector) -> None:
        self.types = frozenset({detector.type})
        self._detector = detector
        self._patterns = [re.compile(pattern) for pattern in detector.patterns]
        self._near = words(*map(re.escape, detector.context)) if detector.context else None

    def find(self, text: str) -> Iterable[Finding]:
        own = self._detector
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                start, end = match.span()
                if self._near and not announced(text, start, self._near) and not followed(text, end, self._near):
                    continue
                if own.checksum is None or _passes(own.checksum, match.group()):
                    yield Finding(own.type, start, end, own.score, "custom")


def _passes(checksum: str, written: str) -> bool:
    digits = _NO_PART.sub("", written)
    if not digits.isascii() or (checksum != "mod97" and not digits.isdigit()):
        return False
    return bool(digits) and bool(_CHECKS[checksum](digits))
