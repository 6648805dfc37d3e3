"""Which script a text is written in, for those that the tagger of names was not trained on."""

import re
from collections import Counter

FEWEST = 8
"""Letters of one other script that make a text unfamiliar, whatever their share: a name alone has as many."""

SHARE = 0.3
"""Share of all letters at which fewer letters do, down to LEAST."""

LEAST = 3

_LETTER = re.compile(r"[^\W\d_]")
_OTHER = re.compile(
    r"[\u0370-\u1dbf\u1f00-\u1fff\u2c00-\u2c5f\u2c80-\u2dff\u3040-\ua4cf\ua500-\ua71f\ua800-\uabff\uac00-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufeff\U00010000-\U0001cfff\U0001e000-\U0001efff\U00020000-\U0003ffff]"
)
_RANGES = (
    (0x0370, 0x03FF, "Greek"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x1C80, 0x1C8F, "Cyrillic"),
    (0x2DE0, 0x2DFF, "Cyrillic"),
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0xFB1D, 0xFB4F, "Hebrew"),
    (0x0600, 0x06FF, "Arabic"),
    (0x0750, 0x077F, "Arabic"),
    (0x08A0, 0x08FF, "Arabic"),
    (0xFB50, 0xFDFF, "Arabic"),
    (0xFE70, 0xFEFF, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"),
    (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"),
    (0x0D00, 0x0D7F, "Malayalam"),
    (0x0D80, 0x0DFF, "Sinhala"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Lao"),
    (0x1000, 0x109F, "Myanmar"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, "Hangul"),
    (0x3130, 0x318F, "Hangul"),
    (0xAC00, 0xD7FF, "Hangul"),
    (0x1200, 0x137F, "Ethiopic"),
    (0x1780, 0x17FF, "Khmer"),
    (0x3040, 0x309F, "Hiragana"),
    (0x30A0, 0x30FF, "Katakana"),
    (0x3400, 0x9FFF, "Han"),
    (0xF900, 0xFAFF, "Han"),
    (0x20000, 0x3FFFF, "Han"),
)


def unfamiliar_script(text: str) -> str | None:
    """The script of most of the letters that are not Latin, by its Unicode name; None when they are too few to matter.

    Too few are less than FEWEST letters, unless they are SHARE of all letters. A script without a name here is `other`.
    """
    if text.isascii():
        return None
    letters = [letter for letter in _OTHER.findall(text) if letter.isalpha()]
    if len(letters) < LEAST:
        return None
    if len(letters) < FEWEST and len(letters) < SHARE * sum(1 for _ in _LETTER.finditer(text)):
        return None
    [(script, _)] = Counter(map(_script_of, letters)).most_common(1)
    return script


def _script_of(letter: str) -> str:
    code = ord(letter)
    return next((name for first, last, name in _RANGES if first <= code <= last), "other")
