"""When a provider says that it can be asked again."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_LONGEST = 86_400.0


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds from `now` (UNIX) by `retry-after-ms` or `retry-after` (seconds or an HTTP date), 0 to a day.

    `headers` are looked up in lower case. None when there is no hint or no sense in it.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None:
        return _bounded(seconds)
    try:
        return _bounded(parsedate_to_datetime(value or "").timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST)
