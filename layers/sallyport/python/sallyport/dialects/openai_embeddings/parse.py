"""An embeddings body as our request. A field nobody here knows is kept in `extras`."""

from dataclasses import dataclass
from typing import Any, Literal

from sallyport.dialects import fields
from sallyport.dialects.body import read_object
from sallyport.embedding import MOST_VECTOR_BYTES, EmbeddingRequest, fits

MOST_TEXTS = 2048
"""OpenAI's own limit, so that what fits there fits here."""

_DIMENSIONS = fields.integer(1, 65_536)
_KNOWN = frozenset({"model", "input", "encoding_format", "dimensions", "user"})

type EncodingFormat = Literal["float", "base64"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """`model` is the alias asked for."""

    request: EmbeddingRequest
    model: str
    encoding_format: EncodingFormat = "float"


def parse(body: bytes) -> Parsed:
    """Raise InvalidRequestError (`param` names the field), or ModelNotFoundError for a name no alias can have."""
    sent = read_object(body)
    model = fields.required(sent, "model", fields.filled_text)
    request = EmbeddingRequest(
        texts=fields.required(sent, "input", _texts),
        dimensions=fields.optional(sent, "dimensions", _DIMENSIONS),
        user=fields.optional(sent, "user", fields.text),
        extras=fields.without(sent, _KNOWN),
    )
    if request.dimensions is not None and not fits(len(request.texts), request.dimensions):
        most = MOST_VECTOR_BYTES // 4 // request.dimensions
        raise fields.refuse("input", f"must have at most {most} texts for vectors of so many dimensions.")
    encoding_format = fields.optional(sent, "encoding_format", fields.one_of(("float", "base64")))
    return Parsed(request, fields.alias(model), encoding_format or "float")


def _texts(value: Any, path: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (fields.filled_text(value, path),)
    if not isinstance(value, list):
        raise fields.wrong_type(value, path, "a string or an array of strings")
    if not value:
        raise fields.refuse(path, "must not be empty.")
    if len(value) > MOST_TEXTS:
        raise fields.refuse(path, f"must have at most {MOST_TEXTS} texts. Send the rest in another request.")
    return tuple(_text(each, f"{path}[{index}]", path) for index, each in enumerate(value))


def _text(value: Any, path: str, whole: str) -> str:
    if isinstance(value, int | list) and not isinstance(value, bool):
        raise fields.refuse(
            whole,
            "must be text, not tokens: the gateway has to search for personal data in what it passes on. "
            "LangChain's OpenAIEmbeddings sends text with check_embedding_ctx_length=False.",
        )
    return str(fields.filled_text(value, path))
