"""A chat completion as our answer. Fields that nobody here knows are ignored; missing ones make it unreadable."""

import json
from collections.abc import Mapping
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import (
    Block,
    ChatAnswer,
    ChatRequest,
    Choice,
    Reasoning,
    Refusal,
    StopReason,
    Text,
    ToolCall,
)
from sallyport.errors import ProviderReplyError
from sallyport.providers.characters import whole
from sallyport.providers.openai.logprobs import logprobs_of
from sallyport.routing import Target
from sallyport.tokens import estimate, estimate_text

_STOP_REASONS: Mapping[Any, StopReason] = {
    "stop": StopReason.END,
    "length": StopReason.LENGTH,
    "tool_calls": StopReason.TOOL_CALLS,
    "function_call": StopReason.TOOL_CALLS,
    "content_filter": StopReason.FILTERED,
}

_WORDS_FOR_ENDS = frozenset(
    {"end_turn", "eos", "eos_token", "length", "max_tokens", "stop", "stop_sequence", "tool_use"}
)
"""What proxies before other APIs say in the place of a stop sequence."""

_MOST_TOKENS = 2**31 - 1
"""More than any request has is no count: settled, it would use up a budget for good."""

MOST_OF_A_NAME = 256
"""The model's name goes through every state, into headers and logs; a reply may have 32 MB."""


def read(reply: bytes, request: ChatRequest, target: Target) -> ChatAnswer:
    """Raise ProviderReplyError for what is no chat completion: HTML, half a body, wrong shapes."""
    try:
        completion = json.loads(reply.decode(errors="replace"))
        choices = tuple(_choice(choice) for choice in completion["choices"])
        if not choices:
            raise ValueError
        fingerprint = completion.get("system_fingerprint")
        return ChatAnswer(
            model=whole(text_of(completion.get("model")))[:MOST_OF_A_NAME] or target.model,
            choices=choices,
            usage=usage_of(completion.get("usage")) or _guess(request, choices),
            system_fingerprint=fingerprint if isinstance(fingerprint, str) else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # Their messages quote the reply.
        raise ProviderReplyError("The provider's reply is no chat completion. Check the target's base_url.") from None


def _choice(choice: dict[str, Any]) -> Choice:
    message = choice["message"]
    blocks: list[Block] = []
    if thought := thought_of(message):
        blocks.append(Reasoning(text=whole(thought)))
    if text := content_of(message.get("content")):
        blocks.append(Text(text=whole(text)))
    if refusal := text_of(message.get("refusal")):
        blocks.append(Refusal(text=whole(refusal)))
    calls = [_call(call["id"], call["function"]) for call in message.get("tool_calls") or ()]
    if function := message.get("function_call"):
        calls.append(_call("call_0", function))
    stop, met = stop_reason(choice.get("finish_reason"), called=bool(calls)), stop_sequence(choice)
    return Choice(
        blocks=(*blocks, *calls),
        stop_reason=StopReason.STOP_SEQUENCE if met and stop is StopReason.END else stop,
        stop_sequence=met if stop is StopReason.END else None,
        logprobs=logprobs_of(choice.get("logprobs")),
    )


def _call(identity: str, function: dict[str, Any]) -> ToolCall:
    return ToolCall(id=identity, name=function["name"], arguments=whole(arguments_of(function)))


def stop_reason(finish: Any, *, called: bool) -> StopReason:
    """Why a choice ended; `called` when it called a tool."""
    stop = _STOP_REASONS.get(finish, StopReason.END)
    if called and stop is StopReason.END:
        # OpenAI says `stop` when the call was forced, and some servers say it always.
        return StopReason.TOOL_CALLS
    return stop


def stop_sequence(choice: dict[str, Any]) -> str | None:
    """The one that was met, where a server tells: vLLM and SGLang do, and tell a token's number for other ends."""
    for name in ("stop_reason", "matched_stop"):
        if isinstance(met := choice.get(name), str) and met and met not in _WORDS_FOR_ENDS:
            return whole(met)
    return None


def arguments_of(function: dict[str, Any]) -> str:
    """Of a call, or of a piece of one. Half characters stay."""
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        # Ollama's own shape, which some proxies pass on.
        return json.dumps(arguments, ensure_ascii=False)
    return text_of(arguments)


def thought_of(message: dict[str, Any]) -> str:
    """vLLM, Ollama, DeepSeek and OpenRouter have two names for what OpenAI does not show; Mistral makes it a part."""
    thought = text_of(message.get("reasoning_content")) or text_of(message.get("reasoning"))
    content = message.get("content")
    if thought or not isinstance(content, list):
        return thought
    thoughts = [part.get("thinking") for part in content if part.get("type") == "thinking"]
    return "".join(content_of(each) for each in thoughts)


def content_of(content: Any) -> str:
    """Text, or the texts of its parts, as Mistral answers."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    return text_of(content)


def text_of(value: Any) -> str:
    """Empty for null; raise TypeError for what is no text. Half characters stay."""
    if value is not None and not isinstance(value, str):
        raise TypeError
    return value or ""


def usage_of(usage: dict[str, Any] | None) -> Usage | None:
    """None when nothing was counted; raise ValueError, TypeError or KeyError for what are no counts."""
    if not usage:
        return None
    prompt = usage.get("prompt_tokens_details") or {}
    completion = usage.get("completion_tokens_details") or {}
    counted = Usage(
        input_tokens=usage["prompt_tokens"],
        output_tokens=usage.get("completion_tokens") or 0,
        cached_input_tokens=prompt.get("cached_tokens") or _cached(usage),
        cache_write_tokens=prompt.get("cache_write_tokens") or 0,
        reasoning_tokens=completion.get("reasoning_tokens") or 0,
    )
    if max(counted.model_dump().values()) > _MOST_TOKENS:
        raise ValueError
    return counted


def _cached(usage: dict[str, Any]) -> Any:
    """DeepSeek and Moonshot tell it outside of the details."""
    return usage.get("prompt_cache_hit_tokens") or usage.get("cached_tokens") or 0


def _guess(request: ChatRequest, choices: tuple[Choice, ...]) -> Usage:
    """Some servers do not count. A guess on the high side is billed rather than nothing."""
    blocks = [block for choice in choices for block in choice.blocks]
    texts = [block.arguments if isinstance(block, ToolCall) else getattr(block, "text", "") for block in blocks]
    return Usage(input_tokens=estimate(request), output_tokens=sum(map(estimate_text, texts)))
