"""Web addresses: with a scheme, with www, or a bare host of a common domain. Their credentials are `url`'s."""

import re
from collections.abc import Iterator

from sallyport.redaction.finding import URL, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({URL})

_REST = r"[^\s<>\"'`{}|\\^\[\]]"
_SCHEME = Lazily(
    rf"://(?:[^\s/?#@\"'<>]{{1,400}}@)?((?:[\w-]{{1,63}}\.){{0,8}}[\w-]{{1,63}}(?::[0-9]{{1,5}})?(?:[/?#]{_REST}{{0,2048}})?)"
)
_KNOWN_SCHEME = Lazily(
    r"(?:https?|ftps?|sftp|wss?|hxxps?|git|ssh|s3|gs|jdbc:\w{1,20}|ldaps?|smb|rtsp)\Z", re.IGNORECASE
)
_WWW = Lazily(rf"(?<![\w.@/-])www\.(?:[\w-]{{1,63}}\.){{1,8}}[a-z]{{2,12}}(?:[/?#:]{_REST}{{0,2048}})?", re.IGNORECASE)
_TOP = (
    r"com|org|net|edu|gov|io|info|biz|co|de|fr|es|it|nl|be|ch|at|pl|se|no|fi|dk|pt|ie|eu|uk|ca|au|nz|in|jp|cn|br|mx|ar|za|ru|"
    r"dev|app|cloud|online|shop|site|xyz|tech|us|cz|hu|gr|ro|tr|kr|sg|hk|tw|cl|uy|cy|si|ee|lt|lv|int|mil"
)
_BARE = Lazily(rf"\.(?<=[a-z0-9]\.)(?:{_TOP})(?![\w@-]|\.\w|\()(?:[/?#]{_REST}{{0,2048}})?")
_HOST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
_LONGEST_HOST = 120
_TRAILING = ".,;:!?)*_~"
_NAMESPACES = (*("json-schema.org", "www.w3.org", "schema.org", "schemas.", "purl.org", "xmlns.com"),)
"""Names that look like addresses and identify nobody: a masked `$schema` breaks what reads it."""
_SHORTEST_LABEL = 3


def find(text: str) -> Iterator[Finding]:
    yield from _with_scheme(text)
    if "www." in text or "WWW." in text or "Www." in text:
        for match in _WWW.finditer(text):
            yield Finding(URL, match.start(), match.start() + len(_stripped(match.group())), 0.9, "link")
    if "." in text:
        for match in _BARE.finditer(text):
            start = _host_start(text, match.start() + 1)
            if start is not None:
                yield Finding(URL, start, match.start() + len(_stripped(match.group())), 0.6, "link")


def _with_scheme(text: str) -> Iterator[Finding]:
    at = text.find("://")
    while at >= 0:
        match = _SCHEME.match(text, at)
        end = at + 3
        if match and not match[1].startswith(_NAMESPACES):
            scheme = _KNOWN_SCHEME.search(text[max(0, at - 26) : at])
            has_user = match.start(1) > at + 3
            if scheme:
                start = match.start(1) if has_user else at - len(scheme.group())
                end = match.start(1) + len(_stripped(match[1]))
                yield Finding(URL, start, end, 0.95, "link")
        at = text.find("://", end)


def _stripped(written: str) -> str:
    """Without the punctuation of the sentence around it; a bracket that was opened inside stays."""
    kept = written.rstrip(_TRAILING)
    return kept + ")" if written[len(kept) :].startswith(")") and kept.count("(") > kept.count(")") else kept


def _host_start(text: str, end: int) -> int | None:
    """Where the host begins whose top-level domain begins at `end`; None for an e-mail address, a path or a file."""
    start = end
    while start > 0 and end - start < _LONGEST_HOST and text[start - 1] in _HOST:
        start -= 1
    host = text[start : end - 1].lstrip(".-")
    before = text[start - 1 : start]
    if not host or before in ("@", "/", "_", "\\", "$", ":", "=") or (before and before.isalnum()):
        return None
    labels = host.split(".")
    if max(map(len, labels)) < _SHORTEST_LABEL or labels[-1].isdigit() or "" in labels:
        return None
    return end - 1 - len(host)
