"""Turns as Converse's messages: user and assistant in turn, the user first, every call followed by its result."""

import binascii
from itertools import groupby
from typing import Any

from sallyport.conversation import (
    Audio,
    Block,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from sallyport.providers.arguments import object_of
from sallyport.providers.bedrock.cache_points import mark_of, point
from sallyport.providers.bedrock.families import Family
from sallyport.providers.bedrock.history import is_sealed
from sallyport.providers.bedrock.media import audio_block, document_block, image_block
from sallyport.providers.names import CallIds, tool_name
from sallyport.providers.refusal import refused

_OPENING = "Continue."  # where Bedrock wants a user's words and the client sent none
_NO_RESULT = "There is no result."
_LATE_RESULT = "The result of an earlier tool call:"
_SHOWN = "The result is the image that follows."
_ORDER = {"reasoningContent": 0, "toolResult": 0, "text": 1, "toolUse": 2}

type Content = dict[str, Any]


def system_blocks(request: ChatRequest, family: Family) -> list[Content]:
    """All system texts, wherever they stand: models on Bedrock take them only up front. Marked as in `messages`."""
    return [
        {"text": block.text} | (point(block.cache, family) if block.cache and "system" in family.caching else {})
        for turn in request.turns
        if turn.role is Role.SYSTEM
        for block in turn.blocks
        if isinstance(block, Text) and block.text.strip()
    ]


def messages(request: ChatRequest, family: Family) -> list[dict[str, Any]]:
    """At least one message. Blank texts are dropped: Bedrock refuses them.

    A block up to which the prompt is to be remembered carries its cachePoint, so that both keep their place.
    """
    converter = _Converter(family)
    made = [
        ("assistant" if turn.role is Role.ASSISTANT else "user", content)
        for turn in request.turns
        if turn.role is not Role.SYSTEM and (content := converter.contents(turn.blocks))
    ]
    grouped = [
        {"role": role, "content": _ordered([block for _, content in group for block in content])}
        for role, group in groupby(made, key=lambda each: each[0])
    ]
    if not grouped or grouped[0]["role"] == "assistant":
        grouped.insert(0, {"role": "user", "content": [{"text": _OPENING}]})
    _close_calls(grouped)
    for message in grouped:
        if any("document" in block for block in message["content"]) and not _has_text(message["content"]):
            message["content"].append({"text": _OPENING})
    _strip_end(grouped[-1])
    return grouped


class _Converter:
    """Keeps what is counted through a whole conversation: ids of calls and documents."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._ids = CallIds()
        self._documents = 0

    def contents(self, blocks: tuple[Block, ...]) -> list[Content]:
        made: list[Content] = []
        for block in blocks:
            made += self._content(block)
            ttl = mark_of(block)
            # A blank text is not sent; what it marks is all that is before it.
            if made and ttl and "messages" in self._family.caching:
                made[-1] |= point(ttl, self._family)
        return made

    def _content(self, block: Block) -> list[Content]:
        match block:
            case Text() | Refusal():
                return [{"text": block.text}] if block.text.strip() else []
            case Image():
                return [image_block(block)]
            case Document():
                self._documents += 1
                return [document_block(block, self._documents)]
            case Audio() if self._family.audio:
                return [audio_block(block)]
            case Audio():
                raise refused("input_audio", "It hears nothing.")
            case ToolCall():
                use = {"toolUseId": self._ids.of_call(block.id), "name": tool_name(block.name)}
                return [{"toolUse": use | {"input": _arguments(block.arguments)}}]
            case ToolResult():
                return self._result(block)
            case Reasoning():
                return _reasoning(block, self._family)

    def _result(self, result: ToolResult) -> list[Content]:
        """A result of a call that is not in the conversation is told in words.

        Many models take no images inside: there they follow, as the user's.
        """
        content = [inner for each in result.content for inner in self._content(each)]
        identity = self._ids.of_result(result.tool_call_id)
        if identity is None:
            return [{"text": _LATE_RESULT}, *(content or [{"text": _NO_RESULT}])]
        beside = [] if self._family.result_images else [inner for inner in content if "image" in inner]
        inside = [inner for inner in content if inner not in beside] or [{"text": _SHOWN if beside else _NO_RESULT}]
        status = "error" if result.is_error else "success"
        return [{"toolResult": {"toolUseId": identity, "content": inside, "status": status}}, *beside]


def _arguments(arguments: str) -> dict[str, Any]:
    value = object_of(arguments)
    if value is None:
        raise refused("tool_calls", "The arguments of an earlier call are no JSON object.")
    return value


def _reasoning(block: Reasoning, family: Family) -> list[Content]:
    """Only Claude takes its thoughts back, and only as it signed them."""
    if not family.claude or not is_sealed(block):
        return []
    if block.redacted is not None:
        return [{"reasoningContent": {"redactedContent": _hidden(block.redacted)}}]
    return [{"reasoningContent": {"reasoningText": {"text": block.text, "signature": block.signature}}}]


def _hidden(redacted: str) -> bytes:
    try:
        return binascii.a2b_base64(redacted)
    except ValueError:
        raise refused("messages", "A redacted thought is no base64.") from None


def _ordered(content: list[Content]) -> list[Content]:
    """Thoughts, then text, then calls; results before all else."""
    return sorted(content, key=lambda block: _ORDER.get(next(iter(block)), 1))


def _close_calls(grouped: list[dict[str, Any]]) -> None:
    """Give every call its result in the very next message; a result that comes later is told there in words."""
    for index, message in enumerate(grouped):
        if message["role"] != "assistant":
            continue
        calls = [block["toolUse"]["toolUseId"] for block in message["content"] if "toolUse" in block]
        if calls and index + 1 == len(grouped):
            grouped.append({"role": "user", "content": []})
        if calls:
            following = grouped[index + 1]["content"]
            answered = {block["toolResult"]["toolUseId"] for block in following if "toolResult" in block}
            following[:0] = [_no_result(call) for call in calls if call not in answered]
    _speak_late_results(grouped)


def _speak_late_results(grouped: list[dict[str, Any]]) -> None:
    due: set[str] = set()
    for message in grouped:
        if message["role"] == "user":
            message["content"] = _ordered([each for block in message["content"] for each in _in_time(block, due)])
        due = {block["toolUse"]["toolUseId"] for block in message["content"] if "toolUse" in block}


def _in_time(block: Content, due: set[str]) -> list[Content]:
    result = block.get("toolResult")
    if result is None or result["toolUseId"] in due:
        return [block]
    content = [dict(each) for each in result["content"]]
    content[-1] |= {"cachePoint": block["cachePoint"]} if "cachePoint" in block else {}
    return [{"text": _LATE_RESULT}, *content]


def _no_result(identity: str) -> Content:
    return {"toolResult": {"toolUseId": identity, "content": [{"text": _NO_RESULT}], "status": "error"}}


def _has_text(content: list[Content]) -> bool:
    return any("text" in block for block in content)


def _strip_end(message: dict[str, Any]) -> None:
    """Claude refuses a start of its answer that ends with white space."""
    last = message["content"][-1]
    if message["role"] == "assistant" and "text" in last:
        last["text"] = last["text"].rstrip()
