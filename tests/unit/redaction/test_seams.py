"""sallyport.redaction.seams: what lies around the seams of texts, and where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.redaction.seams import AROUND, LONGEST_WORD, seams_of

WORDS = st.text(st.sampled_from("a1 .\n@"), max_size=12)


def read(*texts):
    """Each way to read them, as the texts of its seams."""
    return [[seam.text for seam in way] for way in seams_of(texts)]


@pytest.mark.parametrize(
    ("texts", "ways"),
    [
        (["4111", "1111"], [["41111111"], ["4111 1111"]]),
        (["4111 ", "1111"], [["4111 1111"]]),
        (["4111", "\n1111"], [["4111\n1111"]]),
        (["a", "b", "c"], [["abc"], ["a b c"]]),
        (["ann@example.", "com"], [["ann@example.com"], ["ann@example. com"]]),
        (["ann", "@example.com"], [["ann@example.com"], ["ann @example.com"]]),
        (["call ", "+49 30"], [["call +49 30"]]),
        (["4111 1", " ", "\n", "111"], [["4111 1 \n111"]]),
        (["key:", " b"], [["key: b"]]),
        # Near misses: a sentence ends, or a mark does.
        (["It is so.", "And so."], []),
        (["It is so. ", "and so."], []),
        (["</a>", "b"], []),
        (["a", "<b>"], []),
        (["a", " "], []),
        ([" ", "b"], []),
        (["a"], []),
        ([], []),
    ],
)
def test_texts_are_read_as_one_where_a_value_could_go_on(texts, ways):
    assert read(*texts) == ways


def test_only_what_is_near_a_seam_is_read_and_no_word_is_cut():
    one, other = "far away " * 100 + "near", "by " + "and far away" * 100
    [[seam], _] = seams_of([one, other])
    assert 2 * AROUND <= len(seam.text) < 2 * AROUND + 30
    assert seam.text.startswith(("far ", "away "))
    assert "nearby" in seam.text
    assert one.endswith(seam.text.partition("nearby")[0] + "near")


def test_a_word_is_followed_to_its_end_but_not_for_ever():
    [[long], _] = seams_of(["x" * (AROUND + 50), "y"])
    [[endless], _] = seams_of(["x" * 100_000, "y"])
    assert long.text == "x" * (AROUND + 50) + "y"
    assert len(endless.text) == AROUND + LONGEST_WORD + 1


def test_seams_that_are_near_each_other_are_read_once():
    texts = ["1234"] * 1000
    [[together], _] = seams_of(texts)
    assert together.text == "1234" * 1000
    assert len(together.pieces) == 1000


def test_seams_that_are_far_from_each_other_are_read_by_themselves():
    assert [len(way) for way in seams_of(["1", "1 " + "far away " * 100 + "1", "1"])] == [2, 2]


@pytest.mark.parametrize(
    ("span", "spans"),
    [
        ((3, 12), [("my 4111", 3, 7), ("1111 ok", 0, 4)]),
        ((3, 7), [("my 4111", 3, 7)]),
        ((7, 8), []),
        ((8, 12), [("1111 ok", 0, 4)]),
    ],
)
def test_a_stretch_is_told_as_stretches_of_the_texts_it_came_from(span, spans):
    _, [seam] = seams_of(["my 4111", "1111 ok"])
    assert seam.text == "my 4111 1111 ok"
    assert list(seam.spans(*span)) == spans


@given(st.lists(WORDS, max_size=8))
def test_every_piece_is_where_it_says(texts):
    for way in seams_of(texts):
        covered = 0
        for seam in way:
            for piece in seam.pieces:
                told = piece.text[piece.start : piece.end]
                assert told
                assert piece.text in texts
                assert seam.text[piece.at : piece.at + len(told)] == told
                assert list(seam.spans(piece.at, piece.at + len(told))) == [(piece.text, piece.start, piece.end)]
            covered += sum(piece.end - piece.start for piece in seam.pieces)
        assert covered <= sum(map(len, texts))
