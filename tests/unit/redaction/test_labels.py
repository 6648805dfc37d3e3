"""Labels in prose, code and data."""

import pytest

from sallyport.redaction.labels import Labels, words_of

LABELS = Labels({"driver license": "D", "driver license number": "N", "passport": "P", "id": "I"})


def read(text):
    return [(text[label.start : label.end], label.meaning) for label in LABELS.find(text, text.lower(), words_of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my driver's license", [("driver's license", "D")]),
        ("DRIVER_LICENSE", [("DRIVER_LICENSE", "D")]),
        ("driverLicenseNumber: 1", [("driverLicenseNumber", "N")]),
        ("driver license number", [("driver license number", "N")]),
        ("Passport, passport", [("Passport", "P"), ("passport", "P")]),
        ("myPassport", [("Passport", "P")]),
        ("user_id", [("id", "I")]),
    ],
)
def test_the_longest_phrase_at_a_word_is_the_label(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize("text", ["passports", "the driver has no license", "identity", "rapid", "void"])
def test_a_label_is_whole_words(text):
    assert read(text) == []
