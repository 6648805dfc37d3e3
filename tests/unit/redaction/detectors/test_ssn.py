"""Social security numbers of the United States."""

import pytest


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("123-45-6789", "123-45-6789"),
        ("SSN: 123-45-6789.", "123-45-6789"),
        ("123456789 is her social security number", "123456789"),
        ("123456789 (SSN)", "123456789"),
        ("The device broke. It is 123-45-6789", "123-45-6789"),
        ("my order came, I am 123-45-6789", "123-45-6789"),
        ("ssn 123456789", "123456789"),
        ("social security number is 123 45 6789", "123 45 6789"),
        ("SSN#123-45-6789", "123-45-6789"),
        ("SSN 129-18-4246, passport 696291370", "129-18-4246"),
        ("SS No 123.45.6789", "123.45.6789"),
        ("(899-99-9999)", "899-99-9999"),
        ("Social: 001-01-0001", "001-01-0001"),
    ],
)
def test_finds(text, number, found):
    assert found(text, "US_SSN") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "000-12-3456",
        "666-12-3456",
        "The serial number of the device is 436-48-2424",
        "Confirmation code 775-55-9883",
        "ISBN 710-27-2767",
        "900-12-3456",
        "123-00-4567",
        "123-45-0000",
        "order 123-45-6789",
        "part no. 123-45-6789",
        "123456789",
        "123 45 6789",
        "1123-45-6789",
        "123-45-67890",
        "123-45-6789-01",
        "415-555-2671",
        "2024-01-15",
    ],
)
def test_leaves(text, found):
    assert found(text, "US_SSN") == []
