"""Letters of other scripts that look like Latin ones, inside words that are otherwise Latin: an e-mail address.

A word wholly of another script stays as it is: it is a word of another language. The letters are those of Unicode's
confusables (UTS 39) that people type: Cyrillic, Greek and the small capitals.
"""

import re
from typing import Final

from sallyport.redaction.lazily import Lazily

_LOOKS: Final = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0405\u0406\u0408"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d\u04cf"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c5\u03c7\u0261\u026a\u1d04\u1d0f\u1d1c\u1d20\u1d21\u1d22\u0131",
    "ABEKMHOPCTXYSIJaeopcyxsijhdqwlABEZHIKMNOPTYXaopvikuxgIcouvwzi",
)
_ANY = Lazily(f"[{''.join(map(chr, _LOOKS))}]")
_WORD = Lazily(r"[\w@.%+-]+")
_LATIN = Lazily(r"[A-Za-z]")
_DIGIT = Lazily(r"[0-9]")


def plain(text: str) -> str:
    """The text, character for character, with lookalikes in mixed words replaced."""
    if not _ANY.search(text):
        return text
    return _WORD.sub(_replaced, text)


def _replaced(word: re.Match[str]) -> str:
    written = word.group()
    if written.isascii() or not _ANY.search(written):
        return written
    meant = written.translate(_LOOKS)
    mixed = _LATIN.search(written) or (_DIGIT.search(written) and meant.isascii())
    return meant if mixed else written
