"""Normalisation keeps a way back to every character of the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.redaction.normalise import normalise


@pytest.mark.parametrize(
    ("original", "read"),
    [
        ("plain ASCII", "plain ASCII"),
        ("déjà vu", "déjà vu"),
        ("\uff11\uff12", "12"),
        ("\u0661\u0662", "12"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("a\u00a0b\u2009c", "a b c"),
        ("1\u20112\u20133\u22124", "1-2-3-4"),
        ("\u201cx\u201d \u2018y\u2019", "\"x\" 'y'"),
        ("\ufb01n\u2026", "fin..."),
        ("\U0001d41a\uff20", "a@"),
        ("\u0130", "I"),
        ("日本語", "日本語"),
        ("ok\ufe0f", "ok"),
    ],
)
def test_reads_as_ascii_what_looks_like_it(original, read):
    assert normalise(original).text == read


def test_ascii_and_unchanged_text_need_no_map():
    assert normalise("plain").origin is None
    assert normalise("déjà vu").origin is None
    assert normalise("\uff11").origin is None


@given(st.text(alphabet=st.sampled_from("a1é\u200b\uff11\u2026\ufb01\u00a0\u0130日")))
def test_every_span_leads_back_to_characters_that_read_the_same(original):
    reading = normalise(original)
    assert len(reading.text.lower()) == len(reading.text)
    for at in range(len(reading.text)):
        start, end = reading.original_span(at, at + 1)
        assert end == start + 1
        assert reading.text[at] in normalise(original[start:end]).text
