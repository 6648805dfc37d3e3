"""Answers of a given form: by Bedrock's own enforcement, by a tool that the model must call, or by asking for it."""

import json
from enum import StrEnum
from typing import Any

from sallyport.conversation import ChatRequest, ResponseFormat
from sallyport.providers.bedrock.draft import Draft
from sallyport.providers.bedrock.families import Family
from sallyport.providers.bedrock.history import used_tools
from sallyport.providers.bedrock.schemas import can_be_closed, object_schema
from sallyport.providers.names import tool_name
from sallyport.providers.refusal import refused
from sallyport.providers.schemas import closed

_JSON_ONLY = "Answer with one JSON object and nothing else: no introduction, no code fence."
_DESCRIPTION = "Gives the answer. Call it once, with the whole answer."


class Way(StrEnum):
    FREE = "free"
    ASKED = "asked"  # in words: Converse has no mode for any JSON, and OpenAI's own wants the same words
    ENFORCED = "enforced"  # outputConfig.textFormat
    CALLED = "called"  # the answer is the input of a tool of ours
    MOOT = "moot"  # a tool of the client's is forced, so there is no answer in words


def way_of(request: ChatRequest, family: Family) -> Way:
    """How the form is brought about. Raise ProviderRejectedError, with `param`, where nothing can."""
    wanted = request.response_format
    if wanted is None or wanted.type == "text":
        return Way.FREE
    if wanted.type == "json_object":
        return Way.ASKED
    if family.json_schema and can_be_closed(_schema(wanted)):
        return Way.ENFORCED
    if request.tools and request.tool_choice and request.tool_choice.mode in ("required", "one"):
        return Way.MOOT
    if not {"any", "tool"} & family.choices:
        raise refused("response_format", "It has no schemas of this kind, and cannot be made to call a tool.")
    return Way.CALLED


def answer_tool(request: ChatRequest, family: Family) -> str | None:
    """The name of the tool whose input is the answer; None where the model answers in words. Raises like `way_of`."""
    if way_of(request, family) is not Way.CALLED:
        return None
    taken = {tool_name(name) for name in used_tools(request) | {tool.name for tool in request.tools}}
    wanted = request.response_format
    name = tool_name(wanted.name if wanted and wanted.name else "answer")
    while name in taken:
        name = tool_name(f"{name}.")
    return name


def specification(wanted: ResponseFormat, name: str, family: Family) -> dict[str, Any]:
    """The tool whose input is the answer."""
    schema = object_schema(_schema(wanted), "response_format", family)
    description = f"{_DESCRIPTION} {wanted.description or ''}".strip()
    return {"toolSpec": {"name": name, "description": description, "inputSchema": {"json": schema}}}


def add_format(draft: Draft, request: ChatRequest, family: Family) -> None:
    """All but the tool, which is added with the client's own. Raises like `way_of`."""
    wanted = request.response_format
    way = way_of(request, family)
    if wanted is None:
        return
    match way:
        case Way.ASKED:
            draft.instructions.append(_JSON_ONLY)
        case Way.ENFORCED:
            structure = {"name": wanted.name, "description": wanted.description}
            schema = json.dumps(closed(_schema(wanted)), ensure_ascii=False)
            filled = {name: value for name, value in structure.items() if value} | {"schema": schema}
            text_format = {"type": "json_schema", "structure": {"jsonSchema": filled}}
            draft.arguments.setdefault("outputConfig", {})["textFormat"] = text_format
        case Way.CALLED if wanted.strict:
            draft.leave_out("response_format", "the model is made to fill in the schema, and nothing holds it to that")
        case Way.MOOT:
            draft.leave_out("response_format", "a tool is forced, so there is no answer in words")
        case _:
            pass


def _schema(wanted: ResponseFormat) -> dict[str, Any]:
    return wanted.json_schema or {"type": "object"}
