"""Dates of birth, and dates of everything else."""

import pytest


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("born on 12 May 1980", "12 May 1980"),
        ("DOB: 05/12/1980", "05/12/1980"),
        ("D.O.B. 1980-05-12", "1980-05-12"),
        ("date of birth: May 12, 1980.", "May 12, 1980"),
        ("Date of birth\n12.05.1980", "12.05.1980"),
        ("my birthday is May 12th", "May 12th"),
        ("12 May 1980 is my birthday", "12 May 1980"),
        ("she was born in Lyon, France, on 3 July 1998", "3 July 1998"),
        ("Geburtsdatum: 12.05.80", "12.05.80"),
        ("geboren am 12. Mai 1980", "12. Mai 1980"),
        ("née le 3 juillet 1998", "3 juillet 1998"),
        ("fecha de nacimiento: 3 de mayo de 1998", "3 de mayo de 1998"),
        ('"date_of_birth": "1980-05-12"', "1980-05-12"),
        ("dob 19800512", "19800512"),
    ],
)
def test_finds(text, date, found):
    assert found(text, "DATE_OF_BIRTH") == [date]


@pytest.mark.parametrize(
    "text",
    [
        "on 12 May 1980",
        "born in Paris",
        "born in 1980",
        "She was born here. On 12 May 1980 it rained",
        "DOB: 45/45/1980",
        "DOB: 2024-13-45",
        "the birth of the web, 6 August 1991",
        "invoice date 05/12/2020",
        "2024-01-15T10:30:00Z",
        "born to be wild, 12 points",
        "stubborn since 12 May 1980",
        "signed on 12 May 1980 by a newborn company",
    ],
)
def test_leaves(text, found):
    assert found(text, "DATE_OF_BIRTH") == []
