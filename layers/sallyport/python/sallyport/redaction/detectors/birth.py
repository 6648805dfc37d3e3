"""Dates of birth: a date counts only beside a word that says so."""

import re
from collections.abc import Iterable

from sallyport.redaction.context import words
from sallyport.redaction.finding import DATE_OF_BIRTH, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({DATE_OF_BIRTH})

_GATES = (
    *("birth", "born", "dob", "d.o.b", "geb", "naci", "naissance", "née", "né ", "nascit", "nasciment", "nato il"),
)
_LABEL = words(
    *("(?:date|day) of birth", "birth[ _-]?dates?", "birthdays?", r"d\.?o\.?b\.?", "dateofbirth", "date_of_birth"),
    *("(?:is |was |were )?born", "geburtsdatum", "geburtstag", r"geb(?:oren)?\.?", "née? le", "date de naissance"),
    *("fecha de nacimiento", "nacid[oa]", "data di nascita", "nat[oa] il", "data de nascimento", "geboortedatum"),
)
_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril|may|mai|mayo|"
    r"june?|juni|juin|junio|july?|juli|juillet|julio|aug(?:ust)?|août|agosto|sept?(?:ember|embre|iembre)?|"
    r"oct(?:ober|obre|ubre)?|okt(?:ober)?|nov(?:ember|embre|iembre)?|dec(?:ember)?|dez(?:ember)?|décembre|diciembre)"
    r"\.?(?!\w)"
)
_YEAR = r"(?:18|19|20)[0-9]{2}"
_DAY = r"[0-3]?[0-9](?:st|nd|rd|th|\.)?"
_DATE = Lazily(
    rf"(?<![\w./-])(?:(?P<y>{_YEAR})(?P<s>[-/.])(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}})"
    rf"|(?P<a>[0-9]{{1,2}})(?P<t>[-/.]|\.?\s)(?P<b>[0-9]{{1,2}})(?P=t)(?:{_YEAR}|[0-9]{{2}})"
    rf"|{_DAY}[ -](?:of |de )?{_MONTH}(?:,?[ -](?:de )?{_YEAR}|[ -][0-9]{{2}}(?![0-9]))?"
    rf"|{_MONTH}[ -]{_DAY}(?:,?[ -]{_YEAR})?"
    rf"|{_YEAR}[01][0-9][0-3][0-9])(?!\w|[-/][0-9])",
    re.IGNORECASE,
)
_AFTER = 48
_BEFORE = 32
_ENDS_SENTENCE = Lazily(r"[.!?]\s+[A-Z]|\n\s*\n")
_BETWEEN_DATE_AND_LABEL = Lazily(r"[\s(,-]{0,3}(?:(?:is|was|as|for)\s)?(?:(?:my|his|her|their|the|a)\s)?[(]?", re.I)


def find(text: str) -> Iterable[Finding]:
    folded = text.lower()
    if not any(gate in folded for gate in _GATES):
        return
    for label in _LABEL.finditer(text):
        span = _after(text, label.end()) or _before(text, label.start())
        if span:
            yield Finding(DATE_OF_BIRTH, *span, 0.9, "birth")


def _after(text: str, end: int) -> tuple[int, int] | None:
    match = next(filter(_exists, _DATE.finditer(text, end, end + _AFTER + 20)), None)
    if not match or match.start() > end + _AFTER or _ENDS_SENTENCE.search(text, end, match.start()):
        return None
    return match.span()


def _before(text: str, start: int) -> tuple[int, int] | None:
    """The date that ends where the label begins: `12 May 1980 is my birthday`, `1980-05-12 (date of birth)`."""
    for match in filter(_exists, _DATE.finditer(text, max(0, start - _BEFORE), start)):
        if _BETWEEN_DATE_AND_LABEL.fullmatch(text, match.end(), start):
            return match.span()
    return None


def _exists(date: re.Match[str]) -> bool:
    """Month and day in range, in either order where the form leaves it open."""
    first, second = (date["m"], date["d"]) if date["m"] else (date["a"], date["b"])
    if first is None:
        return True
    low, high = sorted((int(first), int(second)))
    return 1 <= low <= 12 and high <= 31
