"""The text as detectors read it: written around neither by invisible characters nor by exotic digits and letters."""

import re
import unicodedata
from array import array
from functools import lru_cache
from typing import NamedTuple

from sallyport.redaction.confusables import plain

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_REPLACED = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("\u034f\u115f\u1160\u180e\u3164", ""),  # invisible, though not of category Cf
    "\u0130": "I",  # the one character whose lower case is longer: now text.lower() keeps every offset
}


class NormalisedText(NamedTuple):
    """`text` for detectors; `origin[i]` is the offset in the original of its character i, None when offsets agree."""

    text: str
    origin: "array[int] | None"

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text of the non-empty span [start, end) of `text`."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def normalise(text: str) -> NormalisedText:
    """Drop invisible characters; reduce each other character to ASCII where NFKC, its digit value or its look do so.

    Character by character, so that every result has one origin; characters with no ASCII equivalent stay as they are.
    ASCII text is returned as it is, and a map is only built when lengths change.
    """
    if text.isascii():
        return NormalisedText(text, None)
    pieces: list[str] = []
    origin = array("L")
    resized = False
    copied = 0
    for match in _NOT_ASCII.finditer(text):
        at = match.start()
        reduced = _reduced(match.group())
        if len(reduced) != 1:
            resized = True
        elif reduced == match.group():
            continue
        pieces += (text[copied:at], reduced)
        origin.extend(range(copied, at))
        origin.extend([at] * len(reduced))
        copied = at + 1
    if not pieces:
        return NormalisedText(plain(text), None)
    pieces.append(text[copied:])
    origin.extend(range(copied, len(text)))
    return NormalisedText(plain("".join(pieces)), origin if resized else None)


@lru_cache(maxsize=4096)
def _reduced(character: str) -> str:
    if character in _REPLACED:
        return _REPLACED[character]
    category = unicodedata.category(character)
    if category == "Me" or "\u0334" <= character <= "\u0338":  # drawn around or through the character before
        return ""
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if compatible.isascii() else character
