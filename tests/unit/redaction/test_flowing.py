"""sallyport.redaction.flowing: what is masked as it flows is what is masked whole."""

import base64
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.redaction.detect import detect
from sallyport.redaction.flowing import AHEAD, LEAST, LONG, LONGEST, MOST, MOST_AT_FIRST, FlowingMask, Piece, WholeMask
from sallyport.redaction.redact import redact

TYPES = frozenset({"EMAIL", "CREDIT_CARD", "US_SSN", "IBAN", "SECRET", "PHONE", "PERSON"})
PLANTED = (
    "eve@corp.example.org",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000",
    "mary.ann+tag@mail.example.com",
    "AKIAIOSFODNN7EXAMPLE",
)
KEY = "".join(
    [
        "-----BEGIN PRIVATE KEY-----\n",
        *(base64.b64encode(random.Random(line).randbytes(48)).decode() + "\n" for line in range(40)),
        "-----END PRIVATE KEY-----",
    ]
)


def find(text):
    return detect(text, types=TYPES)


class _Token:
    def placeholder_for(self, type_, value):
        return f"[{type_}]"


def flowed(chunks):
    mask = FlowingMask(find, "[{}]".format)
    return "".join(map(mask.feed, chunks)) + mask.flush()


def split(text, sizes):
    chunks, at = [], 0
    while at < len(text):
        size = next(sizes)
        chunks.append(text[at : at + size])
        at += size
    return chunks


filler = st.sampled_from(
    [
        "the value is ",
        "it was seen. ",
        "and then\n",
        "nothing else ",
        "so be it! ",
        "x" * 30 + " ",
        "why? ",
        "\n\n",
        "a, b; c ",
    ]
)
texts = st.lists(filler | st.sampled_from([f"{value} " for value in PLANTED]), max_size=60).map("".join)


@settings(max_examples=150)
@given(texts, st.integers())
def test_any_chunking_gives_what_the_whole_text_gives(text, seed):
    chance = random.Random(seed)
    chunks = split(text, iter(lambda: chance.choice([1, 2, 3, 4, 7, 20, 300]), None))
    assert flowed(chunks) == flowed([text]) == redact(text, find(text), _Token())


@pytest.mark.parametrize("value", PLANTED)
@pytest.mark.parametrize("before", range(0, 2 * MOST, 37))
def test_no_edge_of_a_window_cuts_a_value(value, before):
    """Neither where sentences end nor where none does."""
    for filled in ("word " * 200, "So it is. " * 100):
        text = f"{filled[:before]} {value} {filled}"
        assert flowed(text) == redact(text, find(text), _Token())
        assert value not in flowed(text)


def test_a_value_longer_than_what_may_be_held_back_does_not_leak():
    assert len(KEY) > 2 * LONGEST
    text = f"Here it is:\n{KEY}\nKeep it well. " + "And so on. " * 40
    told = flowed(text)
    assert not [line for line in KEY.splitlines()[1:-1] if line in told]
    assert told.count("[SECRET]") == 1
    assert told.startswith("Here it is:\n[SECRET]")
    assert told.endswith("And so on. ")


def test_a_long_word_is_searched_as_one():
    token = "eyJhbGciOiJIUzI1NiJ9.eyJ" + "aB3x" * 700 + "." + "dE5z" * 60
    assert flowed(f"It is {token} and nothing else. " + "So be it. " * 20).startswith(
        "It is [SECRET] and nothing else."
    )


def test_at_most_a_window_is_held_back():
    mask, text = FlowingMask(find, "[{}]".format), "word " * 1000
    told = 0
    for at, character in enumerate(text, start=1):
        told += len(mask.feed(character))
        assert at - told <= LEAST + MOST + AHEAD
    assert told + len(mask.flush()) == len(text)


@pytest.mark.parametrize("first", ["Sure! ", "so " * 20 + "it is. ", "a line\n"])
def test_a_first_sentence_goes_out_when_so_much_after_it_is_known(first):
    mask = FlowingMask(find, "[{}]".format)
    assert mask.feed(first + "x" * (AHEAD - 1)) == ""
    assert mask.feed("x") == first


def test_of_a_long_first_sentence_words_go_out_as_early():
    mask, words = FlowingMask(find, "[{}]".format), "so " * (MOST_AT_FIRST // 3)
    assert mask.feed(words + "x" * AHEAD) == ""
    assert mask.feed("x") == words


def test_sentences_after_the_first_go_out_together():
    mask = FlowingMask(find, "[{}]".format)
    assert mask.feed("Sure! " + "So be it. " * 20) == "Sure! "
    assert mask.feed("So be it. ") == "So be it. " * 13


def test_what_was_replaced_is_told_once_in_its_order():
    asked = []
    mask = FlowingMask(find, lambda type_: asked.append(type_) or "*")
    text = "Ask eve@corp.example.org or pay 4111 1111 1111 1111. " * 5
    assert mask.feed(text) + mask.flush() == "Ask * or pay *. " * 5
    assert asked == ["EMAIL", "CREDIT_CARD"] * 5


@pytest.mark.parametrize("kind", [FlowingMask, WholeMask])
def test_pieces_tell_how_much_of_the_text_they_are(kind):
    mask = kind(find, "[{}]".format)
    pieces = [*mask.pieces("Ask eve@corp."), *mask.pieces("example.org!"), *mask.last()]
    assert pieces == [Piece(4, "Ask ", True), Piece(20, "[EMAIL]", False), Piece(1, "!", True)]


@settings(max_examples=30)
@given(texts)
def test_what_is_known_whole_is_masked_as_it_is_found(text):
    mask = WholeMask(find, "[{}]".format)
    assert [*map(mask.pieces, text)] == [[]] * len(text)
    assert "".join(piece.told for piece in mask.last()) == redact(text, find(text), _Token())


def test_a_long_text_is_searched_in_steps_that_cut_no_value():
    seen = []
    mask = WholeMask(lambda text: seen.append(len(text)) or find(text), "[{}]".format)
    text = "".join(f"{'word ' * (n % 97)}eve{n}@corp.example.org{'. ' if n % 3 else ' '}" for n in range(400))
    mask.pieces(text)
    assert "".join(piece.told for piece in mask.last()) == redact(text, find(text), _Token())
    assert len(text) > 4 * LONG > 2 * max(seen)


def test_after_a_flush_another_text_begins():
    mask = FlowingMask(find, "[{}]".format)
    assert [mask.feed("4111 1111"), mask.flush(), mask.feed(" 1111 1111"), mask.flush()] == [
        "",
        "4111 1111",
        "",
        " 1111 1111",
    ]
