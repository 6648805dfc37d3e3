"""Numbers of patients."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("MRN: 12345678", "12345678"),
        ("MRN12345678", "MRN12345678"),
        ("patient MRN-0012345 was seen", "MRN-0012345"),
        ("The patient's medical record number is 4839201.", "4839201"),
        ("Patient ID: P-449201", "P-449201"),
        ("chart number 551290", "551290"),
        ("Chart 53249975 belongs to him", "53249975"),
        ('{"patientId": "88421-B"}', "88421-B"),
        ("hospital no. H4482913", "H4482913"),
        ("member ID XYZ123456789", "XYZ123456789"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "MEDICAL_RECORD") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "the patient was born in 1980",
        "medical records of 12 patients",
        "patient with 98.6 F and 120/80",
        "chart 3 shows sales",
        "MR 12",
        "the hospital has 900 employees",
        "patient since 2019-04-05",
    ],
)
def test_leaves(text, found):
    assert found(text, "MEDICAL_RECORD") == []
