"""sallyport.redaction.page: what one request shows, and how what is said of it leads back."""

import pytest

from sallyport.redaction.finding import Finding
from sallyport.redaction.page import Doubts, page

ENGLISH = "The customer has told us that you will have to call wanjiru for that."
GERMAN = "Der Kunde hat gesagt, dass wir auch wanjiru anrufen und nicht auf ihn warten."
SPANISH = "El cliente dice que usted llame a wanjiru para más datos de la cuenta."
READS = frozenset({"en", "es"})


def doubts(text, *unsure, known=()):
    def found(value):
        return Finding("PERSON", text.index(value), text.index(value) + len(value), 0.2, "test")

    return Doubts(tuple(map(found, unsure)), tuple(map(found, known)))


def pages(*texts, most=5000, languages=READS):
    return page({text: doubts(text, "wanjiru") for text in texts}, languages, most)


def test_excerpts_of_all_texts_are_on_one_page():
    shown = pages("Call wanjiru.", ENGLISH)
    assert shown.text == f"Call wanjiru.\n{ENGLISH}"
    assert [text for text, _ in shown.asked()].count(ENGLISH) == 1


def test_what_is_said_leads_back_to_its_text():
    shown = pages("Call wanjiru.", ENGLISH)
    at = shown.text.rindex("wanjiru")
    [(text, excerpt, start, end)] = shown.back(at, at + 7)
    assert (text, text[start:end]) == (ENGLISH, "wanjiru")
    assert excerpt.unsure == doubts(ENGLISH, "wanjiru").unsure


def test_what_is_said_across_two_excerpts_is_of_both():
    shown = pages("Call wanjiru", "wanjiru called")
    assert [text[start:end] for text, _, start, end in shown.back(5, 20)] == ["wanjiru", "wanjiru"]


def test_what_is_hidden_is_not_led_back_to():
    text = "Call wanjiru at ann@example.com now"
    shown = page({text: doubts(text, "wanjiru", known=["ann@example.com"])}, READS, 5000)
    assert "ann" not in shown.text
    parts = [text[start:end] for _, _, start, end in shown.back(0, len(text))]
    assert parts == ["Call wanjiru at ", " now"]


@pytest.mark.parametrize(
    ("texts", "language", "left"),
    [
        ([ENGLISH], "en", set()),
        ([SPANISH], "es", set()),
        ([SPANISH, "Call wanjiru."], "es", set()),
        (["Call wanjiru."], "en", set()),
        ([GERMAN], "en", {GERMAN}),
        ([GERMAN, ENGLISH], "en", {GERMAN}),
        ([SPANISH, ENGLISH, ENGLISH + " "], "en", {SPANISH}),
        (["Иван Петров сказал wanjiru"], "en", {"Иван Петров сказал wanjiru"}),
        (["half \ud800 of wanjiru"], "en", {"half \ud800 of wanjiru"}),
    ],
)
def test_what_nobody_could_read_is_left_out(texts, language, left):
    shown = pages(*texts)
    assert shown.language == language
    assert set(texts) - {text for text, _ in shown.asked()} == left


def test_there_is_a_most_and_what_does_not_fit_is_left_out():
    texts = [f"{nth:03} wanjiru called." for nth in range(100)]
    shown = pages(*texts, most=200)
    assert len(shown.text) <= 200
    assert 0 < len(shown.asked()) < 100


def test_a_page_is_never_longer_than_its_texts():
    for texts in (["wanjiru"], ["wanjiru " * 3, "a wanjiru"], [f"{'Nothing here. ' * 40}wanjiru", ENGLISH]):
        assert len(pages(*texts).text) <= sum(len(text) + len('""') for text in texts)
