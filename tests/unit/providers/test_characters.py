"""providers/characters: text is made of whole characters."""

import pytest

from sallyport.providers.characters import Halves, whole


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", ""),
        ("plain \U0001f600", "plain \U0001f600"),
        ("a\ud83d", "a�"),
        ("\udc00b\ud83d", "�b�"),
    ],
)
def test_halves_are_replaced(text, made):
    assert whole(text) == made


def test_halves_of_one_stream_meet_and_those_of_others_do_not():
    halves = Halves()

    assert [halves.join("a", "x\ud83d"), halves.join("b", "\ude00"), halves.join("a", "\ude00y")] == [
        "x",
        "\ufffd",
        "\U0001f600y",
    ]


def test_a_half_that_waits_for_nothing_is_replaced():
    halves = Halves()

    assert [halves.join("a", "\ud83d"), halves.rest("a"), halves.rest("a")] == ["", "\ufffd", ""]
    assert [halves.join("a", "\ud83d"), halves.join("a", "b")] == ["", "\ufffdb"]
