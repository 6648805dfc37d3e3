"""United States social security numbers (areas, groups and serials never issued: ssa.gov/employer/randomization)."""

import re
from collections.abc import Iterable

from sallyport.redaction.context import announced, words
from sallyport.redaction.finding import US_SSN, Finding

types = frozenset({US_SSN})

_NUMBER = re.compile(
    r"[0-9](?:(?<![\w.-][0-9])|(?<=[Ss][Ss][Nn][0-9]))[0-9]{2}([ .-]?)[0-9]{2}\1[0-9]{4}(?![\w-]|\.\d)"
)
_WORDS = words("ssns?", "ss ?#", "ss no", "social security", "social", "soc\\.? sec", "taxpayer id")
_OTHER = words("order", "invoice", "part", "tracking", "ticket", "case", "ref", "reference", "serial", "model", "sku")


def find(text: str) -> Iterable[Finding]:
    for match in _NUMBER.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        if not _issued(digits):
            continue
        if announced(text, match.start(), _WORDS, _OTHER):
            yield Finding(US_SSN, match.start(), match.end(), 0.99, "ssn")
        elif match[1] == "-" and not announced(text, match.start(), _OTHER, reach=24):
            yield Finding(US_SSN, match.start(), match.end(), 0.85, "ssn")


def _issued(digits: str) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
