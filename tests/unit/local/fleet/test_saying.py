"""What a simulated model says: that it is one, who served it, and no more than it may."""

import pytest

from sallyport.tokens import estimate_text
from sallyport_local.fleet.fleet import Asked
from sallyport_local.fleet.saying import answer, mark_of, texts_in
from sallyport_local.fleet.script import Place

HERE = Place("bedrock", "111111111111", "us-west-2", "nova")


def said(text: str = "Hello", max_tokens: int = 1000, words: int = 3):
    return answer(Asked(HERE, text, 1, max_tokens, streamed=False), HERE, words)


def test_says_that_it_is_simulated_and_who_served_it():
    assert said().text == (
        "Simulated answer by nova in us-west-2 for account 111111111111 (no model was called). "
        "You said: Hello and so on "
    )
    assert not said().cut_short


@pytest.mark.parametrize("max_tokens", [1, 2, 5, 30])
def test_says_no_more_than_max_tokens_allow(max_tokens: int):
    cut = said(max_tokens=max_tokens)
    assert cut.cut_short
    assert cut.tokens() == estimate_text(cut.text) <= max_tokens
    assert said(words=500).text.startswith(cut.text)


def test_counts_what_was_said_before_it_broke_off():
    assert said().tokens(2) == estimate_text("Simulated answer ")


@pytest.mark.parametrize(
    ("text", "mark"),
    [("mark-17 Hello", "mark-17"), ("mark-17", "mark-17"), ("Hello mark-17", None), ("mark-x", None), ("", None)],
)
def test_a_mark_is_what_a_text_begins_with(text: str, mark: str | None):
    assert mark_of(text) == mark


def test_texts_are_found_in_strings_and_in_parts_and_nothing_else_is():
    contents = [
        "one",
        [{"text": "two"}, {"image": {}}, {"type": "text", "text": "three"}, "four"],
        None,
        5,
        [{"text": 6}],
    ]
    assert texts_in(contents) == ["one", "two", "three"]
