from datetime import date

import pytest

from sallyport.redaction.hiring.dates import find_dates
from tests.unit.redaction.hiring.removing import without

TODAY = date(2026, 11, 21)


def read(text, language="en"):
    return without(text, find_dates(text, language, TODAY))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-2023", "8 years"),
        ("2022 - 2023", "1 year"),
        ("2023-2023", "less than 1 year"),
        ("2015 to present", "11 years"),
        ("March 2018 - Jun 2021", "3 years 3 months"),
        ("from Jan 2020 until now", "6 years 10 months"),
        ("06/2010 - 08/2015", "5 years 2 months"),
        ("2019-05 - 2019-09", "4 months"),
        ("May 2019 - May 2019", "1 month"),
        ("since 2020", "for 6 years"),
        ("since March 2026", "for 8 months"),
        ("graduated in 2012", "graduated [date]"),
        ("BSc (2012)", "BSc ([date])"),
        ("on 3 May 1990", "on [date]"),
        ("12.03.1987", "[date]"),
        ("class of 2005", ""),
        ("Summer 2016", "[date]"),
    ],
)
def test_ranges_become_durations_and_single_dates_go(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["SQL Server 2019", "ISO 27001:2013", "Windows Server 2016", "2000 users", "C++17", "€2000", "port 8080",
     "RFC 2119", "1024-2048 bit", "10 years", "3 months", "ES2015", "v2019.1", "24/7", "99.99"],
)  # fmt: skip
def test_versions_standards_and_quantities_are_no_dates(text):
    assert read(text) == text


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("03/2015 - 06/2019", "de", "4 Jahre 3 Monate"),
        ("seit 07/2019", "de", "seit 7 Jahren 4 Monaten"),
        ("2019 bis heute", "de", "7 Jahre"),
        ("janvier 2014 - mars 2019", "fr", "5 ans 2 mois"),
        ("depuis 2020", "fr", "depuis 6 ans"),
        ("desde enero 2017", "es", "desde hace 9 años 10 meses"),
        ("2010 - actualidad", "es", "16 años"),
    ],
)
def test_durations_are_told_in_the_language_of_the_text(text, language, expected):
    assert read(text, language) == expected
