"""sallyport.redaction.unsure: no more of a text than is needed, and nothing that is known."""

import pytest

from sallyport.redaction.finding import Finding
from sallyport.redaction.unsure import FAR, NEAR, excerpts


def finding(text, value, type_="PERSON", score=0.2):
    start = text.index(value)
    return Finding(type_, start, start + len(value), score, "test")


def shown(text, *unsure, known=()):
    return list(excerpts(text, [finding(text, each) for each in known], [finding(text, each) for each in unsure]))


def test_the_sentence_is_shown_and_the_next_one_is_not():
    sentence = "The agent that we have in the north, wanjiru, has called us again and again."
    text = f"{'First words. ' * 9}{sentence} {'More words. ' * 9}"
    [excerpt] = shown(text, "wanjiru")
    assert excerpt.shown.strip() == sentence
    assert text[excerpt.start :].startswith(excerpt.shown)


def test_a_short_sentence_is_shown_with_those_beside_it():
    [excerpt] = shown("He asked for more of it. Wanjiru came. She brought it with her to the office.", "Wanjiru")
    assert excerpt.shown == "He asked for more of it. Wanjiru came. She brought it with her to the office."


@pytest.mark.parametrize("between", ["word ", "x"])
def test_what_has_no_end_is_cut(between):
    text = between * 200 + "wanjiru" + f" {between}" * 200
    [excerpt] = shown(text, "wanjiru")
    assert len(excerpt.shown) <= 2 * FAR + len("wanjiru")
    assert "wanjiru" in excerpt.shown


def test_words_are_not_cut_in_two():
    text = "abcdefg " * 100 + "wanjiru" + " abcdefg" * 100
    [excerpt] = shown(text, "wanjiru")
    assert set(excerpt.shown.split()) == {"abcdefg", "wanjiru"}


def test_what_is_known_is_hidden_sign_for_sign():
    text = "Ask wanjiru at ann@example.com or 4111 1111 1111 1111."
    [excerpt] = shown(text, "wanjiru", known=["ann@example.com", "4111 1111 1111 1111"])
    assert excerpt.shown == "Ask wanjiru at *************** or **** **** **** ****."


def test_what_is_known_at_the_edge_of_an_excerpt_is_hidden_as_far_as_it_goes():
    text = "our secret " * 20 + "wanjiru" + " our secret" * 20
    known = [Finding("SECRET", *span, 1.0, "test") for span in ((0, 219), (100, 180), (228, 447))]
    [excerpt] = excerpts(text, known, [finding(text, "wanjiru")])
    assert set(excerpt.shown.split()) == {"***", "******", "wanjiru"}


def test_neighbours_share_an_excerpt_and_others_have_their_own():
    text = f"Ask wanjiru or zorblat. {'Nothing here at all. ' * 30}Ask makena."
    first, second = shown(text, "wanjiru", "zorblat", "makena")
    assert [text[each.start : each.end] for each in first.unsure] == ["wanjiru", "zorblat"]
    assert [text[each.start : each.end] for each in second.unsure] == ["makena"]
    assert first.start + len(first.shown) < second.start


def test_a_line_ends_an_excerpt():
    above, below = "a" * NEAR, "b" * NEAR
    [excerpt] = shown(f"private\n{above} wanjiru {below}\nprivate", "wanjiru")
    assert excerpt.shown.strip() == f"{above} wanjiru {below}"
