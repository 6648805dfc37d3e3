"""A pattern that is compiled late matches as one compiled early."""

import re

import pytest

from sallyport.redaction.lazily import Lazily


def test_it_matches_as_re_does():
    late, early = Lazily("b+", re.IGNORECASE), re.compile("b+", re.IGNORECASE)
    text = "abBc bb"
    assert late.match(text, 1).span() == early.match(text, 1).span()
    assert late.search(text, 0, 2).span() == early.search(text, 0, 2).span()
    assert [match.span() for match in late.finditer(text)] == [match.span() for match in early.finditer(text)]


def test_nothing_is_compiled_before_it_is_used():
    broken = Lazily("(")
    with pytest.raises(re.error):
        broken.search("x")
