"""Words around a candidate that speak for it or against it."""

import re


def words(*alternatives: str) -> re.Pattern[str]:
    """A pattern for whole words, any case; each alternative is a regular expression without unbounded repetition."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


def announced(
    text: str, start: int, wanted: re.Pattern[str], unwanted: re.Pattern[str] | None = None, reach: int = 40
) -> bool:
    """Does a wanted word stand in the `reach` characters before `start`, with no unwanted word nearer?"""
    window = text[max(0, start - reach) : start]
    here = _last(wanted, window)
    return here >= 0 and (unwanted is None or here >= _last(unwanted, window))


def followed(text: str, end: int, wanted: re.Pattern[str], reach: int = 24) -> bool:
    """Does a wanted word stand in the `reach` characters after `end`?"""
    return wanted.search(text[end : end + reach]) is not None


def _last(pattern: re.Pattern[str], window: str) -> int:
    return max((match.end() for match in pattern.finditer(window)), default=-1)
