"""Values written apart or in words, and lists, ranges and prose."""

import pytest

from sallyport.redaction.spelled import edits


def meant(text):
    pieces, copied = [], 0
    for start, end, new in edits(text):
        pieces += (text[copied:start], new)
        copied = end
    return "".join([*pieces, text[copied:]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 1 1 1 1 1 1 1", "41111111"),
        ("1 2 3 - 4 5 - 6 7 8 9", "123-45-6789"),
        ("4-1-1-1-1-1-1-1", "41111111"),
        ("five five five, one two three four", "5551234"),
        ("plus four four twenty seven nine four six", "+4427946"),
        ("oh seven double one, triple two", "0711222"),
        ("0 seven 9 double one, 123 four 5 six", "07911123456"),
        ("pin: one two three four", "pin: 1234"),
        ("jane.doe (gmail)", "jane.doe@gmail.com"),
        ("j.smith2 at gmail", "j.smith2@gmail.com"),
        ("4lll llll llll llll", "4111 1111 1111 1111"),
        ("+44 2O 7946 O958", "+44 20 7946 0958"),
        ("bob (at) x (dot) org", "bob@x.org"),
        ("bob[at]x[.]org", "bob@x.org"),
        ("bob at mail dot x dot org", "bob@mail.x.org"),
        ("bob_at_x_dot_org", "bob@x.org"),
        ("alice @ example . org", "alice@example.org"),
        ("b o b @ x . o r g", "bob@x.org"),
        ("4111_1111_1111_1111", "4111 1111 1111 1111"),
        ("4lll 1111 1111 1111", "4111 1111 1111 1111"),
        ("3782/822463/10005", "3782 822463 10005"),
        ("123/45/6789", "123-45-6789"),
    ],
)
def test_a_value_is_put_together(text, expected):
    assert meant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3",
        "one two three go",
        "someone atones for one",
        "4111 1111 1111 1111",
        "meet at the dot",
        "3 apples @ 1.50",
        "a @ example.com",
        "a b c d",
        "(at) all",
        "2024/01/15",
        "1.5 2.5 3.5",
        "4111 | 1111 1111 - 1111",
        "one two three four",
        "it took ten, twenty, thirty or forty minutes",
        "my account (gmail) is full",
    ],
)
def test_what_is_no_value_is_left(text):
    assert meant(text) == text


def test_edits_come_in_order_and_apart():
    end = 0
    for start, stop, _ in edits("4 1 1 1 1 1 1 1, 4111_1111_1111_1111, b o b @ x . o r g, bob at x dot org"):
        assert end <= start < stop
        end = stop
