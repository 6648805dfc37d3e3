"""Vehicle identification numbers: ISO 3779, with the North American check digit (49 CFR 565.15) or behind a label."""

import re
from collections.abc import Iterator

from sallyport.redaction.finding import VIN, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({VIN})

type = VIN
labels: tuple[str, ...] = (
    *("vin", "vin number", "vin no", "vehicle identification number", "vehicle identification", "chassis number"),
    *("chassis no", "chassis", "frame number", "fahrgestellnummer", "fin", "numero de chasis", "numéro de châssis"),
)
value = Lazily(r"(?<![\w-])(?=[A-Z]{0,16}[0-9])[A-HJ-NPR-Z0-9]{17}(?![\w-])", re.IGNORECASE)

_IN_CAPITALS = Lazily(r"[A-HJ-NPR-Z0-9](?<![\w-].)[A-HJ-NPR-Z0-9]{16}(?![\w-])")
_VALUE_OF = {**{str(digit): digit for digit in range(10)}, **dict(zip("ABCDEFGH", range(1, 9), strict=True))}
_VALUE_OF |= (
    dict(zip("JKLMN", range(1, 6), strict=True)) | {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10), strict=True))
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def accepts(written: str) -> bool:
    return sum(sign.isdigit() for sign in written) >= 4


def find(text: str) -> Iterator[Finding]:
    """Numbers in capitals whose check digit agrees."""
    for match in _IN_CAPITALS.finditer(text):
        written = match.group()
        if not written.isdigit() and accepts(written) and _checks(written):
            yield Finding(VIN, match.start(), match.end(), 0.95, "vin")


def _checks(written: str) -> bool:
    rest = sum(_VALUE_OF[sign] * weight for sign, weight in zip(written, _WEIGHTS, strict=True)) % 11
    return written[8] == ("X" if rest == 10 else str(rest))
