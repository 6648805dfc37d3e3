"""Characters written as escapes: `%40`, `&#64;`, `\\u0040`, `=40`, also escaped twice or thrice."""

import re
from collections.abc import Iterator

from sallyport.redaction.excerpts import Edit
from sallyport.redaction.lazily import Lazily
from sallyport.redaction.normalise import normalise

_PERCENT = r"(?:%(?:25){0,3}[0-9A-Fa-f]{2})+"
_ENTITY = r"&(?:amp;){0,3}(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});"
_BACKSLASH = r"\\{1,8}(?:u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|[nrt\"'/])"
_QUOTED = r"=(?:[0-9A-F]{2}|\r?\n)"
_KINDS = (("%", _PERCENT), ("&", _ENTITY), ("\\", _BACKSLASH))
_HEX = Lazily(r"[0-9A-Fa-f]{2,6}")
_AMPERSANDS = Lazily(r"(?:amp;)+")
_DOUBLED = Lazily(r"%(?:25)+(?=[0-9A-Fa-f]{2})")
_CONTROLS = {"n": "\n", "r": "\n", "t": "\t"}


def edits(text: str) -> Iterator[Edit]:
    """What each escape stands for, in order; nothing where it stands for no character that can be read."""
    kinds = [pattern for sign, pattern in _KINDS if sign in text]
    if "=40" in text or "=2E" in text or "=\n" in text or "=\r\n" in text:
        kinds.append(_QUOTED)
    if not kinds:
        return
    for match in re.finditer("|".join(kinds), text):
        meant = _meant(match.group())
        if meant is not None:
            yield match.start(), match.end(), normalise(meant).text


def _meant(escape: str) -> str | None:
    if escape[0] == "%":
        return _readable(bytes.fromhex(_DOUBLED.sub("%", escape).replace("%", "")))
    if escape[0] == "&":
        from html import unescape  # its table of names is long, and few texts have any

        entity = "&" + _AMPERSANDS.sub("", escape[1:])
        meant = unescape(entity)
        return meant if meant != entity else None
    if escape[0] == "=":
        return "" if escape.endswith("\n") else _readable(bytes.fromhex(escape[1:]))
    name = escape.lstrip("\\")
    if name[0] in "ux":
        digits = _HEX.search(name, 1)
        code = int(digits.group(), 16) if digits else 0
        return chr(code) if 0x20 <= code < 0xD800 or 0xDFFF < code <= 0x10FFFF else None
    return _CONTROLS.get(name, name)


def _readable(written: bytes) -> str | None:
    try:
        meant = written.decode()
    except UnicodeDecodeError:
        return None
    return meant if meant.isprintable() or meant.isspace() else None
