"""Our answer, error, count and list of models in Anthropic's shapes."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from sallyport.attempts import Usage
from sallyport.conversation import Block, ChatAnswer, Choice, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.dialects.naming import Names, in_own_words
from sallyport.errors import BudgetExhaustedError, ProviderDeniedError, ProviderReplyError, SallyportError, facts

STOP_REASONS: Mapping[StopReason, str] = {
    StopReason.END: "end_turn",
    StopReason.STOP_SEQUENCE: "stop_sequence",
    StopReason.LENGTH: "max_tokens",
    StopReason.TOOL_CALLS: "tool_use",
    StopReason.FILTERED: "refusal",
}

# By this the SDK raises an exception of its own for money that is used up, instead of one for a rate.
_ERROR_CODES: Mapping[type[SallyportError], str] = {BudgetExhaustedError: "enforced_spend_limit_reached"}

NAMES: Names = {
    "stop": "stop_sequences",
    "user": "metadata.user_id",
    "image_url": "messages",
    "file": "messages",
    "tool_calls": "messages",
    "response_format": "output_config.format",
}
"""What this API calls the fields that a policy or a provider refuses or leaves out."""

_EPOCH = "1970-01-01T00:00:00Z"


def render(answer: ChatAnswer, *, id: str, model: str, sallyport: dict[str, Any]) -> dict[str, Any]:
    """A Message, of the first choice: this API has no other. `sallyport` is our own account.

    Raise ProviderReplyError when a tool's arguments are no JSON object: this API cannot say them.
    """
    choice = answer.choices[0]
    refused = any(isinstance(block, Refusal) for block in choice.blocks)
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [content for block in choice.blocks for content in _content(block, choice)],
        "stop_reason": STOP_REASONS[StopReason.FILTERED if refused else choice.stop_reason],
        "stop_sequence": choice.stop_sequence,
        "stop_details": None,
        "container": None,
        "usage": render_usage(answer.usage),
        "sallyport": in_own_words(sallyport, NAMES),
    }


def render_usage(usage: Usage) -> dict[str, Any]:
    """Anthropic's usage object, in which input tokens leave out those read from a cache and written to one."""
    return {
        "input_tokens": max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens),
        "output_tokens": usage.output_tokens,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_input_tokens,
        "output_tokens_details": {"thinking_tokens": usage.reasoning_tokens},
        "server_tool_use": None,
    }


def render_error(error: SallyportError, request_id: str) -> dict[str, Any]:
    """Anthropic's error object; `details` tells a program what the message tells a reader."""
    known = facts(error)
    # Refused credentials are the gateway's own: the provider's code for them would blame the client's key.
    exact = None if isinstance(error, ProviderDeniedError) else error.details.get("code")
    code = _ERROR_CODES.get(type(error)) or exact or known.code
    param = error.details.get("param")
    named = {"error_code": code, "param": NAMES.get(str(param), param)}
    details = {name: value for name, value in named.items() if value}
    said: dict[str, Any] = {"type": known.anthropic_type, "message": error.message}
    return {"type": "error", "error": said | ({"details": details} if details else {}), "request_id": request_id}


def render_models(aliases: Iterable[str]) -> dict[str, Any]:
    """The list that GET /v1/models answers with: always one whole page."""
    data = [render_model(alias) for alias in aliases]
    first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
    return {"data": data, "has_more": False, "first_id": first, "last_id": last}


def render_model(alias: str) -> dict[str, Any]:
    """One model. An alias has no date and no lifecycle of its own, and this API's SDK wants both."""
    return {"type": "model", "id": alias, "display_name": alias, "created_at": _EPOCH, "lifecycle": "active"}


def render_count(tokens: int) -> dict[str, int]:
    return {"input_tokens": tokens}


def _content(block: Block, choice: Choice) -> list[dict[str, Any]]:
    """Nothing for an empty text: Anthropic refuses it when it comes back."""
    match block:
        case Text() | Refusal():
            return [{"type": "text", "text": block.text, "citations": None}] if block.text else []
        case Reasoning():
            return _thinking(block)
        case ToolCall():
            arguments = _arguments(block.arguments, cut=choice.stop_reason is StopReason.LENGTH)
            return [{"type": "tool_use", "id": block.id, "name": block.name, "input": arguments}]
        case _:
            return []


def _thinking(block: Reasoning) -> list[dict[str, Any]]:
    """Thoughts that nobody signed have an empty signature, by which they are known when they come back."""
    blocks: list[dict[str, Any]] = []
    if block.text or block.signature:
        blocks.append({"type": "thinking", "thinking": block.text, "signature": block.signature or ""})
    if block.redacted:
        blocks.append({"type": "redacted_thinking", "data": block.redacted})
    return blocks


def _arguments(written: str, *, cut: bool) -> dict[str, Any]:
    """A model may write nothing when a tool has no parameters. What was `cut` at the limit is no object yet."""
    try:
        value = json.loads(written.strip() or "{}", parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()  # half a character cannot be sent
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    if cut:
        return {}
    raise ProviderReplyError("The model wrote arguments for a tool that are no JSON object. Try again.")


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError
