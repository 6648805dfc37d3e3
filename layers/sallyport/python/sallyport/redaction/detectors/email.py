"""E-mail addresses: from each @ outwards, so that text without one costs nothing."""

import re
from collections.abc import Iterable

from sallyport.redaction.finding import EMAIL, Finding

types = frozenset({EMAIL})

_DOMAIN = re.compile(r"@((?:\w(?:[\w-]{0,61}\w)?\.){1,8})(xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})(?![\w@])", re.IGNORECASE)
_LOCAL = frozenset("!#$%&'*+/=?^_`{|}~.-")
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_FILE_ENDINGS = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "html", "css", "js", "ts", "json", "py", "md"})


def find(text: str) -> Iterable[Finding]:
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at)
        if domain and domain[2].lower() not in _FILE_ENDINGS:
            start = _local_start(text, at)
            if start < at and not _in_url(text, start) and text[start:at] != "git":
                yield Finding(EMAIL, start, domain.end(), 0.99, "email")
        at = text.find("@", domain.end() if domain else at + 1)


def _local_start(text: str, at: int) -> int:
    """Where the part before the @ begins; `at` itself when there is none."""
    start = at
    while start > 0 and at - start < _LONGEST_LOCAL and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
        start -= 1
    if text[at - 1] == ".":
        return at
    start = max(start, text.rfind("/", start, at) + 1, text.rfind("=", start, at) + 1)
    # Signs are legal inside an address, but at its beginning they are quotes, list marks and paths.
    while start < at and text[start] in _LOCAL and text[start] != "_":
        start += 1
    return start


def _in_url(text: str, start: int) -> bool:
    """Is this the user part of a URL, as in https://name:word@host? That is the url family's."""
    scheme = text.rfind("://", max(0, start - 200), start)
    return scheme >= 0 and not any(c.isspace() or c == "/" for c in text[scheme + 3 : start])
