"""What is known of a word before any text is read: is it a first name, a town, a common word, and how common."""

import mmap
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from zlib import crc32

FIRST, LAST, TOWN, COUNTRY, ORG, ORG_END, STREET, TITLE, GROUP, THING, JOB, OFTEN_FIRST, OFTEN_LAST, CITY = (
    1 << bit for bit in range(14)
)
"""First name; last name; town; country or region; word of a well-known organisation; word that ends or begins the names
of organisations; word of streets; title before a name; nationality, religion or political group; product, month or
other capitalised word that names nobody; occupation; frequent first name; frequent last name; large city."""
LETTERS = "FLCNOETRGXJPQM"
"""One letter for each flag, in the order of their bits: what features are spelled with."""
FREQUENCY_SHIFT, BEFORE_SHIFT, AFTER_SHIFT = 16, 20, 26
"""Above the flags stands how common the word is in English, 0 (not known) to 7 (one of the commonest); then which small
word most typically stands before it and which after it, 0 (none) to 63: that tells verbs from nouns from names."""

_SLOT = 8
_NOTHING = 0


class KnownWords:
    """A table in a file, read in place: open addressing by CRC-32; a slot is the check number and the value of a word.

    Another word meets the check number of a word in the table once in some 10⁹ times: it then borrows its value.
    """

    def __init__(self, slots: memoryview) -> None:
        self._slots = slots.cast("I")
        self._mask = len(self._slots) // 2 - 1

    @classmethod
    def open(cls, path: Path) -> Self:
        with path.open("rb") as file:
            return cls(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))

    def get(self, word: str) -> int:
        """The value of a word in lower case: flags and frequency; 0 when it is not in the table."""
        key = word.encode()
        check = crc32(key, 0x5A11) or 1
        at = crc32(key) & self._mask
        while True:
            found = self._slots[2 * at]
            if found == check:
                return self._slots[2 * at + 1]
            if found == _NOTHING:
                return 0
            at = at + 1 & self._mask


def encode(values: Mapping[str, int]) -> bytes:
    """The table for `KnownWords`, at most two thirds full, little-endian; the same for the same words in any order."""
    size = 1 << (len(values) * 3 // 2).bit_length()
    slots = array("I", bytes(_SLOT * size))
    for word in sorted(values):
        key = word.encode()
        at = crc32(key) & size - 1
        while slots[2 * at] != _NOTHING:
            at = at + 1 & size - 1
        slots[2 * at], slots[2 * at + 1] = crc32(key, 0x5A11) or 1, values[word]
    return slots.tobytes()
