"""Street addresses of plain form: number and street as written in English, German, French, Spanish and Italian."""

import re
from collections.abc import Iterable

from sallyport.redaction.finding import ADDRESS, Finding

types = frozenset({ADDRESS})

_NAME = r"[^\W\d_a-zà-ÿ][\w'.-]{0,24}"  # begins with a capital
_STREET = (
    r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Ter|"
    r"Parkway|Pkwy|Highway|Hwy|Close|Crescent|Cres|Gardens|Grove|Mews|Row|Circle|Cir|Trail|Trl|Plaza|Alley|Quay|"
    r"Turnpike|Esplanade|Loop)"
)
_UNIT = (
    r"(?:,?\s(?:(?:Apt|Apartment|Suite|Ste|Unit|Floor|Room|Rm|Flat)\b\.?\s?#?\s?|#\s?)[A-Za-z0-9][A-Za-z0-9-]{0,5}"
    r"(?![\w]))?"
)
_CITY = (
    rf"(?:,?\s(?:{_NAME}\s?){{1,3}},?\s(?:[A-Z]{{2}},?\s)?(?:[0-9]{{5}}(?:-[0-9]{{4}})?|[A-Z]{{1,2}}[0-9][A-Z0-9]?\s[0-9]"
    r"[A-Z]{2})(?!\w))?"
)
_ENGLISH = re.compile(
    rf"[0-9](?<![\w.,$€£#/-][0-9])[0-9]{{0,4}}[A-Za-z]?(?:-[0-9]{{1,4}})?,?\s"
    rf"(?:(?:{_NAME}|[0-9]{{1,3}}(?:st|nd|rd|th))\s){{1,4}}{_STREET}\b\.?(?:\s(?:N|S|E|W|NE|NW|SE|SW)\b\.?)?{_UNIT}{_CITY}"
)
_POST_BOX = re.compile(rf"(?<!\w)P\.?\s?O\.?\s?Box\s[0-9]{{1,6}}(?!\w){_CITY}", re.IGNORECASE)
_TOWN = rf"(?:,?\s(?:[A-Z]-)?[0-9]{{4,5}}\s{_NAME})?"
_GERMAN = re.compile(
    rf"(?<!\w)(?:{_NAME}[\s-]){{0,2}}(?:[^\W\d_]{{2,24}}(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer)|"
    rf"(?:Straße|Allee|Platz|Weg))\s[0-9]{{1,4}}\s?[a-z]?(?!\w){_TOWN}"
)
_FRENCH = re.compile(
    r"[0-9](?<![\w.,-][0-9])[0-9]{0,3}(?:\s?(?:bis|ter))?,?\s"
    r"(?i:rue|avenue|boulevard|place|chemin|impasse|allée|quai|cours)\s(?:(?:de|du|des|la|le|les|l'|d')\s?){0,3}"
    rf"(?:{_NAME}[\s-]?){{1,3}}(?:,?\s?[0-9]{{5}}\s{_NAME})?"
)
_SOUTHERN = re.compile(
    r"(?<!\w)(?:Calle|Avenida|Avda\.|Paseo|Plaza|Via|Viale|Piazza|Corso)\s"
    rf"(?:(?:de|del|della|dei|la|las|los)\s){{0,2}}(?:{_NAME}\s?){{1,3}},?\s(?:n\.?º?\s?)?[0-9]{{1,4}}(?!\w){_TOWN}"
)
_FRENCH_GATES = (*("rue ", "avenue ", "boulevard ", "place ", "chemin ", "impasse ", "allée ", "quai ", "cours "),)
_GERMAN_GATES = (*("straße", "strasse", "str.", "weg ", "platz ", "allee ", "gasse ", "damm ", "ufer "),)
_SOUTHERN_GATES = (*("Calle ", "Avenida ", "Avda. ", "Paseo ", "Plaza ", "Via ", "Viale ", "Piazza ", "Corso "),)


def find(text: str) -> Iterable[Finding]:
    patterns = [_ENGLISH]
    if "Box" in text or "BOX" in text:
        patterns.append(_POST_BOX)
    for gates, pattern in ((_GERMAN_GATES, _GERMAN), (_FRENCH_GATES, _FRENCH), (_SOUTHERN_GATES, _SOUTHERN)):
        if any(gate in text for gate in gates):
            patterns.append(pattern)
    for pattern in patterns:
        for match in pattern.finditer(text):
            end = match.start() + len(match.group().rstrip())
            yield Finding(ADDRESS, match.start(), end, 0.7, "address")
