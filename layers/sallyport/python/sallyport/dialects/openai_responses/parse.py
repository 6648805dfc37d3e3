"""A Responses body as our request, checked against the contract that the official SDK is written to.

A wrong type or value is a 400 that names the field; a field nobody here knows is kept in `extras`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest, ResponseFormat
from sallyport.dialects import fields
from sallyport.dialects.body import read_object
from sallyport.dialects.fields import Check
from sallyport.dialects.openai_chat.parse import metadata_of
from sallyport.dialects.openai_responses.echo import echo
from sallyport.dialects.openai_responses.items import read_turns
from sallyport.dialects.openai_responses.tools import read_tools
from sallyport.dialects.openai_responses.unmet import read_unmet

type Fields = dict[str, Any]

_LOGPROBS = "message.output_text.logprobs"


@dataclass(frozen=True, slots=True)
class Parsed:
    """`model` is the alias asked for; `echo` is what the response repeats; `unmet` is what nobody can honour here."""

    request: ChatRequest
    model: str
    stream: bool = False
    echo: Fields = field(default_factory=dict, repr=False)
    unmet: tuple[Unmet, ...] = ()


def parse(body: bytes) -> Parsed:
    """Raise InvalidRequestError (`param` names the field), or ModelNotFoundError for a name no alias can have."""
    sent = read_object(body)
    model = fields.required(sent, "model", fields.filled_text)
    stream = bool(fields.optional(sent, "stream", fields.boolean))
    for name, reason in _REFUSED.items():
        if sent.get(name) is not None:
            raise fields.refuse(name, reason)
    for name, check in (*_ONLY_CHECKED.items(), *_CHECKED_EXTRAS.items()):
        fields.optional(sent, name, check)
    _check_stream_options(sent, stream)
    turns = read_turns(sent)
    tools, choice = read_tools(sent)
    response_format, verbosity = _text(sent)
    extras = fields.without(sent, _KNOWN)
    request = ChatRequest(
        turns=turns,
        tools=tools,
        tool_choice=choice,
        max_tokens=fields.optional(sent, "max_output_tokens", fields.integer(1, 2**31 - 1)),
        logprobs=_logprobs(sent, stream),
        reasoning_effort=_effort(sent),
        response_format=response_format,
        extras=extras | ({"verbosity": verbosity} if verbosity else {}),
        **{name: fields.optional(sent, name, check) for name, check in _CHECKS.items()},
    )
    return Parsed(request, fields.alias(model), stream, echo(sent), read_unmet(sent))


def _check_stream_options(sent: Fields, stream: bool) -> None:
    options = fields.optional(sent, "stream_options", fields.mapping)
    if options is None:
        return
    if not stream:
        raise fields.refuse("stream_options", "is only allowed when stream is true.")
    fields.optional(options, "include_obfuscation", fields.boolean, "stream_options")


def _text(sent: Fields) -> tuple[ResponseFormat | None, str | None]:
    """The format of the answer, and how wordy it is to be."""
    text = fields.optional(sent, "text", fields.mapping) or {}
    _check_known(text, "text", ("format", "verbosity"))
    return fields.optional(text, "format", _format, "text"), fields.optional(text, "verbosity", _verbosity, "text")


def _format(value: Any, path: str) -> ResponseFormat:
    wanted = fields.mapping(value, path)
    kind = fields.required(wanted, "type", fields.one_of(("text", "json_object", "json_schema")), path)
    if kind != "json_schema":
        return ResponseFormat(type=kind)
    return ResponseFormat(
        type=kind,
        name=fields.required(wanted, "name", fields.filled_text, path),
        description=fields.optional(wanted, "description", fields.text, path),
        json_schema=fields.required(wanted, "schema", fields.mapping, path),
        strict=fields.optional(wanted, "strict", fields.boolean, path),
    )


def _effort(sent: Fields) -> str | None:
    reasoning = fields.optional(sent, "reasoning", fields.mapping) or {}
    _check_known(reasoning, "reasoning", ("effort", *_OF_REASONING))
    for name, check in _OF_REASONING.items():
        fields.optional(reasoning, name, check, "reasoning")
    effort: str | None = fields.optional(reasoning, "effort", _reasoning_effort, "reasoning")
    return effort


def _logprobs(sent: Fields, stream: bool) -> bool | None:
    included = fields.optional(sent, "include", fields.items) or []
    for index, each in enumerate(included):
        _includable(each, f"include[{index}]")
    wanted = _LOGPROBS in included
    if wanted and stream:
        raise fields.refuse("include", f"must not have {_LOGPROBS} when stream is true.")
    if sent.get("top_logprobs") and not wanted:
        raise fields.refuse("top_logprobs", f"needs include to have {_LOGPROBS}.")
    return wanted or None


def _check_known(given: Fields, path: str, known: tuple[str, ...]) -> None:
    if fields.without(given, known):
        raise fields.refuse(path, f"may have {', '.join(known)} and nothing else.")


def _top_logprobs(value: Any, path: str) -> int | None:
    """The default of 0 asks for nothing."""
    return fields.integer(0, 20)(value, path) or None


def _false(value: Any, path: str) -> None:
    if fields.boolean(value, path):
        raise fields.refuse(path, "must be false: the gateway keeps no answer to be asked for later.")


def _disabled(value: Any, path: str) -> None:
    if fields.one_of(("disabled", "auto"))(value, path) != "disabled":
        raise fields.refuse(path, "must be disabled: the gateway drops nothing of a conversation. Send less instead.")


_verbosity = fields.one_of(("low", "medium", "high"))
_reasoning_effort = fields.one_of(("none", "minimal", "low", "medium", "high", "xhigh", "max"))
_summary = fields.one_of(("auto", "concise", "detailed"))
_OF_REASONING: Mapping[str, Check] = {
    "summary": _summary,
    "generate_summary": _summary,
    "context": fields.one_of(("auto", "current_turn", "all_turns")),
    "mode": fields.one_of(("standard",)),
}

# Of what a provider's own tools find there is nothing to include, since the gateway refuses the tools.
_includable = fields.one_of(
    (
        "reasoning.encrypted_content", _LOGPROBS, "message.input_image.image_url", "file_search_call.results",
        "web_search_call.results", "web_search_call.action.sources", "computer_call_output.output.image_url",
        "code_interpreter_call.outputs",
    )
)  # fmt: skip

_CHECKS: Mapping[str, Check] = {
    "temperature": fields.number(0, 2),
    "top_p": fields.number(0, 1),
    "top_logprobs": _top_logprobs,
    "parallel_tool_calls": fields.boolean,
    "user": fields.text,
    "metadata": metadata_of,
}

_ONLY_CHECKED: Mapping[str, Check] = {
    "background": _false,
    "truncation": _disabled,
    "store": fields.boolean,
    "max_tool_calls": fields.integer(0, 2**31 - 1),  # it counts the tools that a provider runs, which are refused
}

# Passed on as they came; their types are checked because a client learns more from us than from a provider's 400.
_CHECKED_EXTRAS: Mapping[str, Check] = {
    "service_tier": fields.text,
    "safety_identifier": fields.text,
    "prompt_cache_key": fields.text,
    "prompt_cache_options": fields.mapping,
    "prompt_cache_retention": fields.text,
}

_NO_STATE = "is not supported: the gateway keeps no conversation. Send the whole input, the earlier output items too."
_REFUSED: Mapping[str, str] = {
    "previous_response_id": _NO_STATE,
    "conversation": _NO_STATE,
    "prompt": "is not supported: the gateway keeps no templates. Send instructions and input.",
    "context_management": "is not supported: the gateway compacts no conversation. Send less instead.",
    "moderation": "is not supported: the gateway's own policy decides.",
    "access_programs": "is not supported: the account that is used is the gateway's own.",
    "image": "is not supported: images are passed on as they are.",
}

_KNOWN = frozenset(_CHECKS) | frozenset(_ONLY_CHECKED) | {
    "model", "input", "instructions", "stream", "stream_options", "tools", "tool_choice", "text", "reasoning",
    "include", "max_output_tokens",
}  # fmt: skip
