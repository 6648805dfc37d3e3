from datetime import date

import pytest

from sallyport.redaction.hiring.anonymize import anonymize_cv

TODAY = date(2026, 11, 21)


def read(text):
    return anonymize_cv(f"Summary\n{text}", candidate="X", today=TODAY).text.removeprefix("Summary\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am 34 years old.", "[removed]."),
        ("a 45-year-old developer", "a developer"),
        ("proud father of two sons", "[removed]"),
        ("married with two children", "[removed]"),
        ("back from maternity leave", "back from leave"),
        ("a practising Catholic", "a [removed]"),
        ("works council member", "[removed]"),
        ("member of the Labour Party", "member of the [removed]"),
        ("an Indian national", "an [removed] national"),
        ("grew up in Oslo", "grew up in [place]"),
        ("English (native speaker)", "English (fluent)"),
        ("wheelchair user", "[removed]"),
        ("LGBTQ+ network", "[removed] network"),
    ],
)
def test_what_is_protected_from_discrimination_goes(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["cloud-native services", "React Native", "native apps", "single sign-on", "German tax law", "US GAAP", "SQL UNION",
     "credit union software", "fluent in German", "the French market", "cancer research", "blind tests",
     "20 years of work", "two children nodes of a tree", "class of service", "gender of nouns",
     "conservative estimates", "labour cost",
     "republican", "temple of code", "parent process"],
)  # fmt: skip
def test_skills_that_sound_alike_stay(text):
    assert read(text) == text
