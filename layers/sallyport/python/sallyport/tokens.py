"""How many tokens a request takes, guessed before a provider counts: for limits and reservations.

Bills have what the provider counted; a guess, marked as one, only for a stream that broke before it was counted.

Three bytes of UTF-8 count as a token. OpenAI's rule of thumb is four characters of English; newer tokenizers make up to
a third more tokens of the same text, and Chinese or Japanese takes about one a character, which is three bytes. So the
guess is on the high side for prose, and a reservation is rather too large than too small.
"""

import json
from typing import Any, assert_never

from sallyport.asking import Request
from sallyport.conversation import (
    Audio,
    Block,
    ChatAnswer,
    Document,
    Image,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from sallyport.embedding import EmbeddingRequest

_BYTES_PER_TOKEN = 3
TURN_TOKENS = 4
"""Around every message: OpenAI's cookbook counts 3, and 1 more for a name."""
IMAGE_TOKENS = 1600
"""The most that Claude counts for one image (about 1.15 megapixels); GPT takes 85 to 1105 for common sizes."""
DOCUMENT_TOKENS = 3000
"""A page of a PDF at Claude is 1500 to 3000; nothing is cheaper than one page."""
_DOCUMENT_BYTES_PER_TOKEN = 25  # a page of text and its layout has some 75 KB
_AUDIO_BYTES_PER_TOKEN = 400  # GPT takes 10 tokens a second, and a second of compressed speech has 4 KB


def estimate(request: Request) -> int:
    """Input tokens of the whole request, tools and response schema included."""
    if isinstance(request, EmbeddingRequest):
        return sum(map(estimate_text, request.texts))
    turns = sum(
        TURN_TOKENS + estimate_text(turn.name or "") + sum(_block(block) for block in turn.blocks)
        for turn in request.turns
    )
    tools = sum(
        TURN_TOKENS + estimate_text(tool.name) + estimate_text(tool.description or "") + _json(tool.parameters)
        for tool in request.tools
    )
    schema = request.response_format.json_schema if request.response_format else None
    return turns + tools + _json(schema)


def estimate_answer(answer: ChatAnswer) -> int:
    """Output tokens of what a model said, however much of it came."""
    return sum(_block(block) for choice in answer.choices for block in choice.blocks)


def estimate_text(text: str) -> int:
    """Tokens of a text, rounded up; 0 for none."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def _json(value: dict[str, Any] | None) -> int:
    return estimate_text(json.dumps(value, ensure_ascii=False)) if value else 0


def _block(block: Block) -> int:
    match block:
        case Text() | Refusal():
            return estimate_text(block.text)
        case Reasoning():
            return estimate_text(block.text) + estimate_text(block.redacted or "")
        case ToolCall():
            return TURN_TOKENS + estimate_text(block.name) + estimate_text(block.arguments)
        case ToolResult():
            return TURN_TOKENS + sum(_block(inner) for inner in block.content)
        case Image():
            return IMAGE_TOKENS
        case Document():
            return max(DOCUMENT_TOKENS, _bytes(block.data or "") // _DOCUMENT_BYTES_PER_TOKEN)
        case Audio():
            return TURN_TOKENS + _bytes(block.data) // _AUDIO_BYTES_PER_TOKEN
        case _:
            assert_never(block)


def _bytes(base64: str) -> int:
    return len(base64) * 3 // 4
