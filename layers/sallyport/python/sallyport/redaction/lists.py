"""What an operator names himself: what is no finding whatever looks like it, what always is one, and detectors."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Annotated

from pydantic import Field, StringConstraints

from sallyport.message import Message
from sallyport.redaction.custom import DENIED, CustomDetector, CustomFamily, Pattern
from sallyport.redaction.detectors import Detector
from sallyport.redaction.finding import LITERAL, TYPES, Finding
from sallyport.redaction.normalise import normalise
from sallyport.redaction.placeholder import literal_pattern

MOST_TERMS = 200
MOST_PATTERNS = 32
MOST_DETECTORS = 16

type Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
type Terms = Annotated[tuple[Term, ...], Field(max_length=MOST_TERMS)]
type Patterns = Annotated[tuple[Pattern, ...], Field(max_length=MOST_PATTERNS)]
type CustomDetectors = Annotated[tuple[CustomDetector, ...], Field(max_length=MOST_DETECTORS)]

_SPACE = re.compile(r"\s+")


class Lists(Message):
    """Terms are compared without regard to case, invisible characters and the kind of white space between their words.

    `allowed` is no finding of any type but LITERAL when it is the whole of one; `denied` is one of type DENIED wherever
    it stands as words of its own.
    """

    allowed_terms: Terms = ()
    allowed_patterns: Patterns = ()
    denied_terms: Annotated[tuple[Term, ...], Field(max_length=3 * MOST_TERMS)] = ()
    denied_patterns: Annotated[tuple[Pattern, ...], Field(max_length=3 * MOST_PATTERNS)] = ()
    detectors: Annotated[tuple[CustomDetector, ...], Field(max_length=3 * MOST_DETECTORS)] = ()

    @cached_property
    def types(self) -> frozenset[str]:
        """Those that only these lists know."""
        denied = {DENIED} if self.denied_terms or self.denied_patterns else set()
        return frozenset({detector.type for detector in self.detectors} | denied)

    @cached_property
    def families(self) -> Sequence[Detector]:
        """To be looked for beside the engine's own. What looks like a placeholder of one of these types is LITERAL."""
        if not self.types:
            return ()
        own = map(CustomFamily, self.detectors)
        return (_Literals(self.types), *([_Denied(self)] if DENIED in self.types else []), *own)

    def allows(self, value: str) -> bool:
        """Whether what looks like a finding is none."""
        if not self.allowed_terms and not self.allowed_patterns:
            return False
        return _plain(value) in self._allowed or any(
            _compiled(pattern).fullmatch(value) for pattern in self.allowed_patterns
        )

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(map(_plain, self.allowed_terms))


class _Denied:
    types = frozenset({DENIED})

    def __init__(self, lists: Lists) -> None:
        self._words = [tuple(_plain(term).split(" ")) for term in lists.denied_terms]
        self._patterns = [_compiled(pattern) for pattern in lists.denied_patterns]

    def find(self, text: str) -> Iterable[Finding]:
        folded = text.lower()
        for words in self._words:
            start = folded.find(words[0])
            while start >= 0:
                match = _whole(words).match(folded, start)
                if match:
                    yield Finding(DENIED, *match.span(), 1.0, "denied")
                start = folded.find(words[0], start + 1)
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                yield Finding(DENIED, *match.span(), 1.0, "denied")


class _Literals:
    types = frozenset({LITERAL})

    def __init__(self, types: frozenset[str]) -> None:
        # With those of the engine's own: a name of theirs may end with one of these.
        self._pattern = literal_pattern(types | TYPES)

    def find(self, text: str) -> Iterable[Finding]:
        for match in self._pattern.finditer(text):
            yield Finding(LITERAL, *match.span(), 1.0, "literal")


def _plain(written: str) -> str:
    return _SPACE.sub(" ", normalise(written).text.lower()).strip()


@lru_cache(maxsize=4 * MOST_TERMS)
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    """Words of their own, with up to eight blanks between them."""
    before = r"(?<!\w)" if words[0][0].isalnum() else ""
    after = r"(?!\w)" if words[-1][-1].isalnum() else ""
    return re.compile(before + r"\s{1,8}".join(map(re.escape, words)) + after)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
