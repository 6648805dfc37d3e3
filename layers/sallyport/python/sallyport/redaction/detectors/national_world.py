"""National numbers of the Americas, Asia, Africa and Oceania that show themselves (the issuers' published rules)."""

from sallyport.redaction.checksums import is_day, luhn, mod11_2, verhoeff, weighted
from sallyport.redaction.codes import compact, digits_of
from sallyport.redaction.finding import NATIONAL_ID
from sallyport.redaction.scheme import Scheme

_CURP = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_CURP_STATES_TEXT = "AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE"
_CURP_STATES = frozenset(_CURP_STATES_TEXT.split())
_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # in the order of the values 10 to 35


def _cpf(written: str) -> bool:
    digits = digits_of(written)
    checks = ((9, range(10, 1, -1)), (10, range(11, 1, -1)))
    return len(set(digits)) > 1 and all(
        weighted(digits, tuple(weights)) * 10 % 11 % 10 == int(digits[at]) for at, weights in checks
    )


def _curp(written: str) -> bool:
    total = sum(_CURP.index(sign) * (18 - at) for at, sign in enumerate(written[:17]))
    return (
        written[10] in "HMX"
        and written[11:13] in _CURP_STATES
        and is_day(written[6:8], written[8:10])
        and (10 - total % 10) % 10 == int(written[17])
    )


def _rut(written: str) -> bool:
    sign = compact(written)
    total = sum(int(digit) * (2 + at % 6) for at, digit in enumerate(reversed(sign[:-1])))
    return sign[-1] == "0123456789K0"[(11 - total % 11)] if (11 - total % 11) != 10 else sign[-1] == "K"


def _sin(written: str) -> bool:
    digits = digits_of(written)
    return digits[0] not in "08" and luhn(digits)


def _aadhaar(written: str) -> bool:
    digits = digits_of(written)
    return digits[0] not in "01" and len(set(digits)) > 2 and verhoeff(digits)


def _pan(written: str) -> bool:
    return written[3] in "ABCFGHJLPT"


def _chinese(written: str) -> bool:
    return written[6:8] in ("18", "19", "20") and is_day(written[10:12], written[12:14]) and mod11_2(written)


def _korean(written: str) -> bool:
    digits = digits_of(written)
    return is_day(digits[2:4], digits[4:6]) and digits[6] in "12345678"


def _taiwanese(written: str) -> bool:
    first = 10 + _TAIWAN.index(written[0])
    total = first // 10 + first % 10 * 9 + weighted(written[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))
    return written[1] in "1289" and total % 10 == 0


def _singaporean(written: str) -> bool:
    total = weighted(written[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}.get(
        written[0], -999
    )
    if total < 0:
        return False
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "KLJNPQRTUWX"}
    at = 10 - total % 11 if written[0] == "M" else total % 11
    return letters[written[0]][at] == written[8]


def _hong_kong(written: str) -> bool:
    sign = compact(written)
    letters = [ord(s) - 55 for s in sign if s.isalpha() and s != sign[-1]] or [ord(sign[0]) - 55]
    values = ([36, *letters] if len(letters) == 1 else letters) + [int(digit) for digit in sign[-7:-1]]
    check = 10 if sign[-1] == "A" else int(sign[-1]) if sign[-1].isdigit() else 99
    return (sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=False)) + check) % 11 == 0


def _malaysian(written: str) -> bool:
    digits = digits_of(written)
    return is_day(digits[2:4], digits[4:6]) and digits[6:8] not in (
        "00",
        "17",
        "18",
        "19",
        "20",
        "69",
        "70",
        "80",
        "81",
    )


def _thai(written: str) -> bool:
    digits = digits_of(written)
    return (11 - weighted(digits, range(13, 1, -1)) % 11) % 10 == int(digits[12])


def _emirati(written: str) -> bool:
    return written[:3] == "784" and luhn(digits_of(written))


def _south_african(written: str) -> bool:
    digits = digits_of(written)
    return is_day(digits[2:4], digits[4:6]) and digits[10] in "012" and digits[11] in "89" and luhn(digits)


schemes: tuple[Scheme, ...] = (
    Scheme(NATIONAL_ID, ("999.999.999-99", "999999999-99"), _cpf, 0.97),
    Scheme(NATIONAL_ID, ("AAAA999999AAAAAA99", "AAAA999999AAAAAAA9"), _curp, 0.97),
    Scheme(NATIONAL_ID, ("99.999.999-9", "9.999.999-9", "99.999.999-A", "9.999.999-A"), _rut, 0.9),
    Scheme(NATIONAL_ID, ("999-999-999",), _sin, 0.75),
    Scheme(NATIONAL_ID, ("9999 9999 9999", "9999-9999-9999"), _aadhaar, 0.85),
    Scheme(NATIONAL_ID, ("AAAAA9999A",), _pan, 0.9),
    Scheme(NATIONAL_ID, ("999999999999999999", "99999999999999999A"), _chinese, 0.97),
    Scheme(NATIONAL_ID, ("999999-9999999",), _korean, 0.95),
    Scheme(NATIONAL_ID, ("A999999999",), _taiwanese, 0.9),
    Scheme(NATIONAL_ID, ("A9999999A",), _singaporean, 0.95),
    Scheme(NATIONAL_ID, ("A999999(9)", "A999999(A)", "AA999999(9)"), _hong_kong, 0.9),
    Scheme(NATIONAL_ID, ("999999-99-9999",), _malaysian, 0.85),
    Scheme(NATIONAL_ID, ("9-9999-99999-99-9", "9 9999 99999 99 9"), _thai, 0.95),
    Scheme(NATIONAL_ID, ("999-9999-9999999-9", "999999999999999"), _emirati, 0.95),
    Scheme(NATIONAL_ID, ("9999999999999", "999999 9999 999", "999999 9999 99 9"), _south_african, 0.9),
)
