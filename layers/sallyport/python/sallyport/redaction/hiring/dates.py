"""Dates become durations: how long somebody worked stays, how old somebody is goes."""

import re
from collections.abc import Iterator
from datetime import date

from sallyport.redaction.hiring.removal import Removal
from sallyport.redaction.hiring.wording import Language, duration

_MONTHS = (
    "jan(?:uar|uary|vier)?|ene(?:ro)?|jänner",
    "feb(?:ruar|ruary|rero)?|février|févr?",
    "mar(?:ch|s|zo)?|märz|mrz",
    "apr(?:il)?|avr(?:il)?|abr(?:il)?",
    "may|mai|mayo",
    "june?|juni|juin|junio",
    "july?|juli|juillet|julio|juil",
    "aug(?:ust)?|août|ago(?:sto)?",
    "sept?(?:ember|embre|iembre)?",
    "oct(?:ober|obre|ubre)?|okt(?:ober)?",
    "nov(?:ember|embre|iembre)?",
    "dec(?:ember)?|dez(?:ember)?|déc(?:embre)?|dic(?:iembre)?",
)
_MONTH = "|".join(_MONTHS)
_YEAR = r"(?:19[3-9]\d|20[0-4]\d)"
_DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?[ ]?(?:de |of )?)?(?:{_MONTH})\b\.?,?[ ]?(?:de |\d{{1,2}}(?:st|nd|rd|"
    rf"th)?,[ ]?)?"
    rf"(?:{_YEAR}|'\d\d\b)"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[./-](?:{_YEAR}|\d\d)\b|{_YEAR}[./-](?:1[0-2]|0[1-9])(?:[./-][0-3]\d)?\b"
    rf"|(?:1[0-2]|0?[1-9])[./]{_YEAR}|(?:Q[1-4]|spring|summer|autumn|fall|winter|sommer|herbst|frühjahr)[ /]{_YEAR}"
    rf"|{_YEAR})"
)
_NOW = (
    r"present|today|now|current|currently|date|ongoing|heute|jetzt|laufend|aujourd'hui|présent|ce jour|maintenant|"
    r"actualidad|actual|hoy|la fecha|the present(?: day)?"
)
_TO = r"[ ]{0,2}(?:--?|—|to|till|until|through|bis|à|au|jusqu'à|a|al|hasta|~|→)[ ]{0,2}"
_EDGE = r"(?<![\w.,$€£#/-])"
_RANGE = re.compile(
    rf"{_EDGE}(?:(?:from|von|de|desde|between|du)\s)?(?P<start>{_DATE}){_TO}(?P<end>{_DATE}|(?:{_NOW})\b|'\d\d\b|"
    rf"\d\d(?![\d/.:%-]))(?!\w)",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"(?<!\w)(?P<word>since|seit|ab|depuis|desde)\s+(?P<start>{_DATE})(?!\w)", re.IGNORECASE)
_SINGLE = re.compile(rf"{_EDGE}{_DATE}(?![\w€%$]|[.,]\d)", re.IGNORECASE)
_CLASS_OF = re.compile(rf"(?<!\w)class of (?:{_YEAR}|'\d\d)(?!\w)", re.IGNORECASE)
_IN = re.compile(rf"(?<!\w)(?:in|im jahr|en|im)\s(?={_YEAR}(?!\w))", re.IGNORECASE)

_VERSIONED = re.compile(
    r"(?:server|windows|office|sql|excel|sharepoint|visual studio|visio|iso|iec|iso/iec|c\+\+|ecmascript|java ee|"
    r"autocad|solidworks|revit|dynamics|rfc|din|cobol|fortran|photoshop|nist|hl7)[ :/-]{0,2}(?:\d{1,6}[:-])?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s?(?:\+|users|customers|clients|employees|people|members|requests|servers|devices|nodes|units|items|orders|"
    r"tickets|stores|students|patients|lines|tests|hours|bit|px|x|rpm|kg|km|m²|eur|usd|gbp|chf|euros|dollars|pounds)",
    re.IGNORECASE,
)
_FOR: dict[Language, str] = {"en": "for", "de": "seit", "fr": "depuis", "es": "desde hace"}


def find_dates(text: str, language: Language, today: date) -> Iterator[Removal]:
    """Ranges as durations up to `today`, single dates as `[date]`; years of versions and standards stay."""
    for match in _RANGE.finditer(text):
        start, end = _read(match["start"]), _read_end(match["end"], match["start"], today)
        if start is None or end is None:
            continue
        exact = start[1] is not None and end[1] is not None
        months = (end[0] - start[0]) * 12 + ((end[1] or 1) - (start[1] or 1) if exact else 0)
        yield Removal(match.start(), match.end(), duration(months, language, exact=exact), "dates")
    for match in _SINCE.finditer(text):
        start = _read(match["start"])
        if start is not None:
            months = (today.year - start[0]) * 12 + (today.month - start[1] if start[1] else 0)
            said = duration(months, language, exact=start[1] is not None)
            if language == "de":
                said = said.replace("Jahre", "Jahren").replace("Monate", "Monaten")
            yield Removal(match.start(), match.end(), f"{_FOR[language]} {said}", "dates")
    for match in _CLASS_OF.finditer(text):
        yield Removal(match.start(), match.end(), "", "dates")
    for match in _SINGLE.finditer(text):
        if not _is_number_of_something(text, match):
            before = _IN.search(text, max(0, match.start() - 9), match.start() + 5)
            start_at = before.start() if before and before.end() == match.start() else match.start()
            yield Removal(start_at, match.end(), "[date]", "dates", 0.8)


def _is_number_of_something(text: str, match: re.Match[str]) -> bool:
    """A version (`SQL Server 2019`), a standard (`ISO 27001:2013`) or a quantity (`2000 users`)."""
    if not match.group().isdigit():
        return False
    before = text[max(0, match.start() - 24) : match.start()]
    return bool(_VERSIONED.search(before)) or bool(_COUNTED.match(text, match.end()))


def _read(said: str) -> tuple[int, int | None] | None:
    """Year and month, if it names one."""
    year = re.search(_YEAR, said)
    if year is None:
        short = re.search(r"(\d\d)$", said)
        if short is None:
            return None
        number = int(short[1])
        return (2000 + number if number < 50 else 1900 + number), _month(said[:-2])
    return int(year.group()), _month(said[: year.start()] + " " + said[year.end() :])


def _month(rest: str) -> int | None:
    for number, names in enumerate(_MONTHS, 1):
        if re.search(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", rest, re.IGNORECASE):
            return number
    numbers = [int(each) for each in re.findall(r"\d{1,2}", rest)]
    if not numbers:
        return None
    month = numbers[-1] if len(numbers) > 1 and numbers[-1] <= 12 else numbers[0]
    return month if 1 <= month <= 12 else None


def _read_end(said: str, start: str, today: date) -> tuple[int, int | None] | None:
    if re.fullmatch(_NOW, said, re.IGNORECASE):
        return today.year, today.month
    if re.fullmatch(r"'?\d\d", said):
        begun = _read(start)
        number = int(said[-2:])
        return None if begun is None else (begun[0] // 100 * 100 + number, None)
    return _read(said)
