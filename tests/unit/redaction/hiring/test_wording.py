import pytest

from sallyport.redaction.hiring.wording import duration, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [("the lead of a team", "en"), ("die Leitung und der Bau von", "de"), ("le chef de la", "fr"),
     ("el jefe y la", "es"), ("", "en")],
)  # fmt: skip
def test_the_language_is_told_by_its_common_words(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("months", "exact", "told"),
    [(96, False, "8 years"), (12, False, "1 year"), (0, False, "less than 1 year"), (38, True, "3 years 2 months"),
     (24, True, "2 years"), (0, True, "1 month"), (-5, True, "1 month")],
)  # fmt: skip
def test_durations_in_words(months, exact, told):
    assert duration(months, "en", exact=exact) == told
