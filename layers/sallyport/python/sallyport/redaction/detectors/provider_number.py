"""Numbers of those who treat and prescribe: NPI (45 CFR 162.406, Luhn behind 80840) and DEA (21 CFR 1301)."""

from collections.abc import Iterator

from sallyport.redaction.checksums import luhn
from sallyport.redaction.codes import digits_of
from sallyport.redaction.context import words
from sallyport.redaction.finding import PROVIDER_NUMBER, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({PROVIDER_NUMBER})

type = PROVIDER_NUMBER
labels: tuple[str, ...] = (
    *("npi", "npis", "npi number", "npi no", "national provider", "national provider identifier", "provider id"),
    *("provider number", "provider no", "provider identifier", "provider npi", "dea", "dea number", "dea no"),
    *("prescriber id", "prescriber number", "physician id", "medical license", "medical licence", "gmc"),
    *("gmc number", "provider identification", "referring provider", "lanr", "rpps"),
    *("upin", "national provider id"),
)
value = Lazily(
    r"(?<![\w-])(?:[0-9]{10}|[A-Z]{2}-?[0-9]{7}|[A-Z]{0,3}-?[0-9]{5,9}|[0-9]{4}[ -][0-9]{3}[ -][0-9]{3})(?!\w|-[0-9])"
)
_NUMBER = Lazily(
    r"[0-9](?<![0-9.$+-][0-9])(?:(?<=[12])(?<!\w[12])[0-9]{9}|(?<=[A-HJ-MPRSTUX][A-Z][0-9])[0-9]{6})(?![\w-]|\.[0-9])"
)
_DEA_DIGITS = 7
_CARE = words(
    *("providers?", "physicians?", "doctors?", "dr", "clinics?", "clinical", "clinician", "patients?", "hospitals?"),
    *(
        "prescrib\\w{1,8}",
        "prescriptions?",
        "medicare",
        "medicaid",
        "nurse",
        "surgeon",
        "referr\\w{1,5}",
        "practitioner",
    ),
    *("pharmacy", "pharmacist", "md", "diagnosis", "healthcare", "health", "medical", "dentist", "therapist"),
)


def accepts(written: str) -> bool:
    digits = digits_of(written)
    return (len(digits) == 10 and digits[0] in "12") or len(digits) < 10


def find(text: str) -> Iterator[Finding]:
    """Numbers whose check agrees, in a text that is about care: of ten timestamps one would agree too."""
    in_care: bool | None = None
    for match in _NUMBER.finditer(text):
        start = match.start() - (2 if len(match.group()) == _DEA_DIGITS else 0)
        if not _checks(text[start : match.end()]) or text[start - 1 : start].isalnum():
            continue
        if in_care is None:
            in_care = _CARE.search(text) is not None
        if in_care:
            yield Finding(PROVIDER_NUMBER, start, match.end(), 0.88, "provider_number")


def _checks(written: str) -> bool:
    if written[0].isdigit():
        return luhn("80840" + written)
    digits = [int(digit) for digit in written[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]
