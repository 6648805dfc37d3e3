"""sallyport.redaction.custom: detectors that are data."""

import pytest

from sallyport.redaction.custom import CustomDetector, CustomFamily


def found(text, **fields):
    detector = CustomDetector.model_validate({"type": "BADGE", "patterns": ["B-[0-9]{6}"], **fields})
    return [text[each.start : each.end] for each in CustomFamily(detector).find(text)]


def test_finds_every_pattern_everywhere():
    assert found("B-123456, B-12345, C-9 B-654321", patterns=["B-[0-9]{6}", "C-[0-9]"]) == [
        "B-123456",
        "B-654321",
        "C-9",
    ]


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("badge 123456", True),
        ("Badge No: 123456", True),
        ("123456 is my badge", True),
        ("employee card 123456", True),
        ("order 123456", False),
        ("badgers: 123456", False),
        (f"badge{' ' * 60}123456", False),
    ],
)
def test_with_context_a_word_must_stand_near(text, hit):
    assert bool(found(text, patterns=["[0-9]{6}"], context=["badge", "employee card"])) is hit


@pytest.mark.parametrize(
    ("checksum", "text", "hit"),
    [
        ("luhn", "1234-5674", True),
        ("luhn", "1234-5675", False),
        ("verhoeff", "2341 2341 2346", True),
        ("verhoeff", "2341 2341 2347", False),
        ("mod11_10", "8692 6738 5703", False),
        ("mod97", "DE89 3704 0044 0532 0130 00", False),  # the IBAN's own check moves its head to its end
        ("mod97", "3704 0044 0532 0130 00 DE89", True),
        ("mod97", "3704 0044 0532 0130 00 DE88", False),
    ],
)
def test_what_fails_its_checksum_is_nothing(checksum, text, hit):
    assert bool(found(text, patterns=["[0-9A-Z][0-9A-Z -]{8,40}"], checksum=checksum)) is hit


def test_a_checksum_of_no_digits_is_none():
    assert found("----------", patterns=["-{4,10}"], checksum="luhn") == []
    assert found("ABCDEFGHIJ", patterns=["[A-Z]{4,10}"], checksum="luhn") == []


def test_the_score_is_as_written():
    detector = CustomDetector(type="BADGE", patterns=("B",), score=0.3)
    assert [each.score for each in CustomFamily(detector).find("B")] == [0.3]
