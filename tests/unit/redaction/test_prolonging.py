"""Long secrets, wherever their label stands, and what stands beside them."""

import pytest

from sallyport.redaction.detect import detect
from sallyport.redaction.finding import Finding
from sallyport.redaction.prolonging import prolonged

LONG = "aB3$xY7" * 100
WORDS = "correct horse 1 " * 60 + "end"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"password: {LONG} and more", LONG),
        (f'{{"password": "{LONG}", "x": 1}}', LONG),
        (f"Authorization: Bearer {LONG}\nHost: x", LONG),
        (f"my password is {LONG}.", LONG),
        (f"the pw is {LONG}", LONG),
        (f"name,password\nbob,{LONG}\n", LONG),
        (f"password: '{WORDS}' is long", WORDS),
    ],
)
def test_a_secret_is_found_to_its_end(text, secret):
    start = text.index(secret)
    assert any(found.start == start and found.end >= start + len(secret) for found in detect(text))
    assert not any(found.end > start + len(secret) + 1 for found in detect(text))


@pytest.mark.parametrize(
    ("type_", "length", "expected"),
    [("PASSWORD", 60, 90), ("PASSWORD", 59, 59), ("SECRET", 70, 90), ("PERSON", 70, 70)],
)
def test_only_what_is_long_goes_on(type_, length, expected):
    text = "x" * 90 + " y"
    [found] = prolonged(text, [Finding(type_, 0, length, 0.9, "test")])
    assert (found.start, found.end) == (0, expected)


def test_labels_inside_of_a_long_secret_end_where_it_does():
    text = "password=" * 40_000
    assert {found.end for found in detect(text)} <= {len(text), len(text) - 1}
