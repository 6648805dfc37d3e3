"""National numbers of Europe that show themselves (the issuers' own rules, as collected in their public registers)."""

from sallyport.redaction.checksums import ean13, is_day, luhn, weighted
from sallyport.redaction.codes import compact, digits_of
from sallyport.redaction.finding import NATIONAL_ID
from sallyport.redaction.scheme import Scheme

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_FISCAL_MONTHS = "ABCDEHLMPRST"
# Value of a sign at an odd place of the codice fiscale (Decreto ministeriale 12 March 1974), digits as letters A to J.
_FISCAL_ODD = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)


def _nino(written: str) -> bool:
    """UK National Insurance number (HMRC NIM39110)."""
    letters = compact(written)
    return (
        letters[0] not in "DFIQUV"
        and letters[1] not in "DFIOQUV"
        and letters[:2] not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")
        and letters[8] in "ABCD"
    )


def _dni(written: str) -> bool:
    sign = compact(written)
    if sign[0].isalpha():
        if sign[0] not in "XYZ":
            return False
        sign = str("XYZ".index(sign[0])) + sign[1:]
    return _DNI[int(sign[:8]) % 23] == sign[8]


def _codice_fiscale(written: str) -> bool:
    sign = compact(written)
    odd = sum(_FISCAL_ODD["ABCDEFGHIJ"[int(s)] if s.isdigit() else s] for s in sign[0:15:2])
    even = sum(int(s) if s.isdigit() else ord(s) - 65 for s in sign[1:15:2])
    return sign[8] in _FISCAL_MONTHS and chr(65 + (odd + even) % 26) == sign[15]


def _nir(written: str) -> bool:
    """French social security number, without the departments of Corsica (2A, 2B)."""
    digits = digits_of(written)
    return digits[0] in "12" and digits[3:5] != "00" and 97 - int(digits[:13]) % 97 == int(digits[13:])


def _belgian(written: str) -> bool:
    digits = digits_of(written)
    return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))


def _nordic(written: str) -> bool:
    """Swedish personnummer (year first, Luhn), Danish CPR (day first; its check was given up in 2007) or Latvian."""
    digits = digits_of(written)[-10:]
    swedish = is_day(digits[2:4], f"{int(digits[4:6]) % 60:02}") and luhn(digits)
    danish = is_day(digits[2:4], digits[:2]) and weighted(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    return swedish or danish


def _norwegian(written: str) -> bool:
    digits = digits_of(written)
    return (
        is_day(f"{int(digits[2:4]) % 40:02}", f"{int(digits[:2]) % 40:02}")
        and weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
        and weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    )


def _finnish(written: str) -> bool:
    digits = written[:6] + written[7:10]
    return is_day(digits[2:4], digits[:2]) and _FINNISH[int(digits) % 31] == written[10]


def _swiss(written: str) -> bool:
    digits = digits_of(written)
    return digits[:3] == "756" and ean13(digits)


def _austrian(written: str) -> bool:
    digits = digits_of(written)
    return (
        is_day(digits[6:8], digits[4:6])
        and weighted(digits, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == int(digits[3])
        and digits[0] != "0"
    )


def _czech(written: str) -> bool:
    digits = digits_of(written)
    month = int(digits[2:4]) % 50
    return is_day(f"{month - 20 if month > 20 else month:02}", digits[4:6]) and (
        len(digits) == 9 or int(digits) % 11 == 0
    )


def _romanian(written: str) -> bool:
    digits = digits_of(written)
    check = weighted(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11 % 10 or 0
    if weighted(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11 == 10:
        check = 1
    return digits[0] in "12345678" and is_day(digits[3:5], digits[5:7]) and check == int(digits[12])


def _irish(written: str) -> bool:
    sign = compact(written)
    extra = 0 if len(sign) == 8 or sign[8] == "W" else ord(sign[8]) - 64
    return _IRISH[(weighted(sign[:7], (8, 7, 6, 5, 4, 3, 2)) + 9 * extra) % 23] == sign[7] and sign[8:] in (
        "",
        *"ABCDEFGHIW",
    )


def _russian(written: str) -> bool:
    digits = digits_of(written)
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100 == int(digits[9:])


schemes: tuple[Scheme, ...] = (
    Scheme(NATIONAL_ID, ("AA999999A", "AA 99 99 99 A", "AA-99-99-99-A", "AA 999999 A", "AA 999999A"), _nino, 0.9),
    Scheme(NATIONAL_ID, ("99999999A", "99999999-A", "99.999.999-A", "A9999999A", "A-9999999-A", "A9999999-A"), _dni),
    Scheme(NATIONAL_ID, ("AAAAAA99A99A999A", "AAA AAA 99A99 A999A"), _codice_fiscale, 0.97),
    Scheme(NATIONAL_ID, ("999999999999999", "9 99 99 99 999 999 99", "9 99 99 99 999 999 | 99"), _nir, 0.95),
    Scheme(NATIONAL_ID, ("99.99.99-999.99", "99.99.99-999-99"), _belgian, 0.97),
    Scheme(NATIONAL_ID, ("999999-9999", "99999999-9999", "999999+9999"), _nordic, 0.9),
    Scheme(NATIONAL_ID, ("99999999999", "999999 99999"), _norwegian, 0.9),
    Scheme(NATIONAL_ID, ("999999-999A", "999999+999A", "999999A999A", "999999-9999", "999999A9999"), _finnish, 0.95),
    Scheme(NATIONAL_ID, ("999.9999.9999.99", "9999999999999", "999 9999 9999 99"), _swiss, 0.97),
    Scheme(NATIONAL_ID, ("9999 999999",), _austrian, 0.85),
    Scheme(NATIONAL_ID, ("999999/9999", "999999/999"), _czech, 0.9),
    Scheme(NATIONAL_ID, ("9999999999999",), _romanian, 0.85),
    Scheme(NATIONAL_ID, ("9999999A", "9999999AA"), _irish, 0.85),
    Scheme(NATIONAL_ID, ("999-999-999 99",), _russian, 0.95),
)
