"""Driver licence numbers, which have as many forms as issuers: known by their label."""

from sallyport.redaction.codes import CODE, is_code
from sallyport.redaction.finding import DRIVER_LICENSE

type = DRIVER_LICENSE
labels: tuple[str, ...] = (
    *("driver license", "driver licence", "drivers license", "drivers licence", "driving license"),
    *("driving licence", "driver license number", "drivers license number", "driving licence number"),
    *("driver licence number", "driverlicense", "driverslicense", "drivinglicence", "drivers id", "driver id"),
    *("driving permit", "dl", "dln", "license number", "licence number", "license no", "licence no", "license id"),
    *("license #", "permis de conduire", "permis", "führerschein", "fuehrerschein", "führerscheinnummer"),
    *("licencia de conducir", "permiso de conducir", "patente di guida", "patente", "rijbewijs", "rijbewijsnummer"),
    *("prawo jazdy", "carta de conducao", "cnh", "dvla", "körkort", "førerkort", "kørekort", "driver permit"),
    *("operator license", "chauffeur license", "license", "licence", "dl number", "dl no"),
)
value = CODE


def accepts(written: str) -> bool:
    signs = [sign for sign in written if sign.isalnum()]
    return is_code(written, digits=4, longest=20) and len(signs) >= (6 if written.isdigit() else 5)
