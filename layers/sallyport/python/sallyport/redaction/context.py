"""Words around a candidate that speak for it or against it."""

import re

from sallyport.redaction.lazily import Lazily

# Shorter words end in a full stop of their own: `no. 12`, `ref. 12`.
_CLAUSE_ENDS = Lazily(r"\w{4}[.!?;,]\s|\n")


def words(*alternatives: str) -> Lazily:
    """A pattern for whole words, any case; each alternative is a regular expression without unbounded repetition."""
    return Lazily(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


def announced(text: str, start: int, wanted: Lazily, unwanted: Lazily | None = None, reach: int = 40) -> bool:
    """Does a wanted word stand in the `reach` characters before `start`, with no unwanted word nearer?"""
    window = text[max(0, start - reach) : start]
    here = _last(wanted, window)
    return here >= 0 and (unwanted is None or here >= _last(unwanted, window))


def followed(text: str, end: int, wanted: Lazily, reach: int = 24) -> bool:
    """Does a wanted word stand in the `reach` characters after `end`?"""
    return wanted.search(text[end : end + reach]) is not None


def clause(text: str, start: int, reach: int) -> int:
    """How many of the `reach` characters before `start` are of its own clause, its line at most."""
    window = text[max(0, start - reach) : start]
    return len(window) - max((end.end() for end in _CLAUSE_ENDS.finditer(window)), default=0)


def _last(pattern: Lazily, window: str) -> int:
    return max((match.end() for match in pattern.finditer(window)), default=-1)
