"""What patterns leave of the guesses of the model."""

import pytest

from sallyport.redaction.finding import Finding
from sallyport.redaction.yielding import yielding


def _read(text, guess, *patterns):
    found = [Finding(guess[0], *_span(text, guess[1]), 0.9, "names")]
    found += [Finding(type_, *_span(text, part), 0.9, "address") for type_, part in patterns]
    kept = [f for f in yielding(text, found) if f.detector == "names"]
    return [(f.type, text[f.start : f.end]) for f in sorted(kept, key=lambda f: f.start)]


def _span(text, part):
    return text.index(part), text.index(part) + len(part)


@pytest.mark.parametrize(
    ("text", "guess", "patterns", "expected"),
    [
        ("Ann Lee 555-0100", ("PERSON", "Ann Lee 555-0100"), [("PHONE", "555-0100")], [("PERSON", "Ann Lee")]),
        ("the Falcon team", ("ORG", "Falcon team"), [("PROJECT", "Falcon")], []),
        ("the Falcon Team", ("ORG", "Falcon Team"), [("PROJECT", "Falcon")], [("ORG", "Team")]),
        ("Ann Lee", ("PERSON", "Ann Lee"), [], [("PERSON", "Ann Lee")]),
        ("at Elm St 1, Bonn", ("ADDRESS", "Elm St 1, Bonn"), [("ADDRESS", "Elm St 1")], [("LOCATION", "Bonn")]),
        ("at Elm St, IL 62704", ("ADDRESS", "Elm St, IL 62704"), [("ADDRESS", "62704")], [("ADDRESS", "Elm St, IL")]),
        ("at Elm St 1, Bonn", ("ADDRESS", "Elm St 1, Bonn"), [], [("ADDRESS", "Elm St 1, Bonn")]),
        (
            "Ann Lee\nElm St 1\nBonn\n53111 x",
            ("ADDRESS", "Ann Lee\nElm St 1\nBonn\n53111 x"),
            [("ADDRESS", "Elm St 1")],
            [("PERSON", "Ann Lee"), ("LOCATION", "Bonn"), ("ADDRESS", "53111 x")],
        ),
    ],
)
def test_a_guess_keeps_what_no_pattern_found(text, guess, patterns, expected):
    assert _read(text, guess, *patterns) == expected
