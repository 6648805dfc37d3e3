"""Excerpts lead back to the original, and cost no more than the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.redaction.excerpts import excerpts


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 5), st.sampled_from(["", "x", "xyz"])), max_size=8))
def test_every_character_leads_back_to_what_it_stands_for(wanted):
    text = "".join(chr(97 + at % 26) if at % 7 else " " for at in range(2500))
    edits, at = [], 0
    for gap, size, new in wanted:
        if at + gap + size <= len(text):
            edits.append((at + gap, at + gap + size, new))
            at += gap + size
    replaced = {start: (stop, new) for start, stop, new in edits}
    seen = set()
    for excerpt in excerpts(text, edits):
        assert len(excerpt.text) == len(excerpt.starts) == len(excerpt.ends)
        for at in range(len(excerpt.text)):
            start, end = excerpt.original_span(at, at + 1)
            if start in replaced:
                assert (end, True) == (replaced[start][0], excerpt.text[at] in replaced[start][1])
                seen.add(start)
            else:
                assert text[start:end] == excerpt.text[at]
    assert seen == {start for start, _, new in edits if new}


def test_what_is_torn_at_an_end_is_not_trusted():
    [excerpt] = excerpts("1" * 1000, [(500, 501, "2")])
    assert not excerpt.is_whole(0, 5)
    assert not excerpt.is_whole(len(excerpt.text) - 1, len(excerpt.text))
    assert excerpt.is_whole(1, 5)


@pytest.mark.parametrize("every", [1, 50, 1000])
def test_excerpts_are_not_much_longer_than_the_text(every):
    text = "a " * 20_000
    edits = [(at, at + 1, "b") for at in range(0, len(text), 2 * every)]
    assert sum(len(excerpt.text) for excerpt in excerpts(text, edits)) <= 1.1 * len(text)
