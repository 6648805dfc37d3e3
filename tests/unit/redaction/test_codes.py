"""What the number of a document may look like."""

import pytest

from sallyport.redaction.codes import CODE, compact, digits_of, is_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("is D123-4567-8901, thanks", "D123-4567-8901"),
        ("AB 12 34 56 C", "AB 12 34 56 C"),
        ("no 12345678 it", "12345678"),
        ("12.345.678/0001 Main", "12.345.678/0001"),
        ("at 2270-66-1551", "2270-66-1551"),
    ],
)
def test_a_code_is_whole_groups_with_digits(text, code):
    assert CODE.search(text).group() == code


@pytest.mark.parametrize("text", ["passport of my wife", "a@1234567.example", "@12345678"])
def test_words_and_addresses_hold_no_code(text):
    assert all(not is_code(match.group()) for match in CODE.finditer(text))


@pytest.mark.parametrize("written", ["2024-05-01", "1/2/2024", "v1.2.3", "10.20.30", "1234th", "123", "1" * 25])
def test_dates_versions_and_measures_are_no_code(written):
    assert not is_code(written)


def test_a_code_is_read_without_its_signs():
    assert (compact("ab-12 c"), digits_of("ab-12 c3")) == ("AB12C", "123")
