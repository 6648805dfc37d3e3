"""providers/hashed: vectors that no model made."""

import math

import pytest

from sallyport.embedding import EmbeddingRequest
from sallyport.providers.hashed import DIMENSIONS, hashed
from sallyport.vectors import decode


def vectors(*texts, **fields):
    return [decode(vector) for vector in hashed(EmbeddingRequest(texts=texts, **fields), "m").vectors]


def test_the_same_text_has_the_same_vector_wherever_it_stands():
    [[one], [other, again]] = vectors("a"), vectors("b", "a")
    assert again == one
    assert other != one


@pytest.mark.parametrize("dimensions", [None, 1, 7, 1024])
def test_a_vector_is_as_long_as_was_asked_for_and_of_length_one(dimensions):
    [vector] = vectors("a text", dimensions=dimensions)
    assert len(vector) == (dimensions or DIMENSIONS)
    assert math.hypot(*vector) == pytest.approx(1, rel=1e-5)


def test_texts_are_counted():
    assert hashed(EmbeddingRequest(texts=("abc", "defg")), "m").usage.input_tokens == 3
