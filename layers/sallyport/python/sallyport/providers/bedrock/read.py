"""Converse's reply as our answer."""

import binascii
import json
from collections.abc import Mapping
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import Block, ChatAnswer, ChatRequest, Choice, Reasoning, StopReason, Text, ToolCall
from sallyport.errors import ProviderReplyError
from sallyport.providers.bedrock.families import family_of
from sallyport.providers.bedrock.formats import answer_tool
from sallyport.providers.bedrock.tools import own_names
from sallyport.providers.characters import whole
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
        stop, additional = stop_reason(response["stopReason"]), response.get("additionalModelResponseFields")
        names, contents = own_names(request), response["output"]["message"]["content"]
        if not isinstance(contents, list):
            raise TypeError
        blocks, answered = _unwrapped(contents, answer_tool(request, family_of(target.known_model)), names)
        usage = usage_of(response["usage"], additional)
    except (KeyError, TypeError, ValueError, AttributeError):
        # Their messages quote the reply.
        raise ProviderReplyError("Bedrock's reply is no Converse reply. Try again.") from None
    if request.parallel_tool_calls is False:
        blocks = _one_call(blocks)
    called = any(isinstance(block, ToolCall) for block in blocks)
    choice = Choice(
        blocks=tuple(blocks),
        stop_reason=reason_of(stop, answered=answered, called=called),
        stop_sequence=met_sequence(stop, request, additional),
    )
    return ChatAnswer(model=target.model, choices=(choice,), usage=usage)


def stop_reason(stop: str) -> StopReason:
    """Why the model ended; raise ProviderReplyError when it broke off."""
    if stop in _MALFORMED:
        raise ProviderReplyError("The model broke off with a malformed answer. Try again.")
    return _STOP_REASONS.get(stop, StopReason.END)


def reason_of(stop: StopReason, *, answered: bool, called: bool) -> StopReason:
    """Who gave the answer to the tool that is there for it has ended, and called nothing of the client's."""
    return StopReason.END if stop is StopReason.TOOL_CALLS and answered and not called else stop


def met_sequence(stop: StopReason, request: ChatRequest, additional: Mapping[str, Any] | None) -> str | None:
    """The stop sequence that was met: Claude tells, and where there is but one, it was that."""
    if stop is not StopReason.STOP_SEQUENCE:
        return None
    sent = [each for each in request.stop if each]
    match additional:
        case {"stop_sequence": str(told)} | {"delta": {"stop_sequence": str(told)}}:
            return whole(told)
        case _:
            return sent[0] if len(sent) == 1 else None


def _unwrapped(contents: list[Any], answer: str | None, names: Mapping[str, str]) -> tuple[list[Block], bool]:
    """The blocks, and whether the first call of the tool called `answer` became their text, in the place of any other.

    What a model says beside such an answer would spoil its form.
    """
    given = [
        content["toolUse"] for content in contents if "toolUse" in content and content["toolUse"]["name"] == answer
    ]
    if answer is None or not given:
        return [block for content in contents for block in _blocks(content, names)], False
    rest = [content for content in contents if content.get("toolUse", {}).get("name") != answer]
    blocks = [block for content in rest for block in _blocks(content, names) if not isinstance(block, Text)]
    text = Text(text=whole(json.dumps(given[0]["input"], ensure_ascii=False)))
    calls = [block for block in blocks if isinstance(block, ToolCall)]
    return [*(block for block in blocks if not isinstance(block, ToolCall)), text, *calls], True


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


def usage_of(usage: Mapping[str, Any], additional: Mapping[str, Any] | None, *, whole_input: bool = False) -> Usage:
    """Bedrock's `inputTokens` leaves out what was read from a cache or written to one; ours has it all.

    `whole_input` where it has it all, too, as in the streams of OpenAI's models; if it is less, it cannot.
    """
    cached = usage.get("cacheReadInputTokens") or 0
    details = usage.get("cacheDetails") or ()
    written = usage.get("cacheWriteInputTokens") or sum(each["inputTokens"] for each in details)
    told = usage["inputTokens"]
    return Usage(
        input_tokens=told if whole_input and told >= cached + written else told + cached + written,
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
