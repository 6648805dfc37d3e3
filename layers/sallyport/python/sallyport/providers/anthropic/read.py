"""A message as our answer. Blocks and fields that nobody here knows are ignored; missing ones make it unreadable."""

import json
from collections.abc import Mapping
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import Block, ChatAnswer, ChatRequest, Choice, Reasoning, StopReason, Text, ToolCall
from sallyport.errors import ProviderReplyError
from sallyport.providers.characters import whole
from sallyport.providers.names import original_names
from sallyport.routing import Target

_STOP_REASONS: Mapping[str, StopReason] = {
    "end_turn": StopReason.END,
    "stop_sequence": StopReason.STOP_SEQUENCE,
    "max_tokens": StopReason.LENGTH,
    "model_context_window_exceeded": StopReason.LENGTH,
    # The provider stopped work on its own tools before it was done: there is more to come than was said.
    "pause_turn": StopReason.LENGTH,
    "tool_use": StopReason.TOOL_CALLS,
    "refusal": StopReason.FILTERED,
}

_MOST_TOKENS = 2**31 - 1
"""More than any request has is no count: settled, it would use up a budget for good."""

_MOST_OF_A_NAME = 256
"""The model's name goes through every state, into headers and logs; a reply may have 32 MB."""


def read(reply: bytes, request: ChatRequest, target: Target) -> ChatAnswer:
    """`request` has the tools' own names. Raise ProviderReplyError for what is no message: HTML, half, wrong shapes."""
    try:
        message = json.loads(reply.decode(errors="replace"))
        names = original_names(request)
        blocks = tuple(block for content in _contents(message) for block in _blocks(content, names))
        met = message.get("stop_sequence")
        choice = Choice(
            blocks=blocks,
            stop_reason=stop_reason(message["stop_reason"]),
            stop_sequence=None if met is None else whole(met),
        )
        return ChatAnswer(model=model_name(message, target), choices=(choice,), usage=usage_of(message["usage"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # Their messages quote the reply.
        raise ProviderReplyError("The provider's reply is no message. Check the target's base_url.") from None


def stop_reason(stop: str) -> StopReason:
    return _STOP_REASONS.get(stop, StopReason.END)


def model_name(message: Mapping[str, Any], target: Target) -> str:
    """Who served it, by the provider's own name."""
    return whole(message.get("model") or "")[:_MOST_OF_A_NAME] or target.model


def usage_of(usage: Mapping[str, Any]) -> Usage:
    """Anthropic's `input_tokens` leaves out what was read from a cache or written to one; ours has it all.

    Raise ValueError, TypeError or KeyError for what are no counts.
    """
    cached = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    details = usage.get("output_tokens_details") or {}
    counted = Usage(
        input_tokens=usage["input_tokens"] + cached + written,
        output_tokens=usage["output_tokens"],
        cached_input_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=details.get("thinking_tokens") or 0,
    )
    if max(counted.model_dump().values()) > _MOST_TOKENS:
        raise ValueError
    return counted


def _contents(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    contents = message["content"]
    if not isinstance(contents, list):
        raise TypeError
    return contents


def _blocks(content: Mapping[str, Any], names: Mapping[str, str]) -> list[Block]:
    match content["type"]:
        case "text":
            text = whole(content["text"])
            return [Text(text=text)] if text else []
        case "thinking":
            return [Reasoning(text=whole(content["thinking"]), signature=content.get("signature") or None)]
        case "redacted_thinking":
            return [Reasoning(redacted=content["data"])]
        case "tool_use":
            arguments, name = input_of(content), content["name"]
            return [ToolCall(id=content["id"], name=names.get(name, name), arguments=arguments)]
        case _:
            return []


def input_of(use: Mapping[str, Any]) -> str:
    """What a tool is called with, as the JSON text that it was. A half character is replaced."""
    given = use["input"]
    if not isinstance(given, dict):
        raise TypeError
    return whole(json.dumps(given, ensure_ascii=False))
