"""Our vectors as OpenAI's list, written as it goes on the wire: a request can ask for three million numbers."""

from typing import Any

from pydantic import TypeAdapter

from sallyport.dialects.openai_embeddings.parse import EncodingFormat
from sallyport.embedding import EmbeddingAnswer
from sallyport.vectors import decode

# Compiled, and ten times as fast with numbers as `json`.
_LIST: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def render(answer: EmbeddingAnswer, *, encoding_format: EncodingFormat, sallyport: dict[str, Any]) -> bytes:
    """A CreateEmbeddingResponse in JSON. `sallyport` is our own account."""
    in_digits = encoding_format == "float"
    tokens = answer.usage.input_tokens
    return _LIST.dump_json(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": decode(vector) if in_digits else vector}
                for index, vector in enumerate(answer.vectors)
            ],
            "model": answer.model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            "sallyport": sallyport,
        }
    )
