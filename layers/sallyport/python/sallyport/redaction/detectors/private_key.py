"""Private keys in PEM (RFC 7468) and OpenPGP armour; certificates and public keys are no secrets."""

from collections.abc import Iterable

from sallyport.redaction.finding import SECRET, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({SECRET})

_BEGIN = Lazily(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_END = Lazily(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# A key cut off before its end: its lines of base64, real or escaped line ends, and header lines.
_TORN_BODY = Lazily(r"(?:[A-Za-z0-9+/=\s\\]|[A-Z][A-Za-z-]{2,20}: [^\n]{0,80}\n){0,16384}+")


def find(text: str) -> Iterable[Finding]:
    begin = _BEGIN.search(text) if "PRIVATE KEY" in text else None
    ends_left = True
    while begin:
        end = _END.search(text, begin.end()) if ends_left else None
        ends_left = end is not None
        stop = end.end() if end else _torn_end(text, begin.end())
        yield Finding(SECRET, begin.start(), stop, 1.0, "private_key")
        begin = _BEGIN.search(text, stop)


def _torn_end(text: str, start: int) -> int:
    body = _TORN_BODY.match(text, start)
    return start + len(body.group().rstrip()) if body else start
