"""A code belongs to the nearest label before it."""

import re

import pytest

from sallyport.redaction.detectors.labelled import Labelled
from sallyport.redaction.finding import Finding


class Numbers:
    def __init__(self, type_, *labels):
        self.type = type_
        self.labels = labels
        self.value = re.compile("[0-9]+")

    def accepts(self, written):
        return len(written) > 3


class Next:
    types = frozenset({"USERNAME"})
    labels = ("nick",)

    def read(self, text, start, end):
        yield Finding("USERNAME", end, len(text), 0.5, "next")


LABELLED = Labelled([Numbers("PASSPORT", "passport"), Numbers("TAX_ID", "tax", "tax id")], [Next()])


def read(text):
    return sorted((f.type, text[f.start : f.end]) for f in LABELLED.find(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("passport 12345", [("PASSPORT", "12345")]),
        ("passport of 12 people, 12345", [("PASSPORT", "12345")]),
        ("passport and tax id 12345", [("TAX_ID", "12345")]),
        ("passport 12345, tax 67890", [("PASSPORT", "12345"), ("TAX_ID", "67890")]),
        ("12345 is my passport", [("PASSPORT", "12345")]),
        ("12345 (passport)", [("PASSPORT", "12345")]),
        ("nick bob", [("USERNAME", " bob")]),
    ],
)
def test_finds(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "passport, order 12345",
        "passport 123",
        "My passport is here. Then 12345 came",
        "passport\n\n12345",
        f"passport {'word ' * 12}12345",
        "12345, passport",
        "12345",
    ],
)
def test_leaves(text):
    assert read(text) == []


def test_every_type_of_a_family_is_a_type_of_the_detector():
    assert LABELLED.types == {"PASSPORT", "TAX_ID", "USERNAME"}
