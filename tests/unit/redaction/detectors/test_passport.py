"""Passport numbers behind their label, and the machine-readable zone."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My passport number is X1234567.", "X1234567"),
        ("SSN 129-18-4246, passport 696291370, phone 0170", "696291370"),
        ("a passport number DL0084149 and more", "DL0084149"),
        ("533380006 <- passport no", "533380006"),
        ("Passport: 533380006 issued 2019-04-05", "533380006"),
        ('{"passportNumber": "C01X00T47"}', "C01X00T47"),
        ("Reisepass Nr. C01X00T47", "C01X00T47"),
        ("numéro de passeport : 12AB34567", "12AB34567"),
        ("PASSPORT_NO=AB1234567", "AB1234567"),
        ("the passport of my wife, who comes along, is X7654321", "X7654321"),
        ("X1234567 is my passport number", "X1234567"),
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        ),
    ],
)
def test_finds(text, value, found):
    assert found(text, "PASSPORT") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "I will need my passport by 2024-05-01",
        "passport control at 10:30",
        "passport office, order number 12345678",
        "the passport costs 130 EUR",
        "passport.js version 0.6.0",
        "a << b << c",
        "The passport is ready. Room 123456 is yours.",
    ],
)
def test_leaves(text, found):
    assert found(text, "PASSPORT") == []
