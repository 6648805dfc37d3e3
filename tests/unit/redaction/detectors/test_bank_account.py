"""Account numbers and codes of banks."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("account number 123456789012", "123456789012"),
        ("routing number: 021000021", "021000021"),
        ("sort code 20-00-00", "20-00-00"),
        ("acct no. 0012-3456-7890", "0012-3456-7890"),
        ("IFSC HDFC0001234", "HDFC0001234"),
        ("account number 58683449786907366258517JD, please", "58683449786907366258517JD"),
        ("the account 85955726783747885775 at your bank", "85955726783747885775"),
        ("Kontonummer 532013000", "532013000"),
        ('"accountNumber": "00012345678"', "00012345678"),
        ("my checking account is 4417 1234 5678", "4417 1234 5678"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "BANK_ACCOUNT") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "an account of 12 pages",
        "the account was opened in 2019",
        "account balance 1,234,567.89",
        "account for 1234.56 EUR",
        "accounts payable 2024-05-01",
        "on account of order 12345678",
    ],
)
def test_leaves(text, found):
    assert found(text, "BANK_ACCOUNT") == []
