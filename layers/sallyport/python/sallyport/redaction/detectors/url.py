"""User name and password, or a token, inside a URL (RFC 3986, 3.2.1): also those of databases and message brokers.

Only the user part is found: a model may still need host and path.
"""

from collections.abc import Iterable

from sallyport.redaction.finding import URL_CREDENTIALS, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({URL_CREDENTIALS})

_USER_PART = Lazily(r"([^\s/?#@:\"'<>]{0,128})(:[^\s/?#@\"'<>]{1,256}(?:@[^\s/?#@\"'<>:.]{1,64})?)?@(?=[\w\[])")
_TEMPLATE = Lazily(r":?(?:[$%{\[]|\*+\Z|[xX]{3,}\Z|\.{3})")
_SHORTEST_TOKEN = 16


def find(text: str) -> Iterable[Finding]:
    if "@" not in text:
        return
    scheme = text.find("://")
    while scheme >= 0:
        start = scheme + 3
        match = _USER_PART.match(text, start)
        if match and text[scheme - 1 : scheme].isalnum() and _is_secret(match[1], match[2]):
            yield Finding(URL_CREDENTIALS, start, match.end() - 1, 0.97, "url")
        scheme = text.find("://", start)


def _is_secret(user: str, password: str | None) -> bool:
    if password is None:
        return len(user) >= _SHORTEST_TOKEN and any(c.isdigit() for c in user) and not _TEMPLATE.match(user)
    return not _TEMPLATE.match(password)
