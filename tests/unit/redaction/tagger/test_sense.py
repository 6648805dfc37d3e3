"""What cannot be a name, beside what can."""

import pytest


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ("My name is Ravi Rao. Rao codes.", "PERSON", ["Ravi Rao", "Rao"]),
        ("I met Dr. J. Smith in Oslo.", "PERSON", ["J. Smith"]),
        ("Regards, Anna Anna Kowalski", "PERSON", ["Anna", "Anna Kowalski"]),
        ("Thanks, Debra Kowalski Priscilla", "PERSON", ["Debra Kowalski", "Priscilla"]),
        ("We met Sarah Jessica Parker.", "PERSON", ["Sarah Jessica Parker"]),
        ("RFC 2822 and ISO 8601", "ORG", []),
        ("She works for Siemens AG in Munich.", "ORG", ["Siemens AG"]),
        ('{"passport": null, "license": "MIT"}', "ORG", []),
        ("He studied at MIT for years.", "ORG", ["MIT"]),
        ("sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "ADDRESS", []),
        ("commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "ADDRESS", []),
        ("She lives at 7 Elm Street in Oslo.", "ADDRESS", ["7 Elm Street"]),
        ("abc is a word", "ORG", []),
        ("Nobody knows what UTF-8 means.", "LOCATION", []),
    ],
)
def test_only_what_can_be_a_name_is_one(found, text, type_, expected):
    assert found(text, type_) == expected
