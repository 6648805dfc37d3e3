"""International bank account numbers: ISO 13616 (registry of lengths by SWIFT), ISO 7064 mod 97-10."""

from collections.abc import Iterable

from sallyport.redaction.checksums import mod97
from sallyport.redaction.context import announced, words
from sallyport.redaction.finding import IBAN, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({IBAN})

# Anchored on the check digits: letters are everywhere, two digits after two letters are not.
_HEAD = Lazily(
    r"[0-9](?:(?<=[A-Za-z]{2}[0-9])(?<![^\W_][A-Za-z]{2}[0-9])|(?<=[A-Z]{2} [0-9])(?<![^\W_][A-Z]{2} [0-9]))[0-9]"
)
_BODY = Lazily(r"(?:[ -]?[A-Za-z0-9]){11,30}+")
_WRITTEN = Lazily(r"[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}+(?:[ -]?[A-Z0-9]{1,3})?+(?![A-Za-z0-9])")
_LABEL = words("iban")
_NEAR = 16
_LENGTHS = {
    int(length): frozenset(countries.split())
    for length, countries in (
        (15, "NO"),
        (16, "BE"),
        (18, "DK FI FK FO GL NL SD"),
        (19, "MK SI"),
        (20, "AT BA EE KZ LT LU MN XK"),
        (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"),
        (23, "AE GI IL IQ OM SO TL"),
        (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
        (25, "LY PT ST"),
        (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"),
        (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
        (29, "BR EG PS QA UA"),
        (30, "JO KW MU YE"),
        (31, "MT SC"),
        (32, "LC"),
        (33, "RU"),
    )
}
_LENGTH_OF = {country: length for length, countries in _LENGTHS.items() for country in countries}


def find(text: str) -> Iterable[Finding]:
    for head in _HEAD.finditer(text):
        start = head.start() - (3 if text[head.start() - 1] == " " else 2)
        length = _LENGTH_OF.get(text[start : start + 2].upper())
        body = _BODY.match(text, head.end()) if length else None
        end = _end_of(text, start, body.end(), length) if length and body else None
        if end and _checks(text[start:end]):
            yield Finding(IBAN, start, end, 0.99, "iban")
        elif announced(text, start, _LABEL, reach=_NEAR):
            # A number with a slip in it is still somebody's, and so is one of a country that is not in the registry.
            written = _WRITTEN.match(text, start)
            if written:
                yield Finding(IBAN, *written.span(), 0.9, "iban")


def _end_of(text: str, start: int, stop: int, length: int) -> int | None:
    """Where the number's last letter or digit ends, when it is complete and nothing is glued to it."""
    seen = 0
    for at in range(start, stop):
        seen += text[at].isalnum()
        if seen == length:
            return None if text[at + 1 : at + 2].isalnum() else at + 1
    return None


def _checks(written: str) -> bool:
    compact = "".join(filter(str.isalnum, written)).upper()
    return mod97(compact[4:] + compact[:4])
