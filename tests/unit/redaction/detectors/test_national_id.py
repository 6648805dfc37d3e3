"""National numbers behind their label, and by form and check digits."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my national ID is 8504123456", "8504123456"),
        ("id card number: T22000129", "T22000129"),
        ("BSN 111222333", "111222333"),
        ("Her ID card number is 450327199611061410.", "450327199611061410"),
        ("my ID is L24249282, issued here", "L24249282"),
        ("my ID card number is 09224709Q", "09224709Q"),
        ("national identification number: 016-13-1037", "016-13-1037"),
        ("PESEL: 44051401359", "44051401359"),
        ("NHS number 943 476 5919", "943 476 5919"),
        ("NIR 1 85 05 78 006 084 36", "1 85 05 78 006 084 36"),
        ("Personalausweis L01X00T471", "L01X00T471"),
        ('"nationalId": "85-0412-3456"', "85-0412-3456"),
        ("SIN: 046 454 286", "046 454 286"),
        ("Medicare 2123 45670 1", "2123 45670 1"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "NATIONAL_ID") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "id: 42",
        "the ID of order 12345678",
        "an id card from 2019",
        "my number one choice",
        "cpr course on 12/05/2024",
        "run 5 tests",
    ],
)
def test_leaves(text, found):
    assert found(text, "NATIONAL_ID") == []
