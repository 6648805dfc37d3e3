"""Street addresses of some forty countries, with their unit, town and postcode, also over several lines."""

import re
from collections.abc import Iterator

from sallyport.redaction.detectors.date import MONTHS
from sallyport.redaction.detectors.street_words import (
    BEFORE_NAME,
    BEHIND_NAME,
    COUNTRY,
    OWN_WORDS,
    PARTICLES,
    POSTCODE,
    PREFIXES,
    SUFFIXES,
    SUFFIXES_ALSO_OF_WORDS,
    UNIT,
)
from sallyport.redaction.finding import ADDRESS, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({ADDRESS})

labels: tuple[str, ...] = (
    *("address", "addresses", "live at", "lives at", "lived at", "living at", "live on", "lives on", "living on"),
    *(
        "live in",
        "lives in",
        "lived in",
        "reside at",
        "resides at",
        "residing at",
        "residence",
        "located at",
        "located on",
    ),
    *("is on", "is at", "are at", "meet at", "office at", "enter on", "arrived at"),
    *("moved to", "deliver to", "delivered to", "ship to", "shipped to", "send to", "sent to", "side of", "adresse"),
    *(
        "wohnhaft",
        "wohnt in",
        "dirección",
        "direccion",
        "indirizzo",
        "endereço",
        "adres",
        "corner of",
        "zip",
        "zip code",
    ),
    *("zipcode", "postcode", "post code", "postal code", "postleitzahl", "plz", "code postal", "codigo postal", "cep"),
)

_NAME = r"[^\W\d_a-zà-ÿ][\w'.-]{0,24}"  # begins with a capital
_TOWN_NAME = (  # `St.`, but no end of a sentence
    r"[^\W\d_a-zà-ÿ](?:[\w'-]{0,3}\.(?=[\s-])|[\w'-]{0,24}(?:\.[\w'-]{1,24}){0,3})"
)
_WORD = r"[^\W\d_][\w'.-]{0,24}"
_BREAK = r"(?:,?[ \t]{1,3}|\s?,?\s{0,2}\n[ \t>?]{0,5},?[ ]?)"
_NUMBER_FIRST = Lazily(
    rf"[0-9](?<![\w.,$€£#/-][0-9])[0-9]{{0,5}}[A-Za-z]?(?:[-/][0-9]{{1,4}})?(?:\s?(?:bis|ter))?,?\s(?:[0-9]{{1,5}}\s)?"
    rf"(?:(?i:{BEFORE_NAME})\s(?:(?:de|du|des|do|da|la|le|les|del|della|dei|l'|d')\s?){{0,3}}(?:{_NAME}[ -]?){{1,4}}"
    rf"(?:[0-9]{{1,4}}(?!\w))?"
    rf"|(?:(?:{_NAME}|[0-9]{{1,3}}(?:st|nd|rd|th))\s){{1,4}}{BEHIND_NAME}\b\.?(?:\s(?:N|S|E|W|NE|NW|SE|SW)\b\.?)?)"
)
_BEFORE_UNIT = Lazily(
    rf"[0-9](?<![\w.,$€£#/-][0-9])[0-9]{{0,5}}\s(?:(?:{_WORD}|[0-9]{{1,5}}\.?)\s){{1,6}}?(?=(?i:{UNIT}))"
)
_HOUSE = Lazily(r"[0-9](?<=[^\W\d_]\s[0-9])[0-9]{0,3}(?:\s?[a-zA-Z]|[-/][0-9]{1,4})?(?![\w%€$£°:/]|[.,][0-9])\.?")
_HOUSE_AFTER_SIGN = Lazily(r"[0-9](?<=[.,]\s[0-9])[0-9]{0,3}(?:\s?[a-zA-Z])?(?![\w%€$£°:]|[.,][0-9])")
_BOX = Lazily(
    rf"(?<!\w)(?:(?:P\.?\s?O\.?\s?Box|Postfach|Postbus|Casella\sPostale|Apartado(?:\sPostal)?|Boîte\sPostale|BP)\s[0-9]{{1,6}}"
    rf"|(?:PSC|Unit|CMR)\s[0-9]{{2,5}},?\sBox\s[0-9]{{1,5}}|(?:USS|USNS|USNV|USCGC)\s{_WORD})(?!\w)"
    r"(?:\s{1,3}(?:APO|FPO|DPO)\s(?:AA|AE|AP)\s[0-9]{5}(?:-[0-9]{4})?)?",
    re.IGNORECASE,
)
_MILITARY = Lazily(r"(?<!\w)(?:APO|FPO|DPO),?\s(?:AA|AE|AP)\s[0-9]{5}(?!\w)", re.IGNORECASE)
_UNITS = Lazily(rf"(?:{_BREAK}(?i:{UNIT})){{1,2}}")
_BLOCK = Lazily(
    rf"(?m)^[ \t>?]{{0,6}}((?:[0-9]{{1,6}}\s)?(?:{_NAME}\s){{1,4}}[0-9]{{1,5}})[ \t]{{0,3}}\n[ \t>?]{{0,6}}"
    rf"(?=(?i:{UNIT})[ \t]{{0,3}}$)"
)
_LAST_LINE = Lazily(rf"(?m)^[ \t>?]{{1,6}}(?:{_NAME}[ ]){{1,4}}({POSTCODE})[ \t]{{0,3}}$")
_INDENTED_UNIT = Lazily(rf"[ \t]{{0,3}}\n[ \t>?]{{1,6}}(?i:{UNIT})")
_LABEL_LINE = Lazily(r":\s{0,12}\Z")
_UNIT_ALONE = Lazily(
    r"(?m)^[ \t>?]{0,6}((?i:(?:Apt|Apartment|Suite|Unit|Flat)\b\.?\s?#?\s?[0-9]{1,5}[A-Za-z]?))[ \t]{0,3}$"
)
_TOWN = Lazily(
    rf"(?:{_BREAK}{_TOWN_NAME}(?:\s\([^()\n]{{2,20}}\))?){{1,5}}?(?:{_BREAK}(?:[A-Z]{{2,3}}|(?:[A-Z]\.){{2}}|nan)(?!\w))?"
    rf"(?:{_BREAK}{COUNTRY})?{_BREAK}{POSTCODE}"
    rf"|{_BREAK}(?:[A-Z]{{1,2}}-)?[0-9]{{4,6}}\s{_TOWN_NAME}(?:\s{_TOWN_NAME})?(?:{_BREAK}{COUNTRY}(?!\w))?"
    rf"|(?:,\s{_WORD}(?:\s{_WORD})?){{0,2}}?,\s(?i:{COUNTRY})(?!\w)"
    rf"|(?:{_BREAK}{_TOWN_NAME}){{0,4}}?{_BREAK}(?i:{COUNTRY})(?!\w)(?:{_BREAK}{POSTCODE})?"
    rf"|(?:{_BREAK}{_TOWN_NAME}){{1,3}}?,\s?[A-Z]{{2}}(?!\w)"
    rf"|,?[ \t]{{1,3}}{POSTCODE}(?:\s{_TOWN_NAME})?"
)
_TOWN_IN_SMALL = Lazily(
    rf"(?:{_BREAK}{_WORD}){{1,4}}?,?\s(?:[a-z]{{2}}\s)?[0-9]{{5}}(?!\w)|(?:{_BREAK}{_WORD}){{1,4}}?{_BREAK}(?i:{COUNTRY})(?!\w)|(?:{_BREAK}{_TOWN_NAME}){{1,3}}"
)
_BUILDING = Lazily(r"(?<![\w.,$€£#/-])[0-9]{1,6}\s\Z")
_LEAD = Lazily(
    r"[\"'*]{0,2}\s{0,5}(?:[:=]|is|was|it\sis|to|following|at)?[:?]?[\"'*]{0,2}\s{0,9}(?:user:\s)?(?:the\s)?",
    re.IGNORECASE,
)
_PLAIN = Lazily(rf"(?:[0-9]{{1,6}}\s)?(?:{_NAME}\s){{1,4}}[0-9]{{1,5}}(?![\w%:]|[.,/-][0-9])")
_CORNER = Lazily(
    rf"\s((?:[0-9]{{1,5}}\s)?(?:{_WORD}\s){{1,5}}?(?:[0-9]{{1,5}}\s)?and\s(?:{_WORD}\s)?(?:{_NAME}\s?){{1,4}}(?:[0-9]{{1,5}}(?!\w))?)"
)
_CODE = Lazily(
    rf"[\"'*]{{0,2}}\s?(?:code)?\s?(?:[:=]|is|was)?\s{{0,3}}[\"']?({POSTCODE}|[0-9]{{3,5}}(?![\w-]))", re.IGNORECASE
)
_STATE_CODE = Lazily(r"[0-9](?<=[A-Z]{2}\s[0-9])[0-9]{4}(?:-[0-9]{4})?(?![\w-])")
_BRITISH = Lazily(r"[0-9](?<=[A-Z][0-9])[A-Z0-9]?\s[0-9][ABD-HJLNP-UW-Z]{2}(?![\w-])")
_STATES = frozenset(
    {
        *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA"),
        *("ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK"),
        *("OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "PR"),
    }
)
_SMALL_PREFIXES = frozenset(
    {"via", "place", "cours", "largo", "plaza", "corso", "plac", "pod", "c.", "av", "platz", "avenue"}
)
_BETWEEN_NUMBERS = Lazily(
    rf"[0-9](?<![\w.,:$€£#/-][0-9])[0-9]{{0,5}}\s(?:{_NAME}\s){{1,4}}[0-9]{{1,4}}(?![\w%:]|[.,/-][0-9])"
)
_UNIT_GATES = (
    "Apt",
    "apt",
    "APT",
    "uite",
    "UITE",
    "Unit",
    "unit",
    "UNIT",
    "Flat",
    "Ste",
    "loor",
    "Wohn",
    "Piso",
    "Appt",
)
_BOX_GATES = (
    " Box",
    " BOX",
    " box",
    "Postfach",
    "Postbus",
    "Casella",
    "Apartado",
    "Bo\u00eete",
    "BP ",
    "PSC ",
    "USS ",
    "USN",
)
_VAGUE = ("is on", "is at", "are at", "meet at", "office at", "enter on", "arrived at")
_LETTERS_BETWEEN = 48
_YEAR_OF_WORDS = Lazily(r"(?:19|20)[0-9]{2}\s[a-z]")
_YEARS = re.compile(r"(?:19|20)[0-9]{2}")


def find(text: str) -> Iterator[Finding]:
    with_unit = any(word in text for word in _UNIT_GATES)
    for pattern in (_NUMBER_FIRST, _BEFORE_UNIT) if with_unit else (_NUMBER_FIRST,):
        for match in pattern.finditer(text):
            if not _YEAR_OF_WORDS.match(match.group()):
                yield _whole(text, match.start(), match.start() + len(match.group().rstrip(" ,-")))
    for pattern in (_HOUSE, _HOUSE_AFTER_SIGN):
        for match in pattern.finditer(text):
            start = _street_before(text, match.start())
            if start is not None and not _YEARS.fullmatch(match.group()):
                yield _whole(text, start, match.end())
    if any(gate in text for gate in _BOX_GATES):
        for match in _BOX.finditer(text):
            yield _whole(text, match.start(), match.end())
    if "PO A" in text:
        for match in _MILITARY.finditer(text):
            yield Finding(ADDRESS, match.start(), match.end(), 0.9, "address")
    for match in _BETWEEN_NUMBERS.finditer(text):
        town = _TOWN.match(text, match.end())
        if town and town.group()[-1].isdigit() and not _names_a_month(match.group()):
            yield _whole(text, match.start(), match.end())
    if with_unit and "\n" in text:
        for pattern in (_BLOCK, _UNIT_ALONE, _LAST_LINE):
            for match in pattern.finditer(text):
                yield Finding(ADDRESS, *match.span(1), 0.7, "address")
    for match in _STATE_CODE.finditer(text):
        if (
            text[match.start() - 3 : match.start() - 1] in _STATES
            and not text[match.start() - 4 : match.start() - 3].isalnum()
        ):
            yield Finding(ADDRESS, match.start(), match.end(), 0.6, "address")
    for match in _BRITISH.finditer(text):
        start = match.start() - (2 if text[match.start() - 2 : match.start() - 1].isalpha() else 1)
        if not text[start - 1 : start].isalnum():
            yield Finding(ADDRESS, start, match.end(), 0.7, "address")


def read(text: str, start: int, end: int) -> Iterator[Finding]:
    """What a word for an address announces: a name with a number, a corner, a postcode."""
    label = text[start:end].lower()
    if label == "corner of":
        corner = _CORNER.match(text, end)
        if corner:
            begin = start - 4 if text[max(0, start - 4) : start].lower() == "the " else start
            yield Finding(ADDRESS, begin, corner.start() + len(corner.group().rstrip()), 0.7, "address")
        return
    if label[0] in "zpc" and (label.startswith(("zip", "post", "plz", "code", "codigo", "cep"))):
        code = _CODE.match(text, end)
        if code:
            yield Finding(ADDRESS, *code.span(1), 0.8, "address")
        return
    lead = _LEAD.match(text, end)
    plain = _PLAIN.match(text, lead.end()) if lead else None
    if plain and label in _VAGUE and len(plain.group().split()) < 3:
        return
    if plain and not _YEARS.fullmatch(plain.group().split()[-1]) and not _names_a_month(plain.group()):
        yield _whole(text, plain.start(), plain.end())


def _whole(text: str, start: int, end: int) -> Finding:
    """The finding of a street, with the number before it and with unit, town and postcode behind it."""
    building = _BUILDING.search(text, max(0, start - 9), start)
    if building and not text[start].isdigit():
        start = building.start()
    if _INDENTED_UNIT.match(text, end) and _is_block(text, start):
        return Finding(ADDRESS, start, end, 0.7, "address")
    units = _UNITS.match(text, end)
    end = units.end() if units else end
    town = _TOWN.match(text, end) or (_TOWN_IN_SMALL.match(text, end) if units else None)
    return Finding(ADDRESS, start, start + len(text[start : town.end() if town else end].rstrip()), 0.7, "address")


def _names_a_month(written: str) -> bool:
    return any(word.strip(".,").lower() in MONTHS for word in written.split())


def _is_block(text: str, start: int) -> bool:
    """Does it stand on a line of its own, below a name: then each line is a finding, and towns are a name's affair?"""
    line = text.rfind("\n", 0, start) + 1
    return not text[line:start].strip(" \t>?") and line > 0 and not _LABEL_LINE.search(text, max(0, line - 14), line)


def _street_before(text: str, number: int) -> int | None:
    """Where a street begins whose house number stands at `number`: `Rua do Arenque `, `Villacher Strasse `."""
    window = text[max(0, number - _LETTERS_BETWEEN) : number]
    line = window[window.rfind("\n") + 1 :]
    words = line.split()
    if not words or _names_a_month(words[-1]):
        return None
    last = words[-1].rstrip(",").lower()
    if last in OWN_WORDS and len(words) > 1:
        return number - len(line) + line.rfind(words[-2], 0, len(line) - len(words[-1]) - 1)
    if _is_compound(words[-1].rstrip(",")):
        return number - len(line) + line.rfind(words[-1])
    for back in range(2, min(6, len(words)) + 1):
        word = words[-back].lower()
        if any(each[0].islower() and each not in PARTICLES for each in words[len(words) - back + 1 : -1]):
            return None
        if word in PREFIXES and words[-1][0].isupper() and (word not in _SMALL_PREFIXES or words[-back][0].isupper()):
            return number - len(line) + _nth_start(line, back)
        if word in ("rue", "rua", "calle", "ul.", "rúa") and back <= 4:
            return number - len(line) + _nth_start(line, back)
    return None


def _is_compound(word: str) -> bool:
    """`Lindenstraße`, `hersnapvej`: a name and the kind of street in one word."""
    folded = word.lower()
    return (
        len(folded) >= 6
        and folded.endswith(SUFFIXES)
        and folded.rstrip(".").replace("-", "").isalpha()
        and (word[0].isupper() or not folded.endswith(SUFFIXES_ALSO_OF_WORDS))
    )


def _nth_start(line: str, back: int) -> int:
    """Where the word begins that is the `back`th from the end of the line."""
    at = len(line.rstrip())
    for _ in range(back):
        at = max(line.rfind(space, 0, len(line[:at].rstrip())) for space in " \t")
    return at + 1
