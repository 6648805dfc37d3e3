"""United States social security numbers (areas, groups and serials never issued: ssa.gov/employer/randomization)."""

import re
from collections.abc import Iterable

from sallyport.redaction.context import announced, clause, words
from sallyport.redaction.finding import US_SSN, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({US_SSN})

_NUMBER = Lazily(r"[0-9](?:(?<![\w.-][0-9])|(?<=[Ss][Ss][Nn][0-9]))[0-9]{2}([ .-]?)[0-9]{2}\1[0-9]{4}(?![\w-]|\.\d)")
_WORDS = words("ssns?", "ss ?#", "ss no", "social security", "social", "soc\\.? sec", "taxpayer id")
_NAMED = (
    *("isbn", "batch", "build", "version", "confirmation", "booking", "reservation", "transaction", "policy", "claim"),
    *("device", "product", "item", "lot", "invoices?", "orders", "parts"),
)
_THINGS = (
    *("order", "invoice", "part", "tracking", "ticket", "case", "ref", "reference", "serial", "model", "sku", *_NAMED),
)
_OTHER = words(*_THINGS)

_LABELLED = words("national (?:id|identity|identification)(?: card)?(?: (?:number|no))?", "identity card", "id card")

_NAMED_AFTER = Lazily(
    r"(?:,?\s(?:is|was|as)\s(?:(?:my|his|her|their|the|a|your)\s)?|\s?\(|\s?(?:<-|←)\s?)(?:ssn|social\ssecurity)(?!\w)",
    re.IGNORECASE,
)


_OTHER_UNPARTED = words(
    *("passports?", "licen[cs]es?", "dl", "permit", "account", "acct", "routing", "iban", "ein", "mrn", "npi", "phone"),
    *_THINGS,
)
"""Nine digits in one piece are a number of many kinds: the nearest label says of which."""


def find(text: str) -> Iterable[Finding]:
    for match in _NUMBER.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        if not _issued(digits):
            continue
        other = _OTHER if match[1] else _OTHER_UNPARTED
        if announced(text, match.start(), _WORDS, other) or _NAMED_AFTER.match(text, match.end()):
            yield Finding(US_SSN, match.start(), match.end(), 0.99, "ssn")
        elif match[1] == "-" and not _is_other(text, match.start()):
            yield Finding(US_SSN, match.start(), match.end(), 0.85, "ssn")


def _is_other(text: str, start: int) -> bool:
    """Does its clause say that it is a number of a thing, or another number of a person, which its family finds?"""
    reach = clause(text, start, 40)
    return announced(text, start, _OTHER, reach=reach) or announced(text, start, _LABELLED, reach=reach)


def _issued(digits: str) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
