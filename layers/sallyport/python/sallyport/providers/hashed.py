"""Vectors that no model made: the same for the same text, of length 1, and without meaning."""

import hashlib
import math
import struct

from sallyport.attempts import Usage
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.tokens import estimate
from sallyport.vectors import encode

DIMENSIONS = 256
"""Unless the request says how many."""


def hashed(request: EmbeddingRequest, model: str) -> EmbeddingAnswer:
    """One vector a text, from its SHAKE-256 digest. Texts that are alike have vectors that are not."""
    dimensions = request.dimensions or DIMENSIONS
    return EmbeddingAnswer(
        model=model,
        vectors=tuple(_vector(text, dimensions) for text in request.texts),
        usage=Usage(input_tokens=estimate(request), output_tokens=0),
    )


def _vector(text: str, dimensions: int) -> str:
    digest = hashlib.shake_256(text.encode()).digest(4 * dimensions)
    # Odd numbers, so that no vector is nothing but zeros.
    numbers = [2 * number + 1 for number in struct.unpack(f"<{dimensions}i", digest)]
    length = math.hypot(*numbers)
    return encode([number / length for number in numbers])
