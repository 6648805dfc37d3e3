"""Our vectors as OpenAI's list, written as it goes on the wire: a request can ask for three million numbers."""

import json
from typing import Any

from pydantic import TypeAdapter

from sallyport.dialects.openai_embeddings.parse import EncodingFormat
from sallyport.embedding import EmbeddingAnswer
from sallyport.vectors import decode

# Compiled, and five times as fast with numbers as `json`.
_NUMBERS: TypeAdapter[tuple[float, ...]] = TypeAdapter(tuple[float, ...])


def render(answer: EmbeddingAnswer, *, encoding_format: EncodingFormat, sallyport: dict[str, Any]) -> bytes:
    """A CreateEmbeddingResponse in JSON. `sallyport` is our own account."""
    write = _in_digits if encoding_format == "float" else _in_base64
    tokens = answer.usage.input_tokens
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    # One vector at a time: as objects, numbers take eight times the memory of the text that they become.
    data = b",".join(
        b'{"object":"embedding","index":%d,"embedding":%b}' % (index, write(vector))
        for index, vector in enumerate(answer.vectors)
    )
    rest = json.dumps({"model": answer.model, "usage": usage, "sallyport": sallyport}, ensure_ascii=False).encode()
    return b'{"object":"list","data":[%b],%b' % (data, rest.removeprefix(b"{"))


def _in_digits(vector: str) -> bytes:
    return _NUMBERS.dump_json(decode(vector))


def _in_base64(vector: str) -> bytes:
    return b'"%b"' % vector.encode()
