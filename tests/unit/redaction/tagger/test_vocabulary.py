"""What the model says of words, remembered."""

import pytest

from sallyport.redaction.tagger import vocabulary as module
from sallyport.redaction.tagger.model import TAGS, Model
from sallyport.redaction.tagger.vocabulary import DEAD, LIVE, NEUTRAL, Vocabulary
from sallyport.redaction.tagger.words import FIRST, GROUP, KnownWords, encode

KNOWN = KnownWords(memoryview(encode({"anna": FIRST, "norwegian": GROUP})))
WEIGHTS = {
    "wrun": -(9 << 16) * sum(1 << 32 * lane for lane in range(8)),
    "wanna": 7,
    "-wdr": 11,
    "+wsaid": 13,
    "-|wdr|AaF-": 17,
    "+|wsaid|AaF-": 19,
    "--|of|the": 23,
    "-|a-|AaF-": 29,
    "mla-": 31,
    "begin": 37,
    "-|w||AaF-": 41,
    "+|A-|a-": 43,
    "-|wy|AaF-": 47,
    "-|wy|#": 53,
}
TRANSITIONS = tuple((0,) * len(TAGS) for _ in TAGS)


@pytest.fixture
def known():
    return Vocabulary(Model(WEIGHTS, TRANSITIONS), KNOWN)


def test_weights_are_added_up_for_each_place_a_word_can_have(known):
    assert known.entry("Anna").own == 7
    assert (known.entry("Dr").before, known.entry("said").after) == (11, 13)
    assert (known.begin.before, known.end.after) == (37, 0)
    assert known.of_case["l"] == {"a-": 31}


def test_pairs_are_found_from_the_neighbour(known):
    assert known.entry("Dr").pairs_before == {"AaF-": 17}
    assert known.entry("said").pairs_after == {"AaF-": 19, "A-": 43}
    assert known.entry("the").words_before == {"of": 23}
    assert known.entry("x").pairs_before == {"AaF-": 29}
    assert known.entry("y").pairs_before == {"AaF-": 29 + 47, "#": 53}
    assert known.entry("|").pairs_before == {"AaF-": 41}


@pytest.mark.parametrize(
    ("word", "life"),
    [("Run", LIVE), ("run", DEAD), ("unknown", LIVE), ("of", NEUTRAL), (",", NEUTRAL), ("12", NEUTRAL)],
)
def test_a_word_is_dead_when_it_is_never_a_name(known, word, life):
    assert known.entry(word).life == life


def test_a_group_is_known_by_the_table(known):
    assert known.entry("Norwegian").group
    assert not known.entry("Anna").group


def test_what_words_have_in_common_is_added_up_once(known):
    for word in ("house", "mouse", "grouse"):
        known.entry(word)
    assert len(known._shared) == 1


def test_memory_is_bounded_and_keeps_what_was_met_lately(known, monkeypatch):
    monkeypatch.setattr(module, "_MOST_WORDS", 10)
    often = known.entry("often")
    for number in range(25):
        known.entry(f"word{number}")
        assert known.entry("often") is often
    assert len(known._entries) + len(known._entries.earlier) <= 20
