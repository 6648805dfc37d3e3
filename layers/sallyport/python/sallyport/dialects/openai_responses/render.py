"""Our answer and error in the shapes of OpenAI's Responses API."""

from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, StopReason
from sallyport.dialects.naming import Names, in_own_words
from sallyport.dialects.openai_chat.render import render_error as render_chat_error
from sallyport.dialects.openai_responses.output import COMPLETED, INCOMPLETE, REASONS, items_of
from sallyport.errors import SallyportError, facts

type Fields = dict[str, Any]

NAMES: Names = {
    "max_tokens": "max_output_tokens",
    "messages": "input",
    "tool_calls": "input",
    "image_url": "input",
    "file": "input",
    "response_format": "text.format",
    "reasoning_effort": "reasoning.effort",
    "logprobs": "include",
    "verbosity": "text.verbosity",
    "messages.thinking": "input",
    "image_url.detail": "input",
    "cache_control": "prompt_cache_breakpoint",
    "cache_control.ttl": "prompt_cache_breakpoint.ttl",
}
"""What this API calls the fields that a policy or a provider refuses or leaves out."""


def render(answer: ChatAnswer, *, stem: str, created: int, model: str, echo: Fields, sallyport: Fields) -> Fields:
    """A Response, of the first choice: this API has no other. Ids are made of `stem`; `created` is UNIX seconds."""
    choice = answer.choices[0]
    return {
        **constant(stem=stem, created=created, model=model, echo=echo),
        **ending(choice.stop_reason),
        "error": None,
        "output": items_of(choice, stem),
        "usage": render_usage(answer.usage),
        "sallyport": in_own_words(sallyport, NAMES),
    }


def constant(*, stem: str, created: int, model: str, echo: Fields) -> Fields:
    """What is the same in a response from its first event to its last."""
    return {"id": f"resp_{stem}", "object": "response", "created_at": created, "model": model, **echo}


def ending(stop: StopReason) -> Fields:
    """How a response ended that did not fail."""
    reason = REASONS.get(stop)
    if reason is None:
        return {"status": COMPLETED, "incomplete_details": None}
    return {"status": INCOMPLETE, "incomplete_details": {"reason": reason}}


def render_usage(usage: Usage) -> Fields:
    """OpenAI's usage object, in which input tokens include the cached ones."""
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def render_error(error: SallyportError, request_id: str) -> Fields:
    """OpenAI's error object, with this API's own name for the field."""
    told = render_chat_error(error, request_id)
    param = told["error"]["param"]
    told["error"]["param"] = NAMES.get(param, param)
    return told


def render_failure(error: SallyportError) -> Fields:
    """The error of a response that failed in its middle: this API knows few codes for one."""
    code = "rate_limit_exceeded" if facts(error).status == 429 else "server_error"
    return {"code": code, "message": error.message}
