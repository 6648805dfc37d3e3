"""Dates in many forms, and numbers that are none."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on 2000-04-16 11:34:35", "2000-04-16 11:34:35"),
        ("2024-01-15T10:30:00Z", "2024-01-15T10:30:00Z"),
        ("2/8/1935", "2/8/1935"),
        ("am 12.05.2020", "12.05.2020"),
        ("12 May 1980", "12 May 1980"),
        ("May 12th, 1980", "May 12th, 1980"),
        ("the 3rd of June", "3rd of June"),
        ("le 3 juillet 1998", "3 juillet 1998"),
        ("3 de mayo de 1998", "3 de mayo de 1998"),
        ("12. März 2021", "12. März 2021"),
        ("in March 2020", "March 2020"),
        ("back in 1971,", "1971"),
        ("since 2017", "2017"),
        ("2024年5月12日", "2024年5月12日"),
        ("12-Jan-2024", "12-Jan-2024"),
        ("Jan 5 at noon", "Jan 5"),
        ("5 мая 2020", "5 мая 2020"),
        ("1 Ocak 2021", "1 Ocak 2021"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "DATE") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "version 1.2.34",
        "2024-13-45",
        "45/45/2020",
        "1/2 of them",
        "I may 2 times",
        "192.168.1.1",
        "ratio 16/9",
        "march on 3 fronts",
        "in 2000 words",
        "error 1999",
        "$1/2/1999",
        "3.14",
        "call 415-555-2671",
        "at 10:30",
        "he may often times ask",
    ],
)
def test_leaves(text, found):
    assert found(text, "DATE") == []
