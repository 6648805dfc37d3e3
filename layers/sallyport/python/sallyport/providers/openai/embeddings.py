"""`/embeddings` of an OpenAI-compatible server: our texts as its bodies, its replies as our vectors.

It is always asked for base64, which takes a quarter of the bytes and an eighth of the time of digits. Servers that do
not know it send lists, and are understood.
"""

import json
from collections.abc import Callable
from typing import Any

from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import ProviderReplyError
from sallyport.providers.characters import whole as whole_text
from sallyport.providers.embedded import Embedded, parts_of, whole
from sallyport.providers.openai.read import MOST_OF_A_NAME, text_of, usage_of
from sallyport.providers.parallel import in_parallel
from sallyport.routing import Target
from sallyport.vectors import decode, encode

TEXTS_PER_CALL = 512
"""OpenAI takes 2048. So many at 3072 numbers each are 8 MB, and the next ones are asked for meanwhile."""

TOKENS_PER_CALL = 250_000
"""OpenAI takes 300 000 in one request, and our estimate may be on the low side."""

type Post = Callable[[dict[str, Any], float], bytes]
"""Sends a body, and returns the reply within so many seconds."""


def embed(post: Post, request: EmbeddingRequest, target: Target, timeout: float) -> EmbeddingAnswer:
    parts = parts_of(request.texts, target.texts_per_call or TEXTS_PER_CALL, TOKENS_PER_CALL)

    def ask(texts: tuple[str, ...], seconds: float) -> Embedded:
        return read(post(build(request, texts, target), seconds), len(texts), target)

    return whole(request, parts, in_parallel(ask, parts, timeout))


def build(request: EmbeddingRequest, texts: tuple[str, ...], target: Target) -> dict[str, Any]:
    """The JSON body for some of the texts. `extras` never override the rest."""
    body: dict[str, Any] = dict(request.extras)
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    if request.user is not None:
        body["user"] = request.user
    return body | {"model": target.model, "input": list(texts), "encoding_format": "base64"}


def read(reply: bytes, count: int, target: Target) -> Embedded:
    """Raise ProviderReplyError for what are not `count` embeddings."""
    try:
        said = json.loads(reply)
        usage = usage_of(said.get("usage"))
        vectors = {
            place if data.get("index") is None else data["index"]: _vector(data["embedding"])
            for place, data in enumerate(said["data"])
        }
        return Embedded(
            vectors=tuple(vectors[index] for index in range(count)),
            tokens=usage.input_tokens if usage else None,
            model=whole_text(text_of(said.get("model")))[:MOST_OF_A_NAME] or target.model,
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # Their messages quote the reply.
        raise ProviderReplyError("The provider's reply is no embeddings. Check the target's base_url.") from None


def _vector(embedding: Any) -> str:
    if isinstance(embedding, str):
        decode(embedding)
        return embedding
    return encode(embedding)
