"""Telephone numbers, and other long numbers."""

import pytest


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("+14155552671", "+14155552671"),
        ("reach me: +49 (0)30 901820.", "+49 (0)30 901820"),
        ("0033 1 23 45 67 89", "0033 1 23 45 67 89"),
        ("(415) 555-2671", "(415) 555-2671"),
        ("415-555-2671 is hers", "415-555-2671"),
        ("415.555.2671 ext. 12", "415.555.2671 ext. 12"),
        ("call 020 7946 0958 today", "020 7946 0958"),
        ("Tel.: 030/901820", "030/901820"),
        ("mobile 07911123456", "07911123456"),
        ("my number is 5551234567", "5551234567"),
        ("(call 555-2671)", "555-2671"),
        ("555 0199 42 is my phone", "555 0199 42"),
        ("in 2020 415-555-2671", "415-555-2671"),
        ("+44 20 7946 0958 12 people came", "+44 20 7946 0958"),
        ("+44\u00a020\u20117946\u20110958", "+44\u00a020\u20117946\u20110958"),
        ("Teléfono: 91 123 45 67", "91 123 45 67"),
    ],
)
def test_finds(text, number, found):
    assert found(text, "PHONE") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "order 5551234567",
        "call about order number 5551234567",
        "2024-01-15 10:30",
        "it happened on 12/05/2019",
        "call me before 2024-12-31",
        "$4,155,552,671",
        "3.14159265358979",
        "550e8400-e29b-41d4-a716-446655440000",
        "ISBN 978-3-16-148410-0",
        "1700000000 is a timestamp",
        "call 5 people",
        "phone costs 1234567 EUR",
        "pages 115-555-2671",
        "+0123456789",
        "serial no. 415-555-2671",
        "https://example.com/4155552671",
    ],
)
def test_leaves(text, found):
    assert found(text, "PHONE") == []
