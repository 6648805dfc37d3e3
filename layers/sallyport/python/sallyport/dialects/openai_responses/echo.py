"""What a response repeats of its request: as the client sent it, whatever a provider was told."""

from typing import Any

_AS_SENT = (
    "instructions", "max_output_tokens", "max_tool_calls", "prompt_cache_key", "safety_identifier", "temperature",
    "top_p", "user",
)  # fmt: skip


def echo(sent: dict[str, Any]) -> dict[str, Any]:
    """Fields of a response, with OpenAI's own defaults where they say something of this gateway too."""
    reasoning, text = sent.get("reasoning") or {}, sent.get("text") or {}
    parallel = sent.get("parallel_tool_calls")
    return {
        **{name: sent.get(name) for name in _AS_SENT},
        "background": False,
        "conversation": None,
        "metadata": sent.get("metadata") or {},
        "parallel_tool_calls": True if parallel is None else parallel,
        "previous_response_id": None,
        "prompt": None,
        "reasoning": {"effort": reasoning.get("effort"), "summary": reasoning.get("summary")},
        "service_tier": None,
        "store": False,
        "text": {**text, "format": text.get("format") or {"type": "text"}},
        "tool_choice": sent.get("tool_choice") or "auto",
        "tools": sent.get("tools") or [],
        "top_logprobs": sent.get("top_logprobs") or 0,
        "truncation": "disabled",
    }
