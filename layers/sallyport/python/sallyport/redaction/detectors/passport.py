"""Passport numbers behind their label, and the machine-readable zone of a passport or identity card (ICAO Doc 9303)."""

from collections.abc import Iterator

from sallyport.redaction.codes import CODE, is_code
from sallyport.redaction.finding import PASSPORT, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({PASSPORT})

type = PASSPORT
labels: tuple[str, ...] = (
    *("passport", "passports", "travel document", "passeport", "reisepass", "pass nr", "passnummer", "pasaporte"),
    *("passaporto", "passaporte", "paspoort", "paspoortnummer", "pass no", "paszport", "pas nr", "passportnumber"),
    *("passport number", "passport no", "passport id", "passport num"),
    *("numero de passeport", "numero de pasaporte"),
)
value = CODE
# Name line and number line, or the three lines of a card: capitals, digits and fillers only.
_ZONE = Lazily(r"(?<![A-Z0-9<])[A-Z0-9<]{4,40}<<[A-Z0-9<]{4,40}(?:\s{1,3}[A-Z0-9<]{28,44}){0,2}(?![A-Z0-9<])")


def accepts(written: str) -> bool:
    return is_code(written, digits=4, longest=14) and len(written) >= 6


def find(text: str) -> Iterator[Finding]:
    """The zone, which needs no label."""
    if "<<" not in text:
        return
    for match in _ZONE.finditer(text):
        lines = match.group().split()
        if len(lines[0]) >= 28 and (len(lines) > 1 or match.group().count("<") >= 6):
            yield Finding(PASSPORT, match.start(), match.end(), 0.95, "passport")
