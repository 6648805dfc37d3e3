"""providers/characters: text is made of whole characters."""

import pytest

from sallyport.providers.characters import whole


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
