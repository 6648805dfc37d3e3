"""National numbers of Europe by form and check digits; one digit changed, and they are none."""

import pytest

NUMBERS = [
    "AB 12 34 56 C",
    "JG123456C",
    "12345678Z",
    "X1234567L",
    "RSSMRA85T10A562S",
    "1 85 05 78 006 084 91",
    "85.07.30-033.28",
    "811218-9876",
    "131052-308T",
    "756.9217.0769.85",
    "736028/5163",
    "1234567FA",
    "112-233-445 95",
    "29029900157",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_finds_without_a_label(number, found):
    assert found(f"I am {number}.", "NATIONAL_ID") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "BG123456C",
        "AB123456E",
        "12345678A",
        "X1234567A",
        "RSSMRA85T10A562T",
        "1 85 05 78 006 084 92",
        "85.07.30-033.29",
        "811218-9875",
        "131052-308U",
        "756.9217.0769.84",
        "736028/5164",
        "1234567GA",
        "112-233-445 96",
        "29029900158",
        "invoice 12345678Z",
        "v12345678Z",
    ],
)
def test_leaves(text, found):
    assert found(f"I am {text}.", "NATIONAL_ID") == []
