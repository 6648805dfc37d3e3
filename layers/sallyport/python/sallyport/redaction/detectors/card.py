"""Payment card numbers: Luhn, and the prefixes and lengths of the brands (ISO/IEC 7812; the brands' public ranges)."""

import re
from collections.abc import Iterable, Iterator

from sallyport.redaction.checksums import luhn
from sallyport.redaction.context import announced, words
from sallyport.redaction.finding import CREDIT_CARD, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({CREDIT_CARD})

_RUN = Lazily(r"[0-9](?<![\w.][0-9])(?:[ .-]?[0-9]){11,39}+(?!\w)")
_GROUP = Lazily(r"[0-9]+")
_WORDS = words(
    *(
        "(?<!id )(?<!identity )cards?",
        "visa",
        "master ?card",
        "amex",
        "maestro",
        "credit",
        "debit",
        "pan",
        "cc",
        "karte",
    ),
    "carte",
)
_NOT_CARD = words("isbn", "ean", "gtin", "imei", "tracking", "serial", "invoice", "barcode")

# (first prefix, last prefix, lengths) that need no context word. Shorter and rarer numbers pass Luhn by chance too
# often, old Visa and Maestro among them: beside a word for a card any number that passes is one.
_BRANDS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({16, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),
    (6011, 6011, frozenset({16, 19})),  # Discover
    (644, 659, frozenset({16, 19})),
    (300, 305, frozenset({14, 16})),  # Diners Club
    (36, 36, frozenset({14, 16})),
    (38, 39, frozenset({14, 16})),
    (3528, 3589, frozenset({16, 19})),  # JCB
    (2131, 2131, frozenset({15})),
    (1800, 1800, frozenset({15})),
    (62, 62, frozenset({16, 17, 18, 19})),  # UnionPay
    (2200, 2204, frozenset({16})),  # Mir
)
_LENGTHS = range(12, 20)
_FOUR = 4


def find(text: str) -> Iterable[Finding]:
    for run in _RUN.finditer(text):
        for start, end in _windows(run):
            digits = "".join(filter(str.isdigit, text[start:end]))
            part = len(digits) == _LENGTHS.start and (start, end) != run.span()  # of a longer number, as a rule
            if part or not luhn(digits) or digits[0] == "0":
                continue
            if announced(text, start, _WORDS, _NOT_CARD):
                yield Finding(CREDIT_CARD, start, end, 0.99, "card")
                break
            if _issued_by_shape(digits) and not announced(text, start, _NOT_CARD):
                yield Finding(CREDIT_CARD, start, end, 0.95, "card")
                break


def _windows(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Spans of whole groups of digits that are as long as a card, so that a neighbouring number does not hide one.

    A card is written in one piece, in groups of 3 to 6, or in fours with a rest: other single digits and pairs are a
    list of numbers.
    """
    groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run.group())]
    for first, (start, _) in enumerate(groups):
        if run.string[start - 1 : start] == ".":
            continue  # the decimals of a fraction
        total = 0
        for at, (group_start, end) in enumerate(groups[first:]):
            size = end - group_start
            total += size
            if total >= _LENGTHS.stop:
                break
            sizes = [b - a for a, b in groups[first : first + at + 1]]
            rest = size < 3 and all(each == _FOUR for each in sizes[:-1])
            if total in _LENGTHS and (at == 0 or rest or all(3 <= each <= 6 for each in sizes)):
                yield start, end
            if size < 3 and at > 0:
                break


def _issued_by_shape(digits: str) -> bool:
    return any(len(digits) in lengths and low <= int(digits[: len(str(low))]) <= high for low, high, lengths in _BRANDS)
