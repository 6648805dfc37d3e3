"""Our answer, error and list of models in OpenAI's shapes."""

from collections.abc import Iterable
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.dialects.naming import Names, in_own_words
from sallyport.errors import ProviderDeniedError, SallyportError, facts

FINISH = {
    StopReason.END: "stop",
    StopReason.STOP_SEQUENCE: "stop",
    StopReason.LENGTH: "length",
    StopReason.TOOL_CALLS: "tool_calls",
    StopReason.FILTERED: "content_filter",
}

NAMES: Names = {"cache_control": "prompt_cache_breakpoint", "cache_control.ttl": "prompt_cache_breakpoint.ttl"}
"""What this API calls the fields that a provider refuses or leaves out."""


def render(
    answer: ChatAnswer, *, id: str, created: int, model: str, sallyport: dict[str, Any], legacy_functions: bool = False
) -> dict[str, Any]:
    """A ChatCompletion. `created` is UNIX seconds, `model` the alias asked for, `sallyport` our own account."""
    return {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [_choice(index, choice, legacy_functions) for index, choice in enumerate(answer.choices)],
        "usage": render_usage(answer.usage),
        "system_fingerprint": answer.system_fingerprint,
        "sallyport": in_own_words(sallyport, NAMES),
    }


def render_error(error: SallyportError, request_id: str) -> dict[str, Any]:
    """OpenAI's error object; `code` and `param` come from the error's details when they are more exact."""
    known = facts(error)
    # Refused credentials are the gateway's own: an `invalid_api_key` of the provider's would blame the client's key.
    code = None if isinstance(error, ProviderDeniedError) else error.details.get("code")
    param = error.details.get("param")
    return {
        "error": {
            "message": error.message,
            "type": known.openai_type,
            "param": NAMES.get(str(param), param),
            "code": code or known.code,
            "request_id": request_id,
        }
    }


def render_models(aliases: Iterable[str]) -> dict[str, Any]:
    """The list that GET /v1/models answers with. An alias has no date of its own, so `created` is 0."""
    return {"object": "list", "data": [render_model(alias) for alias in aliases]}


def render_model(alias: str) -> dict[str, Any]:
    return {"id": alias, "object": "model", "created": 0, "owned_by": "sallyport"}


def _choice(index: int, choice: Choice, legacy_functions: bool) -> dict[str, Any]:
    texts = [block.text for block in choice.blocks if isinstance(block, Text)]
    refusals = [block.text for block in choice.blocks if isinstance(block, Refusal)]
    thoughts = [block.text for block in choice.blocks if isinstance(block, Reasoning) and block.text]
    calls = [block for block in choice.blocks if isinstance(block, ToolCall)]
    message: dict[str, Any] = {
        "role": "assistant",
        # Null beside calls or a refusal alone: an answer without words is empty.
        "content": "".join(texts) if texts or not (calls or refusals) else None,
        "refusal": "".join(refusals) if refusals else None,
        "annotations": [],
    }
    if thoughts:
        # Not OpenAI's, but what vLLM, DeepSeek and their clients call it.
        message["reasoning_content"] = "\n".join(thoughts)
    finish = FINISH[choice.stop_reason]
    if calls and legacy_functions:
        message["function_call"] = {"name": calls[0].name, "arguments": calls[0].arguments}
        finish = "function_call" if choice.stop_reason is StopReason.TOOL_CALLS else finish
    elif calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ]
    return {"index": index, "message": message, "logprobs": choice.logprobs, "finish_reason": finish}


def render_usage(usage: Usage) -> dict[str, Any]:
    """OpenAI's usage object, in which prompt tokens include the cached ones."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
