"""sallyport.redaction.linear: which patterns no text can make slow."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.redaction.linear import LONGEST, MOST_STEPS, check_together, steps


@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        ("EMP-[0-9]{6}", 10),
        (r"(?<!\d)[0-9]{6}(?!\d)", 8),
        (r"\bfalcon\b", 8),
        ("(?i)project (?:falcon|eagle|owl)", 22),
        ("[A-Z]{2,3}-?[0-9]{4}", 21),
        ("[a-z0-9._-]{1,32}@acme[.]example", 448),
        ("(?>a{1,30})b{1,20}c", 70),
        ("a{1,30}+b{1,20}c", 70),
        ("(?:ab?){3}", 14),
    ],
)
def test_a_pattern_that_is_bounded_everywhere_passes(pattern, most):
    assert steps(pattern) == most


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("a+", "no upper bound"),
        ("x[a-z]*", "no upper bound"),
        ("a{3,}", "no upper bound"),
        ("(?:a{1,9}){1,9}b", "more than"),
        ("(a|aa){1,20}b", "more than"),
        ("a{1,100}b{1,100}", "more than"),
        ("a{1,9999}", "no upper bound"),
        (r"(\w)\1", "refers back"),
        (r"(?P<a>\w)(?P=a)", "refers back"),
        (r"(a)?b(?(1)c|d)", "refers back"),
        ("a?", "empty text"),
        ("(?:)", "empty text"),
        ("", "empty text"),
        (r"\b", "empty text"),
        ("(", "no regular expression"),
        ("a**", "no regular expression"),
        ("a" * (LONGEST + 1), "too long"),
    ],
)
def test_a_pattern_that_some_text_could_make_slow_does_not(pattern, why):
    with pytest.raises(ValueError, match=why):
        steps(pattern)


def test_all_patterns_of_a_policy_share_what_they_may_take():
    check_together(["[a-z]{400}"] * 2)
    with pytest.raises(ValueError, match="may take 1200 steps"):
        check_together(["[a-z]{400}"] * 3)


PIECES = st.recursive(
    st.sampled_from(["a", "b", "[ab]", ".", "ab", "a{0,3}", "b{1,5}", "a??"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: f"(?:{'|'.join(each)})"),
        inner.map(lambda each: f"(?:{each}){{1,3}}"),
    ),
    max_leaves=8,
)


def tries(pattern, text):
    """How many ways there are to match at the beginning, counted by matching with every end in turn."""
    return sum(re.compile(f"(?:{pattern})(?<=^.{{{end}}})", re.DOTALL).match(text) is not None for end in range(12))


@given(PIECES)
@settings(max_examples=60)
def test_what_is_counted_is_never_less_than_the_ways_there_are(pattern):
    try:
        most = steps(pattern)
    except ValueError:
        return
    assert most <= MOST_STEPS
    assert tries(pattern, "ababababababab") <= most


def test_the_parser_of_this_python_is_the_one_that_was_read():
    """Python's own parser is not public; a later version is to be read again before it is trusted."""
    assert sys.version_info[:2] == (3, 13)
