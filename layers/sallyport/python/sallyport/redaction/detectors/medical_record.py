"""Numbers by which a hospital, a practice or an insurer knows a patient: behind their label."""

from collections.abc import Iterator

from sallyport.redaction.codes import CODE, is_code
from sallyport.redaction.finding import MEDICAL_RECORD, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({MEDICAL_RECORD})

type = MEDICAL_RECORD
labels: tuple[str, ...] = (
    *("mrn", "mrns", "mrn number", "medical record", "medical records", "medical record number"),
    *("medical record no", "medical records number", "medical rec", "med rec", "med record", "med rec no"),
    *("medical id", "medical number", "patient id", "patient number", "patient no", "patient identifier"),
    *("patient record", "patient id number", "patient identification", "patient file", "patient chart"),
    *("chart number", "chart no", "chart id", "chart #", "hospital number", "hospital no", "hospital id"),
    *("health record", "health record number", "health id", "ehr id", "health plan", "health plan number"),
    *("member id", "member number", "subscriber id", "insurance id", "beneficiary id", "health insurance id"),
    *("medicaid", "medicaid number", "medical chart", "case file", "record number", "record no", "patientennummer"),
    *("versichertennummer", "krankenversichertennummer", "numero de dossier", "dossier medical"),
    *("historia clinica", "historia clínica", "cartella clinica", "patientid"),
    *("medicalrecordnumber", "clinic number", "chart"),
)
value = CODE
_PREFIXED = Lazily(r"(?<![\w-])(?:MRN|MR|MED|PAT|PT|MRNMR|MRNM)[-#]?[0-9]{5,12}(?!\w|[-.][0-9])")


def accepts(written: str) -> bool:
    return is_code(written, digits=4, longest=16) and len(written) >= 5


def find(text: str) -> Iterator[Finding]:
    """Numbers that carry their label with them: `MRN-1234567`."""
    if any(prefix in text for prefix in ("MR", "MED", "PAT", "PT")):
        for match in _PREFIXED.finditer(text):
            yield Finding(MEDICAL_RECORD, match.start(), match.end(), 0.9, "medical_record")
