"""The tools a model may call, and which of them it must: Converse's toolConfig."""

from collections.abc import Mapping
from typing import Any

from sallyport.conversation import ChatRequest, Tool
from sallyport.providers.bedrock.cache_points import point
from sallyport.providers.bedrock.draft import Draft
from sallyport.providers.bedrock.families import Family
from sallyport.providers.bedrock.formats import answer_tool, specification
from sallyport.providers.bedrock.history import used_tools
from sallyport.providers.bedrock.schemas import object_schema
from sallyport.providers.names import original_names, tool_name
from sallyport.providers.refusal import refused
from sallyport.providers.schemas import closed

_NO_TOOLS = "Do not call any tool in this answer."


def add_tools(draft: Draft, request: ChatRequest, family: Family) -> None:
    """Nothing when no tool is needed. A conversation that used tools needs their specifications for ever.

    Raise ProviderRejectedError, with `param`, for a choice or a schema that the family does not take.
    """
    none, answer = _calls_none(request), answer_tool(request, family)
    used = used_tools(request)
    tools = _known(request, used)
    if none and not used:
        tools = []
    specifications = [each for tool in tools for each in _specified(draft, tool, family)]
    if answer and request.response_format:
        specifications.append(specification(request.response_format, answer, family))
    if not specifications:
        return
    config: dict[str, Any] = {"tools": specifications}
    choice = _answer_choice(answer, tools, family, alone=none) if answer else _choice(request, len(tools), family)
    if choice:
        config["toolChoice"] = choice
    draft.arguments["toolConfig"] = config
    if none and tools and not answer:
        draft.instructions.append(_NO_TOOLS)
    if request.parallel_tool_calls is False and request.tools and family.claude:
        one = {"disable_parallel_tool_use": True}
        draft.additional["tool_choice"] = one if choice else {"type": "auto", **one}


def own_names(request: ChatRequest) -> Mapping[str, str]:
    """From the names that were sent to those that the client knows, also of tools that only the history has."""
    return {tool_name(name): name for name in used_tools(request)} | original_names(request)


def _calls_none(request: ChatRequest) -> bool:
    return request.tool_choice is not None and request.tool_choice.mode == "none"


def _known(request: ChatRequest, used: set[str]) -> list[Tool]:
    known = {tool.name for tool in request.tools}
    return [*request.tools, *(Tool(name=name) for name in sorted(used - known))]


def _answer_choice(answer: str, tools: list[Tool], family: Family, *, alone: bool) -> dict[str, Any]:
    """The client's own tools may be called instead of answering."""
    if "tool" in family.choices and (alone or not tools):
        return {"tool": {"name": answer}}
    return {"any": {}}


def _choice(request: ChatRequest, tools: int, family: Family) -> dict[str, Any]:
    """Empty where nothing has to be said. A tool that is the only one is forced like any."""
    choice = request.tool_choice
    match choice.mode if choice and request.tools else None:
        case "auto" if "auto" in family.choices:
            return {"auto": {}}
        case "required" if "any" in family.choices:
            return {"any": {}}
        case "one" if choice and choice.name and "tool" in family.choices:
            return {"tool": {"name": tool_name(choice.name)}}
        case "one" if "any" in family.choices and tools == 1:
            return {"any": {}}
        case "required" | "one":
            raise refused("tool_choice", "It cannot be made to call a tool in this way.")
    return {}


def _specified(draft: Draft, tool: Tool, family: Family) -> list[dict[str, Any]]:
    schema = object_schema(tool.parameters, "tools", family)
    specification: dict[str, Any] = {
        "name": tool_name(tool.name),
        "description": (tool.description or "").strip() or tool.name,
        "inputSchema": {"json": schema},
    }
    if tool.strict and family.strict:
        specification |= {"strict": True, "inputSchema": {"json": closed(schema)}}
    elif tool.strict:
        draft.leave_out("tools.strict", "nothing holds the model to the schema of a tool, or its id does not tell")
    points = [point(tool.cache, family)] if tool.cache and "tools" in family.caching else []
    return [{"toolSpec": specification}, *points]
