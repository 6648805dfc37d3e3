from datetime import date

import pytest

from sallyport.redaction.hiring.anonymize import anonymize_cv


def read(text):
    return anonymize_cv(text, candidate="X", today=date(2026, 11, 21)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Archer\nAnn wrote. ARCHER led.", "X\nX wrote. X led."),
        ("# María de la Cruz\nCruz, María", "# X\nX"),
        ("CV of Bo van Dyk\nBo", "CV of X\nX"),
        ("Curriculum Vitae\n\nZoë Ålund-Berg\nalund.py", "Curriculum Vitae\n\nX\nalund.py"),
        ("My name is Ravi Rao. Rao codes.", "My name is X. X codes."),
        ("Surname: Okoro\nFirst name: Ada\nAda Okoro", "Surname: X\nFirst name: X\nX"),
        ("Ruby Tan\nRuby on Rails by Tan", "X\nRuby on Rails by X"),
        ("Will Grant\nI will grant access. Will Grant did.", "X\nI will grant access. X did."),
        ("Summary\nreported to Dr. Jane Smith", "Summary\nreported to Dr. [person]"),
    ],
)
def test_names_go_wherever_they_stand(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Senior Developer\nJava", "Curriculum Vitae\nSkills\nJava", "Machine Learning\nPython", "Apache Kafka\nJava"],
)
def test_a_first_line_that_is_no_name_stays(text):
    assert read(text) == text
