"""Turns that alternate as the API's messages, block by block."""

from collections.abc import Iterable
from typing import Any

from sallyport.conversation import (
    Audio,
    Block,
    CacheTtl,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from sallyport.providers.anthropic.media import document_source, image_source
from sallyport.providers.arguments import object_of
from sallyport.providers.names import tool_name
from sallyport.providers.refusal import refused

type Content = dict[str, Any]


def cache_control(ttl: CacheTtl | None) -> Content:
    """The mark of a block; nothing of one that has none. Five minutes are the API's own default."""
    if ttl is None:
        return {}
    return {"cache_control": {"type": "ephemeral"} | ({"ttl": ttl} if ttl != "5m" else {})}


def system_blocks(request: ChatRequest) -> list[Content]:
    """All system texts, wherever they stand: older models and versions of the API take them up front alone."""
    return [
        _text(block)
        for turn in request.turns
        if turn.role is Role.SYSTEM
        for block in turn.blocks
        if isinstance(block, Text) and block.text.strip()
    ]


def messages(turns: Iterable[Turn]) -> list[Content]:
    """`turns` alternate, and none is empty. Raise ProviderRejectedError, with `param`, for a block it cannot have."""
    return [{"role": turn.role.value, "content": [_content(block) for block in turn.blocks]} for turn in turns]


def _content(block: Block) -> Content:
    match block:
        case Text():
            return _text(block)
        case Refusal():
            return {"type": "text", "text": block.text}
        case Image():
            return {"type": "image", "source": image_source(block), **cache_control(block.cache)}
        case Document():
            title = {"title": block.name} if block.name else {}
            return {"type": "document", "source": document_source(block), **title, **cache_control(block.cache)}
        case ToolCall():
            use = {"type": "tool_use", "id": block.id, "name": tool_name(block.name)}
            return use | {"input": _input(block.arguments), **cache_control(block.cache)}
        case ToolResult():
            return _result(block)
        case Reasoning():
            return _thought(block)
        case Audio():
            raise refused("input_audio", "Claude hears nothing. Send the words.")


def _text(block: Text) -> Content:
    return {"type": "text", "text": block.text, **cache_control(block.cache)}


def _input(arguments: str) -> dict[str, Any]:
    value = object_of(arguments)
    if value is None:
        raise refused("tool_calls", "The arguments of an earlier call are no JSON object.")
    return value


def _result(result: ToolResult) -> Content:
    inner = [_content(each) for each in result.content if isinstance(each, Image) or (each.text.strip())]
    content = {"content": inner} if inner else {}
    failed = {"is_error": True} if result.is_error else {}
    told = {"type": "tool_result", "tool_use_id": result.tool_call_id, **content, **failed}
    return told | cache_control(result.cache)


def _thought(block: Reasoning) -> Content:
    """Byte for byte: whatever is changed in it is refused."""
    if block.redacted is not None:
        return {"type": "redacted_thinking", "data": block.redacted}
    return {"type": "thinking", "thinking": block.text, "signature": block.signature}
