from datetime import date

import pytest

from sallyport.redaction.hiring.anonymize import anonymize_cv

TODAY = date(2026, 11, 21)


def read(text, **options):
    return anonymize_cv(f"Summary\n{text}", candidate="X", today=TODAY, **options).text.removeprefix("Summary\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BSc, University of Leeds", "BSc, [school]"),
        ("MIT graduate", "[school] graduate"),
        ("Technische Universität München", "[school]"),
        ("Goethe-Gymnasium", "[school]"),
        ("IIT Bombay", "[school]"),
        ("Université de Lyon", "[school]"),
        ("St Mary's Grammar School", "[school]"),
        ("Education\nUppsala, MSc Physics", "Education\n[school], MSc Physics"),
        ("Phi Beta Kappa", "[club]"),
        ("Women in Tech", "[club]"),
        ("the National Society of Black Engineers", "[club]"),
    ],
)
def test_schools_and_clubs_go(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["MIT License", "MIT-licensed", "lambda and beta tests", "AWS Academy courses", "University", "high school",
     "Education\nMSc Physics, first class honours", "Education\nThesis: Graph Neural Networks", "TU", "Sigma rules"],
)  # fmt: skip
def test_what_only_sounds_so_stays(text):
    assert read(text) == text


def test_employers_stay_unless_they_are_to_go():
    text = "Experience\nData Engineer, Acme Corp, Java and Spark\n- built Acme Corp's Kafka\n"
    assert read(text) == text
    assert read(text, employers=False) == (
        "Experience\nData Engineer, [employer], Java and Spark\n- built [employer]'s Kafka\n"
    )
