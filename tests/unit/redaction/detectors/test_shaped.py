"""Forms are found between any neighbours, and nowhere inside something longer."""

import pytest

from sallyport.redaction.detectors.shaped import Shaped
from sallyport.redaction.scheme import Scheme

SHAPED = Shaped([Scheme("NATIONAL_ID", ("99-99", "99-99 A"), lambda written: written != "00-00", 0.9)])


def read(text):
    return [text[f.start : f.end] for f in SHAPED.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12-34", ["12-34"]),
        ("in 12-34, a", ["12-34"]),
        ("12-34 b!", ["12-34 b"]),
        ("x,12-34;56-78", ["12-34", "56-78"]),
    ],
)
def test_the_longest_form_is_found(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize("text", ["112-34", "12-345", "a12-34", "12-34-5", "$12-34", "1.12-34", "00-00", "order 12-34"])
def test_leaves(text):
    assert read(text) == []


def test_a_form_that_nothing_can_begin_is_refused():
    with pytest.raises(ValueError, match="begins with neither"):
        Shaped([Scheme("NATIONAL_ID", ("(99)",), bool)])
