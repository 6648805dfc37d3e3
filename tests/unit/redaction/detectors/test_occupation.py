"""Occupations where a text says what somebody is, and other words that end so."""

import pytest


@pytest.mark.parametrize(
    ("text", "occupation"),
    [
        ("I used to work for Acme as Rolling machine operator, but quit", "Rolling machine operator"),
        ("She works as a nurse at the clinic", "nurse"),
        ("employed there as an X-ray technician.", "X-ray technician"),
        ('Marie Lang, the Technical writer, said: "Fine."', "Technical writer"),
        ("Jamie Pratt\n\nTalking-books clerk\n\nPhone:", "Talking-books clerk"),
        ("Erik Baader\n\nCourt, municipal, and license clerk\n\nPhone:", "Court, municipal, and license clerk"),
    ],
)
def test_finds(text, occupation, found):
    assert found(text, "TITLE") == [occupation]


@pytest.mark.parametrize(
    "text",
    [
        "it works as expected, or rather as never before",
        "works as another, for example",
        "as a member, you get letters",
        "Dear all\n\nplease read the letter\n\nthanks",
        "the end, the answer, it said",
        "Anna Lee\n\nThe department\n\nPhone:",
        "known as a writer, he slept",
    ],
)
def test_leaves(text, found):
    assert found(text, "TITLE") == []
