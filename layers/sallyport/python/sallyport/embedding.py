"""Texts that become vectors: the one canonical request and answer. Dialects and providers build them and read them.

A field that can hold text must be reached by `sallyport.rewriting`.
"""

from typing import Any

from pydantic import PositiveInt

from sallyport.attempts import Usage
from sallyport.message import Message

MOST_VECTOR_BYTES = 16 * 1024 * 1024
"""Of one answer's vectors, at four bytes a number: 1000 texts, as frameworks send them, at 3072 numbers have 12 MB.

Infer takes six times as much to seal them, and has 256 MB."""


def fits(texts: int, dimensions: int) -> bool:
    """Whether so many vectors can be passed on in one answer."""
    return texts * dimensions * 4 <= MOST_VECTOR_BYTES


class EmbeddingRequest(Message):
    """`dimensions` is how many numbers a vector shall have. `extras` are fields that only a provider may understand.

    `drill` is that of a `ChatRequest`.
    """

    texts: tuple[str, ...]
    dimensions: PositiveInt | None = None
    user: str | None = None
    extras: dict[str, Any] = {}
    drill: str | None = None


class EmbeddingAnswer(Message):
    """A vector for each text, in their order and all of one length, as `sallyport.vectors` encodes them.

    `model` is the provider's own name for what served it.
    """

    model: str
    vectors: tuple[str, ...]
    usage: Usage
