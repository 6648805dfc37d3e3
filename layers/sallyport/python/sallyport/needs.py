"""What a request needs of a model beyond words: told from its shape alone, never from what it says."""

from collections.abc import Iterator

from sallyport.conversation import Audio, Block, ChatRequest, Document, Image, ToolCall, ToolResult
from sallyport.message import Capability


def needs_of(request: ChatRequest) -> tuple[Capability, ...]:
    """In the order of their names, each once."""
    found: set[Capability] = {need for turn in request.turns for block in turn.blocks for need in _of(block)}
    if request.tools:
        found.add("tools")
    if request.response_format is not None and request.response_format.type == "json_schema":
        found.add("json_schema")
    return tuple(sorted(found))


def _of(block: Block) -> Iterator[Capability]:
    match block:
        case Image():
            yield "vision"
        case Document():
            yield "documents"
        case Audio():
            yield "audio"
        case ToolCall():
            yield "tools"
        case ToolResult():
            yield "tools"
            for inner in block.content:
                yield from _of(inner)
