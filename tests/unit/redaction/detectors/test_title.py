"""Forms of address before a name."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("correct it to Dr. Cettina Fanucci?", "Dr."),
        ("Mr Jones", "Mr"),
        ("with ms. Marcela", "ms."),
        ("Frau Müller kommt", "Frau"),
        ("Prof. Smith", "Prof."),
        ("Sr. García", "Sr."),
        ("Mme Dupont", "Mme"),
        ("Miss Piggy", "Miss"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "TITLE") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "General Electric",
        "I miss Paris",
        "the doctor came",
        "drive to Dr",
        "MS DOS",
        "sir, no",
        "General Manager Smith",
        "MR 12",
    ],
)
def test_leaves(text, found):
    assert found(text, "TITLE") == []
