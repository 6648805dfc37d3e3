"""How much a model is to think and to work, in Anthropic's own words and in the one word that all providers know."""

from typing import Any

from sallyport.conversation import ResponseFormat, Thinking
from sallyport.dialects import fields

_LEAST_BUDGET = 1024  # Anthropic's, of budget_tokens
_MOST_TOKENS = 2**31 - 1
_LOW, _MEDIUM = 4096, 16_384  # budgets from which on an effort is medium, and high
_DEFAULT_EFFORT = "high"  # Anthropic's own, where thought is adaptive

_mode = fields.one_of(("enabled", "disabled", "adaptive", "between_tools"))
_display = fields.one_of(("summarized", "omitted"))
_effort = fields.one_of(("low", "medium", "high", "xhigh", "max"))
_budget = fields.integer(_LEAST_BUDGET, _MOST_TOKENS)


def read_thinking(body: dict[str, Any], max_tokens: int | None) -> tuple[Thinking | None, str | None]:
    """The exact wish, and the reasoning effort that comes nearest to it. `max_tokens` is more than any budget."""
    output = fields.optional(body, "output_config", fields.mapping) or {}
    effort = fields.optional(output, "effort", _effort, "output_config")
    sent = fields.optional(body, "thinking", fields.mapping)
    if sent is None:
        return (Thinking(effort=effort) if effort else None), effort
    mode = fields.required(sent, "type", _mode, "thinking")
    needed = fields.required if mode == "enabled" else fields.optional
    budget = needed(sent, "budget_tokens", _budget, "thinking")
    if budget is not None and max_tokens is not None and budget >= max_tokens:
        raise fields.refuse("thinking.budget_tokens", "must be less than max_tokens.")
    display = fields.optional(sent, "display", _display, "thinking")
    thinking = Thinking(mode=mode, budget_tokens=budget, display=display, effort=effort)
    return thinking, "none" if mode == "disabled" else effort or _effort_of(budget)


def read_format(body: dict[str, Any]) -> ResponseFormat | None:
    """Of `output_config.format`, or `output_format` as it was called before. Anthropic always enforces a schema."""
    output = fields.optional(body, "output_config", fields.mapping) or {}
    sent, path = fields.optional(output, "format", fields.mapping, "output_config"), "output_config.format"
    old = fields.optional(body, "output_format", fields.mapping)
    if sent is not None and old is not None:
        raise fields.refuse("output_format", "cannot be sent together with output_config.format. Send the latter only.")
    if old is not None:
        sent, path = old, "output_format"
    if sent is None:
        return None
    fields.required(sent, "type", fields.one_of(("json_schema",)), path)
    schema = fields.required(sent, "schema", fields.mapping, path)
    return ResponseFormat(type="json_schema", json_schema=schema, strict=True)


def _effort_of(budget: int | None) -> str:
    if budget is None:
        return _DEFAULT_EFFORT
    return "low" if budget < _LOW else "medium" if budget < _MEDIUM else "high"
