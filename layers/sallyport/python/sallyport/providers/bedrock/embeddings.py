"""Models on Bedrock that embed, by InvokeModel: each family has a form of its own.

Titan: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
Cohere: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sallyport.attempts import Unmet
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import ProviderDeniedError, ProviderReplyError
from sallyport.providers.embedded import Embedded, left_out_of_embedding, parts_of, whole
from sallyport.providers.parallel import in_parallel
from sallyport.providers.refusal import refused
from sallyport.routing import Target
from sallyport.vectors import encode

TOKENS_HEADER = "x-amzn-bedrock-input-token-count"

_PURPOSES = ("search_document", "search_query", "classification", "clustering")
"""What Cohere makes a vector for. It is no field of OpenAI's, but its SDK sends what it is told to."""


@dataclass(frozen=True, slots=True)
class Form:
    """`sizes` are the dimensions to choose from; none where there is no choice."""

    texts_per_call: int
    sizes: tuple[int, ...]
    cohere: bool


_FORMS: Mapping[str, Form] = {
    "amazon.titan-embed-text-v2": Form(1, (1024, 512, 256), cohere=False),
    "amazon.titan-embed-text-v1": Form(1, (), cohere=False),
    "amazon.titan-embed-g1-text": Form(1, (), cohere=False),
    "cohere.embed-v4": Form(96, (1536, 1024, 512, 256), cohere=True),
    "cohere.embed-english-v3": Form(96, (), cohere=True),
    "cohere.embed-multilingual-v3": Form(96, (), cohere=True),
}
"""By what the id of a model, or of an inference profile, has in it."""

type Invoke = Callable[[dict[str, Any], float], tuple[bytes, Mapping[str, str]]]
"""Sends a body to the model; the reply's body, and its headers in lower case, within so many seconds."""


def embed(invoke: Invoke, request: EmbeddingRequest, target: Target, timeout: float) -> EmbeddingAnswer:
    form = form_of(target.known_model)
    check(request, form)
    parts = parts_of(request.texts, min(target.texts_per_call or form.texts_per_call, form.texts_per_call))

    def ask(texts: tuple[str, ...], seconds: float) -> Embedded:
        return read(*invoke(build(request, texts, form), seconds), target)

    return whole(request, parts, in_parallel(ask, parts, timeout))


def form_of(model: str) -> Form:
    """Raise ProviderDeniedError for a model whose form nobody wrote down."""
    for name, form in _FORMS.items():
        if name in model:
            return form
    raise ProviderDeniedError(
        "The target's model is none that the gateway can ask for vectors on Bedrock. Those are Titan Text Embeddings "
        "and Cohere Embed, by their own id or an inference profile's."
    )


def check(request: EmbeddingRequest, form: Form) -> None:
    """Raise ProviderRejectedError for what cannot be honoured."""
    if request.dimensions is not None and request.dimensions not in form.sizes:
        choice = (
            f"It has {', '.join(map(str, form.sizes))}." if form.sizes else "Its vectors have one size. Leave it out."
        )
        raise refused("dimensions", choice)
    if form.cohere and request.extras.get("input_type", "search_document") not in _PURPOSES:
        raise refused("input_type", f"It has {', '.join(_PURPOSES)}.")


def unmet(request: EmbeddingRequest, target: Target) -> tuple[Unmet, ...]:
    """What was asked for and left out."""
    return left_out_of_embedding(request, mapped=("input_type",) if form_of(target.known_model).cohere else ())


def build(request: EmbeddingRequest, texts: tuple[str, ...], form: Form) -> dict[str, Any]:
    """The body for the texts of one call. A text that is too long is refused rather than cut, without a word."""
    if not form.cohere:
        size = {"dimensions": request.dimensions} if request.dimensions is not None else {}
        return {"inputText": texts[0], **size}
    size = {"output_dimension": request.dimensions} if request.dimensions is not None else {}
    purpose = request.extras.get("input_type", "search_document")
    return {"texts": list(texts), "input_type": purpose, "truncate": "NONE", "embedding_types": ["float"], **size}


def read(body: bytes, headers: Mapping[str, str], target: Target) -> Embedded:
    """Raise ProviderReplyError for what is no reply of either family."""
    try:
        said = json.loads(body)
        counted = headers.get(TOKENS_HEADER, said.get("inputTextTokenCount"))
        return Embedded(
            vectors=tuple(map(encode, _vectors(said))),
            tokens=None if counted is None else _count(int(counted)),
            model=target.model,
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # Their messages quote the reply.
        raise ProviderReplyError("Bedrock's reply is no embeddings. Try again.") from None


def _vectors(said: Mapping[str, Any]) -> list[list[float]]:
    match said:
        case {"embedding": list(one)}:
            return [one]
        case {"embeddings": {"float": list(several)}} | {"embeddings": list(several)}:
            return several
        case _:
            raise ValueError


def _count(tokens: int) -> int:
    if not 0 <= tokens < 2**31:
        raise ValueError
    return tokens
