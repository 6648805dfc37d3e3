"""What the model sees of words."""

import pytest

from sallyport.redaction.tagger.features import LINE, PARAGRAPH, case_of, cases, look, sequence
from sallyport.redaction.tagger.words import FIRST, FREQUENCY_SHIFT, KnownWords, encode

KNOWN = KnownWords(memoryview(encode({"anna": FIRST, "the": 7 << FREQUENCY_SHIFT, "dr": FIRST})))


@pytest.mark.parametrize(
    ("word", "key", "kind"),
    [
        ("Anna", "anna", "AaF-"),
        ("ANNA", "anna", "AF-"),
        ("the", "the", "a+"),
        ("Dr.", "dr.", "AaF-"),
        ("U.S.", "u.s.", "A.-"),
        ("iPhone", "iphone", "aA-"),
        ("McX", "mcx", "AaA-"),
        ("X", "x", "I-"),
        ("12345", "#5", "#"),
        ("1234567890123", "#9", "#"),
        (",", ",", ","),
        ("=", "=", ""),
        ("\n", LINE, LINE),
        ("\n \n", PARAGRAPH, LINE),
        ("\x00", "?", ""),
    ],
)
def test_a_word_is_known_by_its_look_and_by_the_table(word, key, kind):
    seen = look(word, KNOWN)
    assert (seen.key, seen.kind) == (key, kind)


@pytest.mark.parametrize(
    ("capitals", "words", "case"), [(0, 5, "l"), (0, 1, ""), (4, 4, "T"), (3, 3, ""), (3, 5, ""), (1, 9, "")]
)
def test_a_line_has_the_case_of_most_of_its_words(capitals, words, case):
    assert case_of(capitals, words) == case


def test_each_line_has_its_own_case():
    looks = [look(word, KNOWN) for word in ["anna", "is", "\n", "Anna", "Is", "Here", "Now"]]
    assert list(cases(looks)) == ["l"] * 3 + ["T"] * 4


def test_a_word_is_seen_with_its_neighbours():
    row = sequence([look(word, KNOWN) for word in ["Dr.", "Anna", "the"]])[1]
    assert {"wanna", "-wdr.", "+wthe", "-|wdr.|AaF-", "+|AaF-|a+", "+|wthe|AaF-"} <= set(row)
    assert not {"begin", "end"} & set(row)
