"""What numbers of documents look like, where nothing but a label tells them: letters and digits in a few groups."""

import re
from typing import Final

from sallyport.redaction.lazily import Lazily

CODE: Final = Lazily(
    r"(?<![\w@])(?!(?:NO|NR|ID|IS|OF|NUM|THE|AND|FOR|TO|IN|US|UK|EU|DE|NUMBER)[ .])(?:[A-Z]{1,3} (?=[0-9]))?"
    r"(?=[A-Za-z./-]{0,12}[0-9])[A-Za-z0-9]{1,24}(?:[-./][A-Za-z0-9]{1,16}){0,5}"
    r"(?: (?=[A-Z]{0,3}[0-9])[A-Z0-9]{1,8}(?![\w:])){0,7}(?: [A-Z](?!\w))?(?!\w)"
)
"""One or more groups of letters and digits; the first has a digit, as has each after a space."""

_DATE = Lazily(
    r"(?:(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\2(?:19|20)?[0-9]{2})(?![0-9])"
)
_VERSION = Lazily(r"v?[0-9]{1,3}\.[0-9]{1,3}(?:\.[0-9]{1,3})?")
_ORDINAL = Lazily(r"[0-9]+(?:st|nd|rd|th|x|px|kg|km|cm|mm|am|pm|gb|mb|kb|ms|usd|eur|k|m)", re.IGNORECASE)


def is_code(written: str, digits: int = 4, longest: int = 24) -> bool:
    """Are these at least `digits` digits in at most `longest` letters and digits, and no date, version or measure?"""
    seen = sum(sign.isdigit() for sign in written)
    return (
        seen >= digits
        and sum(sign.isalnum() for sign in written) <= longest
        and not _DATE.match(written)
        and not _VERSION.fullmatch(written)
        and not _ORDINAL.fullmatch(written)
    )


def compact(written: str) -> str:
    """Its letters, in capitals, and its digits alone."""
    return "".join(filter(str.isalnum, written)).upper()


def digits_of(written: str) -> str:
    return "".join(filter(str.isdigit, written))
