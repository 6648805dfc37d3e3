"""Lookalikes in Latin words, and words of other languages."""

import pytest

from sallyport.redaction.confusables import plain


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("b\u043eb@ex\u0430mple.org", "bob@example.org"),
        ("p\u0430ssword", "password"),
        ("\u0391lice", "Alice"),
        ("\u0410123\u0412\u042177", "A123BC77"),
        ("see \u0440aypal now", "see paypal now"),
    ],
)
def test_a_lookalike_in_a_latin_word_is_read_as_latin(written, expected):
    assert plain(written) == expected


@pytest.mark.parametrize(
    "text", ["\u043d\u0435 \u0430", "5\u043c\u0430\u044f", "\u03b1\u03b2\u03b3", "caf\u00e9", "\u0430"]
)
def test_another_language_stays(text):
    assert plain(text) == text
