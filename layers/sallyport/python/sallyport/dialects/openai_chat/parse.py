"""A chat completion's body as our request, checked against the contract that the official SDK is written to.

A wrong type or value is a 400 that names the field; a field nobody here knows is kept in `extras`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest, ResponseFormat
from sallyport.dialects import fields
from sallyport.dialects.body import read_object
from sallyport.dialects.fields import Check
from sallyport.dialects.openai_chat.messages import read_turns
from sallyport.dialects.openai_chat.tools import read_tools
from sallyport.dialects.openai_chat.unmet import read_unmet

_MAX_TOKENS = fields.integer(1, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class Parsed:
    """`model` is the alias asked for; `unmet` is what nobody can honour here.

    `legacy_functions` asks for an answer with `function_call` instead of tools.
    """

    request: ChatRequest
    model: str
    stream: bool = False
    include_usage: bool = False
    legacy_functions: bool = False
    unmet: tuple[Unmet, ...] = ()


def parse(body: bytes) -> Parsed:
    """Raise InvalidRequestError (`param` names the field), or ModelNotFoundError for a name no alias can have."""
    fields_sent = read_object(body)
    model = fields.required(fields_sent, "model", fields.filled_text)
    stream = bool(fields.optional(fields_sent, "stream", fields.boolean))
    include_usage = _stream_options(fields_sent.get("stream_options"), stream)
    turns = read_turns(fields.required(fields_sent, "messages", fields.items))
    tools, choice, legacy = read_tools(fields_sent)
    for name, reason in _UNANSWERABLE.items():
        if fields_sent.get(name) is not None:
            raise fields.refuse(name, reason)
    given = {
        name: check(value, name) for name, check in _CHECKS.items() if (value := fields_sent.get(name)) is not None
    }
    for name, check in _CHECKED_EXTRAS.items():
        fields.optional(fields_sent, name, check)
    request = ChatRequest(
        turns=turns,
        tools=tools,
        tool_choice=choice,
        max_tokens=_max_tokens(fields_sent),
        stop=_stop(fields_sent.get("stop")),
        response_format=fields.optional(fields_sent, "response_format", _response_format),
        extras=fields.without(fields_sent, _KNOWN),
        **given,
    )
    if request.top_logprobs is not None and not request.logprobs:
        raise fields.refuse("top_logprobs", "needs logprobs to be true.")
    return Parsed(request, fields.alias(model), stream, include_usage, legacy, read_unmet(fields_sent))


def _stream_options(value: Any, stream: bool) -> bool:
    """Whether the last chunk of the stream carries the usage."""
    if value is None:
        return False
    if not stream:
        raise fields.refuse("stream_options", "is only allowed when stream is true.")
    options = fields.mapping(value, "stream_options")
    return bool(fields.optional(options, "include_usage", fields.boolean, "stream_options"))


def _max_tokens(body: dict[str, Any]) -> int | None:
    old: int | None = fields.optional(body, "max_tokens", _MAX_TOKENS)
    new: int | None = fields.optional(body, "max_completion_tokens", _MAX_TOKENS)
    if old is not None and new is not None and old != new:
        raise fields.refuse("max_tokens", "differs from max_completion_tokens. Send one of them.")
    return old if new is None else new


def _stop(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise fields.wrong_type(value, "stop", "a string or an array of strings")
    if len(value) > 4:
        raise fields.refuse("stop", "must have at most 4 strings.")
    return tuple(fields.text(each, f"stop[{index}]") for index, each in enumerate(value))


def _response_format(value: Any, path: str) -> ResponseFormat:
    response = fields.mapping(value, path)
    kind = fields.required(response, "type", fields.one_of(("text", "json_object", "json_schema")), path)
    if kind != "json_schema":
        return ResponseFormat(type=kind)
    path = f"{path}.json_schema"
    schema = fields.required(response, "json_schema", fields.mapping, "response_format")
    return ResponseFormat(
        type=kind,
        name=fields.required(schema, "name", fields.filled_text, path),
        description=fields.optional(schema, "description", fields.text, path),
        json_schema=fields.optional(schema, "schema", fields.mapping, path),
        strict=fields.optional(schema, "strict", fields.boolean, path),
    )


def metadata_of(value: Any, path: str) -> dict[str, str]:
    """Up to 16 strings; a path never names the client's own key, which may be content."""
    metadata = fields.mapping(value, path)
    if len(metadata) > 16:
        raise fields.refuse(path, "must have at most 16 keys.")
    for key, text in metadata.items():
        if len(key) > 64 or not isinstance(text, str) or len(text) > 512:
            raise fields.refuse(path, "must map keys of up to 64 characters to strings of up to 512.")
    return metadata


def _logit_bias(value: Any, path: str) -> dict[str, float]:
    bias = fields.number(-100, 100)
    return {token: bias(each, path) for token, each in fields.mapping(value, path).items()}


def _modalities(value: Any, path: str) -> None:
    if fields.items(value, path) != ["text"]:
        raise fields.refuse(path, 'must be ["text"]: the gateway answers in text only.')


_CHECKS: Mapping[str, Check] = {
    "temperature": fields.number(0, 2),
    "top_p": fields.number(0, 1),
    "n": fields.integer(1, 128),
    "seed": fields.integer(-(2**63), 2**63 - 1),
    "presence_penalty": fields.number(-2, 2),
    "frequency_penalty": fields.number(-2, 2),
    "logit_bias": _logit_bias,
    "logprobs": fields.boolean,
    "top_logprobs": fields.integer(0, 20),
    "parallel_tool_calls": fields.boolean,
    "reasoning_effort": fields.one_of(("none", "minimal", "low", "medium", "high", "xhigh", "max")),
    "user": fields.text,
    "metadata": metadata_of,
}

# Passed on as they came; their types are checked because a client learns more from us than from a provider's 400.
_CHECKED_EXTRAS: Mapping[str, Check] = {
    "service_tier": fields.text,
    "store": fields.boolean,
    "modalities": _modalities,
    "verbosity": fields.text,
    "safety_identifier": fields.text,
    "prompt_cache_key": fields.text,
    "prompt_cache_options": fields.mapping,
    "prompt_cache_retention": fields.text,
    "prediction": fields.mapping,
}

# What they ask for has no place in our answer, so it would be paid for and lost.
_UNANSWERABLE: Mapping[str, str] = {
    "audio": "is not supported: the gateway answers in text only.",
    "moderation": "is not supported: the gateway's own policy decides.",
    "web_search_options": "is not supported: the gateway lets no model search the web.",
}

_KNOWN = frozenset(_CHECKS) | {
    "model", "messages", "stream", "stream_options", "tools", "tool_choice", "functions", "function_call",
    "max_tokens", "max_completion_tokens", "stop", "response_format",
}  # fmt: skip
