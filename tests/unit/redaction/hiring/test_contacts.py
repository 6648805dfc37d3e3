from datetime import date

import pytest

from sallyport.redaction.hiring.anonymize import anonymize_cv


def read(text):
    return anonymize_cv(text, candidate="X", today=date(2026, 11, 21)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see ![me](data:image/png;base64,AAAA) here", "see [photo removed] here"),
        ("data:image/jpeg;base64," + "QUJD" * 5000, "[photo removed]"),
        ('<img src="me.png" alt="Ann">', "[photo removed]"),
        ("A" * 300, "[photo removed]"),
        ("portrait.jpg", "[photo removed]"),
        ("linkedin.com/in/ann", "[profile]"),
        ("GitHub: annarcher", "GitHub: [contact]"),
        ("@annarcher", "[profile]"),
        ("Twitter: @annarcher", "Twitter: [contact]"),
        ("06 12 34 56 78", "[phone]"),
        ("12 Marina Road", "[place]"),
        ("Lindenstraße 14, 01097 Dresden", "[place], [place]"),
        ("14 rue des Lilas", "[place]"),
    ],
)
def test_photos_profiles_and_addresses_go(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["GitHub Actions", "Node.js and ASP.NET", "2 engineers led the way", "REST APIs at 99.9 %", "uses @Override",
     "key.yaml", "10 microservices on AWS", "Drive adoption", "40 000 requests"],
)  # fmt: skip
def test_skills_and_figures_stay(text):
    assert read(f"Summary\n{text}") == f"Summary\n{text}"
