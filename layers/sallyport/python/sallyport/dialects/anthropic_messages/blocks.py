"""The content blocks of a message, each as the blocks that every provider knows.

Documents in words and search results become texts, where redaction can read them; their titles go before them. Of a
block's other fields, those that mark it for a cache are kept, and citations of earlier answers are not.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sallyport.conversation import (
    Block,
    CacheTtl,
    Document,
    Image,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from sallyport.dialects import fields
from sallyport.dialects.marks import cache_ttl

type Fields = dict[str, Any]

_NO_FILES = "must be of another type: the gateway keeps no files. Send the content itself."


def content(value: Any, path: str, allowed: tuple[str, ...]) -> tuple[Block, ...]:
    """The blocks of a `content`, a string or an array of blocks of the `allowed` types."""
    if isinstance(value, str):
        return (Text(text=value),)
    if not isinstance(value, list):
        raise fields.wrong_type(value, path, "a string or an array of blocks")
    return tuple(made for index, each in enumerate(value) for made in _blocks(each, f"{path}.{index}", allowed))


def texts(value: Any, path: str) -> tuple[Text, ...]:
    """Like `content`, where the API takes nothing but text."""
    return tuple(block for block in content(value, path, ("text",)) if isinstance(block, Text))


def _blocks(value: Any, path: str, allowed: tuple[str, ...]) -> tuple[Block, ...]:
    block = fields.mapping(value, path)
    kind = fields.required(block, "type", fields.text, path)
    if kind not in allowed:
        raise fields.refuse(f"{path}.type", f"must be one of {', '.join(allowed)} here.")
    ttl = cache_ttl(block, path)
    made = _READERS[kind](block, path)
    if ttl is not None:
        made = _marked(made, ttl, path)
    return made


def _marked(blocks: tuple[Block, ...], ttl: CacheTtl, path: str) -> tuple[Block, ...]:
    """What one block became is remembered as a whole, so its last part carries the mark."""
    if not blocks or isinstance(blocks[-1], Reasoning):
        raise fields.refuse(f"{path}.cache_control", "is not possible on this block. Mark the next one.")
    return *blocks[:-1], blocks[-1].model_copy(update={"cache": ttl})


def _text(block: Fields, path: str) -> tuple[Block, ...]:
    fields.optional(block, "citations", fields.items, path)
    return (Text(text=fields.required(block, "text", fields.text, path)),)


def _image(block: Fields, path: str) -> tuple[Block, ...]:
    source = fields.required(block, "source", fields.mapping, path)
    path = f"{path}.source"
    match fields.required(source, "type", fields.text, path):
        case "base64":
            media_type, data = _data(source, path)
            return (Image(media_type=media_type, data=data),)
        case "url":
            return (Image(url=fields.required(source, "url", fields.web_address, path), url_field=f"{path}.url"),)
        case "file":
            raise fields.refuse(f"{path}.type", _NO_FILES)
        case _:
            raise fields.refuse(f"{path}.type", "must be base64 or url.")


def _document(block: Fields, path: str) -> tuple[Block, ...]:
    _no_citations(block, path)
    title = fields.optional(block, "title", fields.text, path)
    context = fields.optional(block, "context", fields.text, path)
    source = fields.required(block, "source", fields.mapping, path)
    inner = f"{path}.source"
    match fields.required(source, "type", fields.text, inner):
        case "base64":
            media_type, data = _data(source, inner)
            return *_words(context), Document(name=title or None, media_type=media_type, data=data)
        case "url":
            url = fields.required(source, "url", fields.web_address, inner)
            return *_words(context), Document(name=title or None, url=url, url_field=f"{inner}.url")
        case "text":
            fields.required(source, "media_type", fields.one_of(("text/plain",)), inner)
            data = fields.required(source, "data", fields.text, inner)
            return *_words(title, context), Text(text=data)
        case "content":
            parts = content(source.get("content"), f"{inner}.content", ("text", "image"))
            return *_words(title, context), *parts
        case "file":
            raise fields.refuse(f"{inner}.type", _NO_FILES)
        case _:
            raise fields.refuse(f"{inner}.type", "must be base64, url, text or content.")


def _search_result(block: Fields, path: str) -> tuple[Block, ...]:
    _no_citations(block, path)
    source = fields.required(block, "source", fields.text, path)
    title = fields.required(block, "title", fields.text, path)
    found = fields.required(block, "content", fields.items, path)
    return *_words(title, source), *texts(found, f"{path}.content")


def _thinking(block: Fields, path: str) -> tuple[Block, ...]:
    """An empty signature is how we tell thoughts that no provider signed."""
    thought = fields.required(block, "thinking", fields.text, path)
    signature = fields.required(block, "signature", fields.text, path)
    return (Reasoning(text=thought, signature=signature or None),)


def _redacted_thinking(block: Fields, path: str) -> tuple[Block, ...]:
    return (Reasoning(redacted=fields.required(block, "data", fields.base64, path)),)


def _tool_use(block: Fields, path: str) -> tuple[Block, ...]:
    arguments = fields.required(block, "input", fields.mapping, path)
    return (
        ToolCall(
            id=fields.required(block, "id", fields.filled_text, path),
            name=fields.required(block, "name", fields.filled_text, path),
            arguments=json.dumps(arguments, ensure_ascii=False),
        ),
    )


def _tool_result(block: Fields, path: str) -> tuple[Block, ...]:
    """A document in a result follows it: few providers take one inside."""
    call = fields.required(block, "tool_use_id", fields.filled_text, path)
    is_error = bool(fields.optional(block, "is_error", fields.boolean, path))
    sent = block.get("content")
    allowed = ("text", "image", "document", "search_result")
    inside = content(sent, f"{path}.content", allowed) if sent is not None else ()
    told = tuple(each for each in inside if isinstance(each, Text | Image))
    documents = tuple(each for each in inside if isinstance(each, Document))
    return ToolResult(tool_call_id=call, content=told, is_error=is_error), *documents


def _data(source: Fields, path: str) -> tuple[str, str]:
    media_type: str = fields.required(source, "media_type", fields.filled_text, path)
    return media_type.strip().lower(), fields.required(source, "data", fields.base64, path)


def _words(*words: str | None) -> tuple[Text, ...]:
    return tuple(Text(text=each) for each in words if each)


def _no_citations(block: Fields, path: str) -> None:
    citations = fields.optional(block, "citations", fields.mapping, path)
    if citations and fields.optional(citations, "enabled", fields.boolean, f"{path}.citations"):
        raise fields.refuse(f"{path}.citations.enabled", "must be false: the gateway passes no citations on.")


_READERS: Mapping[str, Callable[[Fields, str], tuple[Block, ...]]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "search_result": _search_result,
    "thinking": _thinking,
    "redacted_thinking": _redacted_thinking,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
}
