"""Numbers of those who treat."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NPI: 1234567893", "1234567893"),
        ("(MRN: MRN99627462) was seen by Dr. Reed, NPI 2218643924", "2218643924"),
        ("Dr. Smith (1234567893) referred", "1234567893"),
        ("NPI 1679576720", "1679576720"),
        ("DEA number AB1234563", "AB1234563"),
        ("provider id 5551234", "5551234"),
        ("prescribed under BB1388568 at the clinic", "BB1388568"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "PROVIDER_NUMBER") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "1234567893",
        "at 1700000000 the job began",
        "the patient paid 1234567890",
        "Dr. Smith called 4155552671",
        "npm i 1.2.3",
        "AB1234567 at the hospital",
    ],
)
def test_leaves(text, found):
    assert found(text, "PROVIDER_NUMBER") == []
