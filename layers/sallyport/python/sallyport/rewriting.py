"""Every text of a request or an answer, reached and replaced: the one place that knows where text can hide."""

import json
import re
from collections.abc import Callable
from typing import Any

from sallyport.asking import Request
from sallyport.conversation import (
    Audio,
    Block,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import InvalidRequestError
from sallyport.seals import holds, opened

# Keywords of JSON Schema 2020-12 and older drafts whose values are structure, which must stay as it is; those that map
# names to schemas; and those that hold schemas. Whatever else a schema says is prose, a value or an example.
_SCHEMA_STRUCTURE = frozenset(
    {
        "$anchor", "$dynamicAnchor", "$dynamicRef", "$id", "$recursiveAnchor", "$recursiveRef", "$ref", "$schema",
        "$vocabulary", "contentEncoding", "contentMediaType", "dependentRequired", "format", "id", "pattern",
        "required", "type",
    }
)  # fmt: skip
_MAPS_OF_STRUCTURE = frozenset({"$vocabulary", "dependentRequired"})
_SCHEMAS_BY_NAME = frozenset(
    {"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)
_SCHEMAS = frozenset(
    {
        "additionalItems", "additionalProperties", "allOf", "anyOf", "contains", "contentSchema", "else", "if", "items",
        "not", "oneOf", "prefixItems", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

type Rewrite = Callable[[str], str]


def rewrite[Asked: Request](request: Asked, text: Rewrite, arguments: Rewrite, sealed: Rewrite) -> Asked:
    """The same request with every text passed through `text`, and tool call arguments (JSON) through `arguments`.

    What a provider signed or encrypted passes through `sealed`: a client can write into it whatever it likes, and a
    provider takes it back only byte for byte. So when that is not what comes of it, its seal is left out.
    """
    own = _texts(request, text) if isinstance(request, EmbeddingRequest) else _chat(request, text, arguments, sealed)
    return request.model_copy(  # type: ignore[return-value]  # a copy is of the same kind, which mypy forgets here
        update={**own, "user": request.user and text(request.user), "extras": _values(request.extras, text)}
    )


def rewrite_blocks(
    blocks: tuple[Block, ...], text: Rewrite, arguments: Rewrite, sealed: Rewrite | None = None
) -> tuple[Block, ...]:
    """The same blocks with their texts rewritten; images, documents and audio are left as they are.

    So is what is sealed, unless `sealed` rewrites it: an answer's is for its provider alone.
    """
    return tuple(_block(block, text, arguments, sealed) for block in blocks)


def rewrite_json(document: str, text: Rewrite) -> str:
    """JSON text with its strings, keys too, rewritten; what is no JSON is rewritten whole.

    Raise InvalidRequestError for JSON that is nested too deeply to be read: an escaped text in it would pass unseen.
    """
    try:
        return _rewrite_json(document, text)
    except RecursionError:
        raise InvalidRequestError("The arguments of a tool call are nested too deeply.", param="messages") from None


def uninspected(request: Request) -> int:
    """How many images, documents and sounds the request carries, inside tool results too."""
    if isinstance(request, EmbeddingRequest):
        return 0
    blocks = [block for turn in request.turns for block in turn.blocks]
    blocks += [inner for block in blocks if isinstance(block, ToolResult) for inner in block.content]
    return sum(isinstance(block, Image | Document | Audio) for block in blocks)


def side_by_side(request: Request) -> list[tuple[str, ...]]:
    """The texts of each message and tool result that has several, none of them empty; each such list once."""
    if isinstance(request, EmbeddingRequest):
        return []
    groups = [turn.blocks for turn in request.turns]
    groups += [block.content for blocks in groups for block in blocks if isinstance(block, ToolResult)]
    several = (
        tuple(block.text for block in blocks if isinstance(block, Text | Refusal) and block.text)
        for blocks in groups
        if len(blocks) > 1
    )
    return list(dict.fromkeys(texts for texts in several if len(texts) > 1))


def _texts(request: EmbeddingRequest, text: Rewrite) -> dict[str, Any]:
    return {"texts": tuple(map(text, request.texts))}


def _chat(request: ChatRequest, text: Rewrite, arguments: Rewrite, sealed: Rewrite) -> dict[str, Any]:
    return {
        "turns": tuple(
            turn.model_copy(
                update={
                    "blocks": rewrite_blocks(turn.blocks, text, arguments, sealed),
                    "name": turn.name and text(turn.name),
                }
            )
            for turn in request.turns
        ),
        "tools": tuple(_tool(tool, text) for tool in request.tools),
        "stop": tuple(text(stop) for stop in request.stop),
        "response_format": request.response_format and _format(request.response_format, text),
        "metadata": request.metadata and _values(request.metadata, text),
        "logit_bias": request.logit_bias and _values(request.logit_bias, text),
    }


def _rewrite_json(document: str, text: Rewrite) -> str:
    repeated = False

    def last_counts(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        read = dict(pairs)
        repeated = repeated or len(read) < len(pairs)
        return read

    try:
        value = json.loads(document, object_pairs_hook=last_counts)
    except ValueError:
        return text(document)
    rewritten = _values(value, text)
    if rewritten == value and not repeated:
        return document
    # What a repeated key hides was not looked at, so it goes. Half of a surrogate pair is text only as an escape.
    whole = json.dumps(rewritten, ensure_ascii=False)
    return json.dumps(rewritten) if _HALF_CHARACTER.search(whole) else whole


def _block(block: Block, text: Rewrite, arguments: Rewrite, sealed: Rewrite | None) -> Block:
    match block:
        case Text() | Refusal():
            return block.model_copy(update={"text": text(block.text)})
        case Reasoning():
            return _reasoning(block, text, sealed)
        case ToolCall():
            return block.model_copy(update={"arguments": arguments(block.arguments)})
        case ToolResult():
            return block.model_copy(update={"content": rewrite_blocks(block.content, text, arguments, sealed)})
        case Document() if block.name:
            return block.model_copy(update={"name": text(block.name)})
        case _:
            return block


def _reasoning(block: Reasoning, text: Rewrite, sealed: Rewrite | None) -> Reasoning:
    if sealed is None:
        return block if block.signature is not None else block.model_copy(update={"text": text(block.text)})
    written, signature, redacted = block.text, block.signature, block.redacted
    if signature is None:
        written = text(written)
    else:
        written, signature = _signed(written, signature, sealed)
    if redacted is not None and sealed(redacted) != redacted:
        redacted = None
    return block.model_copy(update={"text": written, "signature": signature, "redacted": redacted})


def _signed(thought: str, signature: str, sealed: Rewrite) -> tuple[str, str | None]:
    """The thought rewritten, and the provider's signature if it is again what was signed."""
    digest, signature = opened(signature)
    written, genuine = sealed(thought), sealed(signature) == signature
    valid = written == thought if digest is None else holds(digest, written)
    return written, signature if genuine and valid else None


def _tool(tool: Tool, text: Rewrite) -> Tool:
    return tool.model_copy(
        update={
            "description": tool.description and text(tool.description),
            "parameters": tool.parameters and _schema(tool.parameters, text),
        }
    )


def _format(response: ResponseFormat, text: Rewrite) -> ResponseFormat:
    return response.model_copy(
        update={
            "description": response.description and text(response.description),
            "json_schema": response.json_schema and _schema(response.json_schema, text),
        }
    )


def _schema(schema: Any, text: Rewrite) -> Any:
    match schema:
        case dict():
            return {key: _keyword(key, value, text) for key, value in schema.items()}
        case list():
            return [_schema(value, text) for value in schema]
        case str():
            return text(schema)
        case _:
            return schema


def _keyword(keyword: str, value: Any, text: Rewrite) -> Any:
    if keyword in _SCHEMA_STRUCTURE and (keyword in _MAPS_OF_STRUCTURE or not _holds_more(value)):
        return value
    if keyword in _SCHEMAS_BY_NAME and isinstance(value, dict):
        return {name: _schema(inner, text) for name, inner in value.items()}
    if keyword in _SCHEMAS:
        return _schema(value, text)
    return _values(value, text)


def _holds_more(value: Any) -> bool:
    """Than a word or a list of words: then it is no structure, whatever it is called."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict | list) for each in value))


def _values(value: Any, text: Rewrite) -> Any:
    match value:
        case str():
            return text(value)
        case dict():
            return {text(key): _values(inner, text) for key, inner in value.items()}
        case list():
            return [_values(inner, text) for inner in value]
        case _:
            return value
