"""The written forms of one kind of number, and the check that tells it from others of the same form."""

from collections.abc import Callable
from typing import NamedTuple


class Scheme(NamedTuple):
    """`forms` have 9 for a digit, A for a letter of any case, all else as it is: `999.999.999-99`.

    `check` gets the text as it is written, letters in capitals; it decides alone, without any label.
    """

    type: str
    forms: tuple[str, ...]
    check: Callable[[str], bool]
    score: float = 0.9
