"""National numbers of the other continents by form and check digits; one digit changed, and they are none."""

import pytest

NUMBERS = [
    "529.982.247-25",
    "HEGG560427MVZRRL04",
    "12.345.678-5",
    "130-692-544",
    "2345 6789 0124",
    "ABCPK1234L",
    "11010519491231002X",
    "900101-1234567",
    "A123456789",
    "S1234567D",
    "A123456(3)",
    "850412-14-5678",
    "1-2345-67890-12-1",
    "784-1982-1234567-6",
    "8001015009087",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_finds_without_a_label(number, found):
    assert found(f"I am {number}.", "NATIONAL_ID") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "529.982.247-26",
        "111.111.111-11",
        "HEGG560427MVZRRL05",
        "12.345.678-6",
        "130-692-545",
        "2345 6789 0125",
        "ABCDK1234L",
        "110105194912310021",
        "901301-1234567",
        "A123456788",
        "S1234567E",
        "A123456(4)",
        "851312-14-5678",
        "1-2345-67890-12-2",
        "784-1982-1234567-7",
        "8001015009088",
        "1700000000000",
    ],
)
def test_leaves(text, found):
    assert found(f"I am {text}.", "NATIONAL_ID") == []
