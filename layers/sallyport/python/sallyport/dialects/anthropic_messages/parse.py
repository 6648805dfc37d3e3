"""A Messages body as our request, checked against the contract that the official SDK is written to.

A wrong type or value is a 400 that names the field in Anthropic's notation (`messages.0.content.1.text`); a field
nobody here knows is kept in `extras`, for Anthropic's own API alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sallyport.conversation import ChatRequest
from sallyport.dialects import fields
from sallyport.dialects.anthropic_messages.messages import read_turns
from sallyport.dialects.anthropic_messages.thinking import read_format, read_thinking
from sallyport.dialects.anthropic_messages.tools import read_choice, read_tools
from sallyport.dialects.body import read_object
from sallyport.dialects.fields import Check
from sallyport.dialects.marks import cache_ttl

_MAX_TOKENS = fields.integer(1, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class Parsed:
    """`model` is the alias asked for."""

    request: ChatRequest
    model: str
    stream: bool = False


def parse(body: bytes) -> Parsed:
    """Raise InvalidRequestError (`param` names the field), or ModelNotFoundError for a name no alias can have."""
    sent = read_object(body)
    model = fields.required(sent, "model", fields.filled_text)
    return _parsed(sent, model, fields.required(sent, "max_tokens", _MAX_TOKENS))


def parse_count(body: bytes) -> Parsed:
    """The body of `count_tokens`: a message without what is not counted. Raise like `parse`."""
    sent = read_object(body)
    model = fields.required(sent, "model", fields.filled_text)
    return _parsed(sent, model, fields.optional(sent, "max_tokens", _MAX_TOKENS))


def _parsed(sent: dict[str, Any], model: str, max_tokens: int | None) -> Parsed:
    for name, reason in _REFUSED.items():
        if sent.get(name) is not None:
            raise fields.refuse(name, reason)
    turns = read_turns(sent)
    tools = read_tools(sent)
    choice, parallel = read_choice(sent, tools)
    thinking, effort = read_thinking(sent, max_tokens)
    for name, check in _CHECKED_EXTRAS.items():
        fields.optional(sent, name, check)
    user, extras = _extras(sent)
    request = ChatRequest(
        turns=turns,
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=parallel,
        max_tokens=max_tokens,
        stop=fields.optional(sent, "stop_sequences", _stop) or (),
        reasoning_effort=effort,
        thinking=thinking,
        response_format=read_format(sent),
        user=user,
        cache=cache_ttl(sent, ""),
        extras=extras,
        extras_of="anthropic" if extras else "openai",
        **{name: fields.optional(sent, name, check) for name, check in _CHECKS.items()},
    )
    stream = bool(fields.optional(sent, "stream", fields.boolean))
    return Parsed(request, fields.alias(model), stream)


def _extras(sent: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The user's id, and what only Anthropic understands: whole fields, and the rest of those known in part."""
    metadata = fields.optional(sent, "metadata", fields.mapping) or {}
    user = fields.optional(metadata, "user_id", fields.text, "metadata")
    extras = fields.without(sent, _KNOWN)
    for name, known in _KNOWN_IN_PART.items():
        rest = fields.without(sent.get(name) or {}, known)
        if rest:
            extras[name] = rest
    return user, extras


def _stop(value: Any, path: str) -> tuple[str, ...]:
    return tuple(fields.filled_text(each, f"{path}.{index}") for index, each in enumerate(fields.items(value, path)))


_CHECKS: Mapping[str, Check] = {
    "temperature": fields.number(0, 1),
    "top_p": fields.number(0, 1),
    "top_k": fields.integer(0, 2**31 - 1),
}

# Passed on as they came; their types are checked because a client learns more from us than from a provider's 400.
_CHECKED_EXTRAS: Mapping[str, Check] = {
    "service_tier": fields.one_of(("auto", "standard_only")),
    "diagnostics": fields.mapping,
    "inference_geo": fields.text,
    "speed": fields.text,
    "user_profile_id": fields.text,
}

_REFUSED: Mapping[str, str] = {
    "container": "is not supported: the gateway lets no provider run code.",
    "mcp_servers": "is not supported: the gateway lets no provider call servers.",
    "workspace_id": "is not supported: the account that is used is the gateway's own.",
}

_KNOWN_IN_PART: Mapping[str, tuple[str, ...]] = {"metadata": ("user_id",), "output_config": ("effort", "format")}

_KNOWN = frozenset(_CHECKS) | frozenset(_KNOWN_IN_PART) | {
    "model", "messages", "max_tokens", "system", "tools", "tool_choice", "stop_sequences", "stream", "thinking",
    "output_format", "cache_control",
}  # fmt: skip
