"""The age of a person."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("This 79 year old female", "79"),
        ("aged 42", "42"),
        ("at the age of 61", "61"),
        ("I'll turn 23.", "23"),
        ("I just turned 47", "47"),
        ("a 34-year-old man", "34"),
        ('{"age": 45}', "45"),
        ("Age: 7", "7"),
        ("34yo male", "34"),
        ("34F with cough", "34"),
        ("er ist 45 Jahre alt", "45"),
        ("elle a 30 ans", "30"),
        ("tiene 28 años", "28"),
        ("she's 52 and retired", "52"),
        ("Hanna Virtanen, 43, a nurse from Tampere", "43"),
        ("sentenced Stevie Barlow, 29, of Stockport", "29"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "AGE") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "age 250",
        "I am 5 minutes late",
        "he is 20% sure",
        "page 42",
        "the package of 12",
        "version 34",
        "5M users",
        "20 years of experience",
        "turn 90 degrees",
        "in 10 years",
        "it is 45 km",
        "they are 12 people",
        "Rooms, 29, of which ten are free",
        "He ate apples, 12, of course",
    ],
)
def test_leaves(text, found):
    assert found(text, "AGE") == []
