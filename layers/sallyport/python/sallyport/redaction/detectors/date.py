"""Dates in the forms of many countries; times go with them. A year alone counts where a word says that it is one."""

import re
from collections.abc import Iterator
from typing import Final

from sallyport.redaction.checksums import is_day
from sallyport.redaction.finding import DATE, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({DATE})

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    *("december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    *("januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "jänner", "okt", "dez"),
    *("janvier", "février", "fevrier", "mars", "avril", "juin", "juillet", "août", "aout", "septembre", "octobre"),
    *("novembre", "décembre", "decembre", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
    *("septiembre", "octubre", "noviembre", "diciembre", "gennaio", "febbraio", "aprile", "maggio", "giugno", "luglio"),
    *("settembre", "ottobre", "dicembre", "janeiro", "fevereiro", "março", "maio", "junho", "julho", "setembro"),
    *("outubro", "novembro", "dezembro", "januari", "februari", "maart", "mei", "augustus", "stycznia", "lutego"),
    *("marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"),
    *(
        "augusti",
        "maj",
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
    ),
    *("ноября", "декабря", "ocak", "şubat", "nisan", "may\u0131s", "haziran", "temmuz", "ağustos", "eylül", "ekim"),
    *("kas\u0131m", "aral\u0131k"),
)
MONTHS: Final = frozenset(_MONTHS)
"""Names and abbreviations of the months, in small letters, in the languages whose dates are read."""

_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=lambda month: (-len(month), month)))})\.?(?!\w)"
_YEAR = r"(?:1[5-9]|20|21)[0-9]{2}(?![0-9])"
_TIME = (
    r"(?:[T, ]{1,2}(?:at )?[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
    r"(?:\s?(?:[ap]\.?m\b\.?|Z\b|UTC|[+-][01][0-9]:?[0-9]{2}))?)?"
)
_NUMERIC = Lazily(
    r"[0-9](?<![\w$€£.,/-][0-9])(?:"
    r"(?<=(?P<c1>[0-9]))(?P<y>[0-9]{3})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"
    r"|(?P<a2>[0-9]?)(?P<t>[-/.]|\.\s)(?P<b>[0-9]{1,2})(?P=t)(?P<z>[0-9]{4}|'?[0-9]{2})"
    r"|[0-9]{3}(?P<cjk>年|년)\s?[0-9]{1,2}(?:月|월)(?:\s?[0-9]{1,2}(?:日|일))?"
    r")(?![0-9]|[-/][0-9])"
)
_CLOCK = Lazily(_TIME, re.IGNORECASE)
_DAY_FIRST = Lazily(
    rf"(?<![\w.,$€£/-])[0-3]?[0-9](?:st|nd|rd|th|er|º|\.)?[\s/-](?:of\s|de\s|d')?{_MONTH}"
    rf"(?:(?:,?\s(?:de\s|del\s)?|[-/]){_YEAR}|[ -/]'?[0-9]{{2}}(?![\w:.]))?",
    re.IGNORECASE,
)
_MONTH_FIRST = Lazily(
    rf"{_MONTH}(?:[ -/][0-3]?[0-9](?:st|nd|rd|th)?(?![\w:]|\.[0-9])(?:(?:,?\s|[-/]){_YEAR})?"
    rf"|(?:,?\s(?:of\s|de\s|del\s)?|[-/]){_YEAR})",
    re.IGNORECASE,
)
# Months are looked for only where a digit is beside a word.
_WORD_AFTER = Lazily(r"(?:st|nd|rd|th|er|º|\.)?[\s/-](?:of\s|de\s|d')?([^\W\d_]{3,10})")
_WORD_BEFORE = Lazily(r"(?<![^\W_])([^\W\d_]{3,10})\.?,?[\s/-](?:of\s|de\s|del\s)?\Z")
_DIGITS = Lazily(r"[0-9](?<![\w.,$€£][0-9])[0-9]{0,3}(?![0-9])")
_ALSO_A_WORD = frozenset({"may", "march", "mar", "mars", "mai", "maj", "dec", "set"})
_BARE_YEAR = Lazily(
    r"[12](?<=[a-z]\s[12])(?:(?<=1)[89]|(?<=2)0)[0-9]{2}(?![\w%€$£:/-]|[.,][0-9]|"
    r"\s(?:people|users|items|times|km|miles|euros?|usd|mb|gb|ms|points|words|tokens))"
)
_YEAR_BEFORE = Lazily(
    r"(?<!\w)(?:in|since|from|until|till|during|before|after|by|between|circa|around|year|late|early|mid|class of|and|"
    r"to|a|the|of|summer|winter|spring|fall|autumn|back in|en|im|seit|depuis|desde|nel|dal|jahr|année|año|anno)\s\Z",
    re.IGNORECASE,
)
_STRONG = Lazily(r"(?<!\w)(?:and|to|a|the|of|by)\s\Z", re.IGNORECASE)
_OTHER_YEAR = Lazily(
    r"(?:1[89]|20)[0-9]{2}|"
    r"\s(?:\w{1,12}\s)?(?:film|movie|album|book|novel|season|election|war|report|model|world|olympic|edition)",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Finding]:
    for match in _NUMERIC.finditer(text):
        if _exists(match):
            clock = _CLOCK.match(text, match.end())
            yield Finding(DATE, match.start(), clock.end() if clock else match.end(), 0.85, "date")
    yield from _named(text)
    for match in _BARE_YEAR.finditer(text):
        window = text[max(0, match.start() - 12) : match.start()]
        if not _YEAR_BEFORE.search(window):
            continue
        if _STRONG.search(window) and not _OTHER_YEAR.search(text, max(0, match.start() - 14), match.end() + 22):
            continue
        yield Finding(DATE, match.start(), match.end(), 0.6, "date")


def _named(text: str) -> Iterator[Finding]:
    for digits in _DIGITS.finditer(text):
        start, end = digits.span()
        match = None
        behind = _WORD_AFTER.match(text, end) if end - start <= 2 else None
        if behind and behind[1].lower() in MONTHS:
            match = _DAY_FIRST.match(text, start)
        elif text[start - 1 : start] in (" ", "-", "/", "\n") and start > 3:
            ahead = _WORD_BEFORE.search(text, max(0, start - 18), start)
            if ahead and ahead[1].lower() in MONTHS:
                match = _MONTH_FIRST.match(text, ahead.start(1))
                if match and ahead[1] in _ALSO_A_WORD and not match.group()[-4:].isdigit():
                    match = None
        if match:
            clock = _CLOCK.match(text, match.end())
            yield Finding(DATE, match.start(), clock.end() if clock else match.end(), 0.85, "date")


def _exists(date: re.Match[str]) -> bool:
    """Month and day in range, in either order where the form leaves that open; a full year begins with 1 or 2."""
    if date["cjk"]:
        return True
    if date["m"]:
        return date["c1"] in "12" and is_day(date["m"], date["d"])
    first, second, year = date.group()[0] + date["a2"], date["b"], date["z"]
    if len(year) == 4 and not year.startswith(("1", "2")):
        return False
    if len(year) < 4 and date["t"] == "." and len(date.group()) < 8:
        return False  # 1.2.34 is a version
    return is_day(first, second) or is_day(second, first)
