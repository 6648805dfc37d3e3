"""The check digits of numbers that people are known by. All take bare digits, or letters where they say so."""

from collections.abc import Sequence

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_VERHOEFF_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1, annex B: cards, and many national numbers."""
    odd = sum(int(digit) for digit in digits[-1::-2])
    even = sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return (odd + even) % 10 == 0


def verhoeff(digits: str) -> bool:
    """The dihedral check of J. Verhoeff (1969): Aadhaar."""
    check, turn = 0, list(range(10))
    for digit in reversed(digits):
        check = _VERHOEFF_PRODUCT[check][turn[int(digit)]]
        turn = [_VERHOEFF_TURN[each] for each in turn]
    return check == 0


def weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of each digit times its weight, over as many as there are weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def mod11_10(digits: str) -> bool:
    """ISO 7064 hybrid mod 11,10: the German tax number, the Croatian OIB, German VAT ids."""
    product = 10
    for digit in digits[:-1]:
        product = (((product + int(digit)) % 10 or 10) * 2) % 11
    return (11 - product) % 10 == int(digits[-1])


def mod11_2(written: str) -> bool:
    """ISO 7064 mod 11-2, whose last sign may be X: the Chinese resident number."""
    rest = 0
    for digit in written[:-1]:
        rest = (rest + int(digit)) * 2 % 11
    return (12 - rest) % 11 == (10 if written[-1] == "X" else int(written[-1]))


def mod97(written: str) -> bool:
    """ISO 7064 mod 97-10 with letters as 10 to 35: of an IBAN, once its first four signs stand at its end."""
    return int("".join(str(int(sign, 36)) for sign in written)) % 97 == 1


def ean13(digits: str) -> bool:
    """GS1's check of thirteen digits: the Swiss AHV number."""
    return weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


def is_day(month: str, day: str) -> bool:
    """Is there such a day in some year?"""
    return 1 <= int(month) <= 12 and 1 <= int(day) <= _DAYS[int(month) - 1]
