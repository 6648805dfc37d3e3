"""Text inside long runs of base64 or hexadecimal digits: what is found in it is found in the run."""

import binascii
from base64 import b64decode
from collections.abc import Iterator

from sallyport.redaction.lazily import Lazily

_RUN = Lazily(r"(?<![\w+/=-])(?:[A-Za-z0-9+/]{20,}+|[A-Za-z0-9_-]{20,}+)={0,2}(?![\w+/=-])")
_SIGNS = bytes(65 if chr(sign).isalnum() or chr(sign) in "+/_-" else 32 for sign in range(128)) + bytes(128)
_LONG = b"A" * 20
"""What `_SIGNS` makes of as many signs as a run has at least: few texts have that, and it is quickly looked for."""
_HEX = Lazily(r"(?:[0-9A-Fa-f]{2}){12,}")
_READABLE = 0.9


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each run that decodes to readable text, and that text; in all not more than the text is long."""
    if _LONG not in text.encode("ascii", "replace").translate(_SIGNS):
        return
    for match in _RUN.finditer(text):
        inner = _read(match.group())
        if inner:
            yield match.start(), match.end(), inner


def _read(run: str) -> str | None:
    if _HEX.fullmatch(run):
        return _text_of(bytes.fromhex(run))
    compact = run.rstrip("=").replace("-", "+").replace("_", "/")
    if len(compact) % 4 == 1:
        return None
    try:
        return _text_of(b64decode(compact + "=" * (-len(compact) % 4), validate=True))
    except binascii.Error:
        return None


def _text_of(written: bytes) -> str | None:
    """Mostly printable ASCII at first sight, and UTF-8 wholly: random bytes are neither."""
    head = written[:64]
    if sum(32 <= byte < 127 or byte in (9, 10, 13) or byte >= 128 for byte in head) < _READABLE * len(head):
        return None
    try:
        return written.decode()
    except UnicodeDecodeError:
        return None
