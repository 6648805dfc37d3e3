"""What a model must find as it was, and nothing can stand in for: names of tools, ids of their calls, and the keys and
structure of JSON schemas.
"""

import re
from collections.abc import Container, Iterator
from typing import Any

from sallyport.asking import Request
from sallyport.conversation import ChatRequest, ToolCall, ToolResult

_MAY_HOLD_A_VALUE = re.compile(r"@|[0-9][^0-9]*[0-9][^0-9]*[0-9]|(?=[A-Za-z]{0,15}[0-9])[A-Za-z0-9]{16}")
_MAY_BE_A_VALUE = re.compile(r"@|[0-9]{8}|^[A-Z]{2}[0-9]{2}")
"""An id is drawn by chance and has digits; a value that somebody put there has more of them in a row."""


def fixed_names(request: Request, known: Container[str]) -> list[tuple[str, ...]]:
    """Those in which a value could be, each once, but those that are `known`: as they are, and in words."""
    if not isinstance(request, ChatRequest):
        return []
    names = {name: None for name in _names(request) if _MAY_HOLD_A_VALUE.search(name) and name not in known}
    ids = {each: None for each in _ids(request) if _MAY_BE_A_VALUE.search(each)}
    return [*((name, name.replace("_", " ")) if "_" in name else (name,) for name in names), *((each,) for each in ids)]


def _names(request: ChatRequest) -> Iterator[str]:
    for tool in request.tools:
        yield tool.name
        yield from _words(tool.parameters)
    if request.tool_choice is not None and request.tool_choice.name:
        yield request.tool_choice.name
    if request.response_format is not None:
        yield request.response_format.name or ""
        yield from _words(request.response_format.json_schema)
    for turn in request.turns:
        yield from (block.name for block in turn.blocks if isinstance(block, ToolCall))


def _ids(request: ChatRequest) -> Iterator[str]:
    for turn in request.turns:
        for block in turn.blocks:
            if isinstance(block, ToolCall):
                yield block.id
            elif isinstance(block, ToolResult):
                yield block.tool_call_id


def _words(schema: Any) -> Iterator[str]:
    """Of a schema, its prose too, which is known already."""
    match schema:
        case str():
            yield schema
        case dict():
            for key, value in schema.items():
                yield key
                yield from _words(value)
        case list():
            for value in schema:
                yield from _words(value)
