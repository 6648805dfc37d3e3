"""Vehicle registration marks behind their label."""

import re

from sallyport.redaction.finding import LICENSE_PLATE

type = LICENSE_PLATE
labels: tuple[str, ...] = (
    *("license plate", "licence plate", "licenseplate", "number plate", "numberplate", "plate", "plates"),
    *("plate number", "plate no", "license plate number", "licence plate number", "license plate no"),
    *("vehicle registration", "reg plate", "vehicle registration number", "vehicle reg", "reg number", "reg no"),
    *("registration plate", "registration mark", "registration number", "registration no", "registration"),
    *("car registration", "tag number", "vehicle plate", "kennzeichen", "nummernschild", "autokennzeichen"),
    *("plaque d immatriculation", "immatriculation", "plaque", "matricula", "matrícula", "targa", "kenteken"),
    *("placa", "rejestracja", "numer rejestracyjny", "vrn", "car plate"),
)
value = re.compile(
    r"(?<![\w-])(?=[A-ZÄÖÜ0-9 ·-]{0,8}[0-9])[A-ZÄÖÜ0-9]{1,4}(?:[ ·-]{1,3}(?=[A-Z0-9]{0,3}[0-9])[A-ZÄÖÜ0-9]{1,5}"
    r"|[ ·-][A-Z]{1,3}(?![a-z\w])){0,3}[A-Z0-9]{0,5}(?![\w-])"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def accepts(written: str) -> bool:
    signs = [sign for sign in written if sign.isalnum()]
    letters = sum(sign.isalpha() for sign in signs)
    return 4 <= len(signs) <= 10 and (0 < letters < len(signs) or (not letters and not _YEAR.fullmatch(written)))
