"""Vehicle registration marks behind their label."""

from collections.abc import Iterator

from sallyport.redaction.finding import LICENSE_PLATE, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({LICENSE_PLATE})

type = LICENSE_PLATE
labels: tuple[str, ...] = (
    *("license plate", "licence plate", "licenseplate", "number plate", "numberplate", "plate", "plates"),
    *("plate number", "plate no", "license plate number", "licence plate number", "license plate no"),
    *("vehicle registration", "reg plate", "vehicle registration number", "vehicle reg", "reg number", "reg no"),
    *("registration plate", "registration mark", "registration number", "registration no", "registration"),
    *("car registration", "tag number", "vehicle plate", "kennzeichen", "nummernschild", "autokennzeichen"),
    *("plaque d immatriculation", "immatriculation", "plaque", "matricula", "matrícula", "targa", "kenteken"),
    *(
        "placa",
        "rejestracja",
        "numer rejestracyjny",
        "vrn",
        "car plate",
        "car registered as",
        "vehicle registered as",
        "car registered",
        "vehicle registered",
    ),
    *("license tag", "plate reads", "vehicle license", "plaat", "tablica rejestracyjna"),
)
value = Lazily(
    r"(?<![\w-])(?=[A-ZÄÖÜ0-9 ·-]{0,8}[0-9])[A-ZÄÖÜ0-9]{1,4}(?:[ ·-]{1,3}(?=[A-Z0-9]{0,3}[0-9])[A-ZÄÖÜ0-9]{1,5}"
    r"|-[A-Z]{4}(?!\w)|[ ·-][A-Z]{1,3}(?![a-z\w])){0,3}[A-Z0-9]{0,5}(?![\w-])"
)
_VEHICLES = ("vehicle", "car", "van", "truck", "motorcycle", "driver of", "taxi", "lorry", "trailer", "motorbike")
_BEHIND_VEHICLE = Lazily(
    r"(?<!\w)(?i:vehicles?|cars?|van|truck|motorcycle|motorbike|driver\sof|taxi|lorry|trailer)"
    r"(?:,?\s|:\s|\s\(|\s(?:with|marked|bearing|number|no\.?)\s)"
    r"(?P<plate>[A-Z]{2}-[0-9]{3}-[A-Z]{1,2}|[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z]{2}[0-9]{3}[A-Z]{2}|[0-9][A-Z]{3}[0-9]{3}|"
    r"[A-Z]{3}[ -]?[0-9]{3,4}|[0-9]{3}[ -][A-Z]{3}|[0-9]{4} [A-Z]{3}|[0-9]{1,3}-[A-Z]{2,3}-[0-9]{1,2}|"
    r"[A-Z]{1,3}-[A-Z]{1,2} ?[0-9]{2,4}|[A-Z]{2}-[0-9]{2}-[A-Z]{2}|[A-Z]{2} [0-9]{2} [A-Z]{1,2} [0-9]{4})(?![\w-])"
)
_YEAR = Lazily(r"(?:19|20)[0-9]{2}")


def accepts(written: str) -> bool:
    signs = [sign for sign in written if sign.isalnum()]
    letters = sum(sign.isalpha() for sign in signs)
    return 4 <= len(signs) <= 10 and (0 < letters < len(signs) or (not letters and not _YEAR.fullmatch(written)))


def find(text: str) -> Iterator[Finding]:
    """What is written as plates are, right behind a word for a vehicle: no model has such a form."""
    folded = text.lower()
    if any(vehicle in folded for vehicle in _VEHICLES):
        for match in _BEHIND_VEHICLE.finditer(text):
            yield Finding(LICENSE_PLATE, *match.span("plate"), 0.75, "license_plate")
