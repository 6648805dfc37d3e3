"""Tax numbers behind their label and by form."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Your EIN is 12-3456789", "12-3456789"),
        ("the company 12-3456789 paid", "12-3456789"),
        ("tax ID 912-34-5678", "912-34-5678"),
        ("she wrote 952-74-9429 on it", "952-74-9429"),
        ("VAT DE136695976", "DE136695976"),
        ("invoice from DE136695976", "DE136695976"),
        ("Steuernummer 21/815/08150", "21/815/08150"),
        ("Steuer-ID 86 095 742 719", "86 095 742 719"),
        ("ATU12345678 in Wien", "ATU12345678"),
        ("CNPJ 11.222.333/0001-81", "11.222.333/0001-81"),
        ("CUIT 20-12345678-6", "20-12345678-6"),
        ("taxpayer number: 1234567890", "1234567890"),
        ("NL123456789B01", "NL123456789B01"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "TAX_ID") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "order 12-3456789 shipped",
        "tax is 20% in 2024",
        "DE136695977 is a part",
        "a tax of 19.00 due",
        "11.222.333/0001-80",
        "tax year 2023",
        "00-1234567",
    ],
)
def test_leaves(text, found):
    assert found(text, "TAX_ID") == []
