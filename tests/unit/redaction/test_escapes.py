"""Escapes, and what only looks like one."""

import pytest

from sallyport.redaction.escapes import edits


def meant(text):
    pieces, copied = [], 0
    for start, end, new in edits(text):
        pieces += (text[copied:start], new)
        copied = end
    return "".join([*pieces, text[copied:]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bob%40x.org", "bob@x.org"),
        ("bob%2540x.org", "bob@x.org"),
        ("J%C3%BCrgen", "Jürgen"),
        ("4111&nbsp;1111", "4111 1111"),
        ("bob&#64;x&#x2e;org", "bob@x.org"),
        ("a &amp;lt; b", "a < b"),
        ("bob&commat;x", "bob@x"),
        ("bob\\u0040x", "bob@x"),
        ("bob\\\\u0040x", "bob@x"),
        ("a\\x40b\\nc", "a@b\nc"),
        ("bob=40x.org=\n.uk", "bob@x.org.uk"),
        ("\\u{1f600}", "\U0001f600"),
    ],
)
def test_an_escape_is_read_as_what_it_stands_for(text, expected):
    assert meant(text) == expected


@pytest.mark.parametrize(
    "text",
    ["100% of it", "50%ab", "%FF%FE", "a=1&b=2", "&nosuch;", "C:\\dir", "\\ud800", "\\u0000", "x=10 y=A0", "%00"],
)
def test_what_stands_for_nothing_readable_is_left(text):
    assert meant(text) == text
