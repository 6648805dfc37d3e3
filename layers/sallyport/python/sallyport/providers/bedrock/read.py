"""Converse's reply as our answer."""

import binascii
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
    "tool_use": StopReason.TOOL_CALLS,
    "guardrail_intervened": StopReason.FILTERED,
    "content_filtered": StopReason.FILTERED,
}
_MALFORMED = frozenset({"malformed_model_output", "malformed_tool_use"})


def read(response: Mapping[str, Any], request: ChatRequest, target: Target) -> ChatAnswer:
    """`request` has the tools' own names. Raise ProviderReplyError for what is no answer."""
    try:
        stop = stop_reason(response["stopReason"])
        names, contents = original_names(request), response["output"]["message"]["content"]
        if not isinstance(contents, list):
            raise TypeError
        blocks = [block for content in contents for block in _blocks(content, names)]
        usage = usage_of(response["usage"], response.get("additionalModelResponseFields"))
    except (KeyError, TypeError, ValueError, AttributeError):
        # Their messages quote the reply.
        raise ProviderReplyError("Bedrock's reply is no Converse reply. Try again.") from None
    if request.parallel_tool_calls is False:
        blocks = _one_call(blocks)
    choice = Choice(blocks=tuple(blocks), stop_reason=stop)
    return ChatAnswer(model=target.model, choices=(choice,), usage=usage)


def stop_reason(stop: str) -> StopReason:
    """Why the model ended; raise ProviderReplyError when it broke off."""
    if stop in _MALFORMED:
        raise ProviderReplyError("The model broke off with a malformed answer. Try again.")
    return _STOP_REASONS.get(stop, StopReason.END)


def _blocks(content: Mapping[str, Any], names: Mapping[str, str]) -> list[Block]:
    match content:
        case {"text": text}:
            return [Text(text=whole(text))] if text else []
        case {"toolUse": use}:
            arguments = whole(json.dumps(use["input"], ensure_ascii=False))
            return [ToolCall(id=use["toolUseId"], name=names.get(use["name"], use["name"]), arguments=arguments)]
        case {"reasoningContent": {"reasoningText": thought}}:
            return [Reasoning(text=whole(thought["text"]), signature=thought.get("signature"))]
        case {"reasoningContent": {"redactedContent": hidden}}:
            return [Reasoning(redacted=binascii.b2a_base64(hidden, newline=False).decode())]
        case {"citationsContent": {"content": cited}}:
            return [Text(text=whole("".join(each.get("text", "") for each in cited)))]
        case _:
            return []


def _one_call(blocks: list[Block]) -> list[Block]:
    """Converse cannot forbid parallel calls to most models, so what comes after the first is left out here."""
    calls = [block for block in blocks if isinstance(block, ToolCall)]
    return [block for block in blocks if not isinstance(block, ToolCall) or block is calls[0]]


def usage_of(usage: Mapping[str, Any], additional: Mapping[str, Any] | None) -> Usage:
    """Bedrock's `inputTokens` leaves out what was read from a cache or written to one; ours has it all."""
    cached = usage.get("cacheReadInputTokens") or 0
    written = usage.get("cacheWriteInputTokens") or 0
    return Usage(
        input_tokens=usage["inputTokens"] + cached + written,
        output_tokens=usage["outputTokens"],
        cached_input_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=_reasoning_tokens(additional),
    )


def _reasoning_tokens(additional: Mapping[str, Any] | None) -> int:
    match additional:
        case {"usage": {"output_tokens_details": {"thinking_tokens": int(count)}}} if count > 0:
            return count
        case _:
            return 0
