"""The tools a request brings, which of them the model has to call, and the deprecated functions that became tools."""

from typing import Any

from sallyport.conversation import Tool, ToolChoice
from sallyport.dialects import fields
from sallyport.dialects.marks import cache_ttl

_MODES = ("none", "auto", "required")
_mode = fields.one_of(_MODES)


def read_tools(body: dict[str, Any]) -> tuple[tuple[Tool, ...], ToolChoice | None, bool]:
    """Tools, choice, and whether they came as deprecated functions."""
    listed = fields.optional(body, "tools", fields.items) or []
    functions = fields.optional(body, "functions", fields.items) or []
    if listed and functions:
        raise fields.refuse("functions", "cannot be sent together with tools. Send tools only.")
    if functions:
        tools = tuple(_function(each, f"functions[{index}]") for index, each in enumerate(functions))
        choice = _function_call(body.get("function_call"), tools)
        return tools, choice, True
    tools = tuple(_tool(each, f"tools[{index}]") for index, each in enumerate(listed))
    return *_tool_choice(body.get("tool_choice"), tools), False


def _tool(value: Any, path: str) -> Tool:
    tool = fields.mapping(value, path)
    if fields.required(tool, "type", fields.text, path) != "function":
        raise fields.refuse(f"{path}.type", "must be function: the gateway knows no other tools.")
    made = _function(fields.required(tool, "function", fields.mapping, path), f"{path}.function")
    return made.model_copy(update={"cache": cache_ttl(tool, path)})


def _function(value: Any, path: str) -> Tool:
    function = fields.mapping(value, path)
    return Tool(
        name=fields.required(function, "name", fields.filled_text, path),
        description=fields.optional(function, "description", fields.text, path),
        parameters=fields.optional(function, "parameters", fields.mapping, path),
        strict=fields.optional(function, "strict", fields.boolean, path),
    )


def _tool_choice(value: Any, tools: tuple[Tool, ...]) -> tuple[tuple[Tool, ...], ToolChoice | None]:
    """The tools left by the choice, and the choice."""
    if value is None:
        return tools, None
    if isinstance(value, str):
        choice = ToolChoice(mode=_mode(value, "tool_choice"))
        if choice.mode == "required" and not tools:
            raise fields.refuse("tool_choice", "is required, but there are no tools. Send tools.")
        return tools, choice
    wanted = fields.mapping(value, "tool_choice")
    match fields.required(wanted, "type", fields.text, "tool_choice"):
        case "function":
            name = _name(wanted, "tool_choice", tools)
            return tools, ToolChoice(mode="one", name=name)
        case "allowed_tools":
            return _allowed(fields.required(wanted, "allowed_tools", fields.mapping, "tool_choice"), tools)
        case _:
            raise fields.refuse("tool_choice.type", "must be function or allowed_tools.")


def _allowed(value: dict[str, Any], tools: tuple[Tool, ...]) -> tuple[tuple[Tool, ...], ToolChoice]:
    """A choice among some of the tools is the same as a choice among all when only those are sent."""
    path = "tool_choice.allowed_tools"
    mode = fields.required(value, "mode", fields.one_of(("auto", "required")), path)
    listed = fields.required(value, "tools", fields.items, path)
    names = {
        _name(fields.mapping(each, f"{path}.tools[{index}]"), f"{path}.tools[{index}]", tools)
        for index, each in enumerate(listed)
    }
    if not names:
        raise fields.refuse(f"{path}.tools", "must have at least one tool.")
    return tuple(tool for tool in tools if tool.name in names), ToolChoice(mode=mode)


def _name(value: dict[str, Any], path: str, tools: tuple[Tool, ...]) -> str:
    function = fields.required(value, "function", fields.mapping, path)
    return _known(fields.required(function, "name", fields.text, f"{path}.function"), f"{path}.function.name", tools)


def _known(name: str, path: str, tools: tuple[Tool, ...]) -> str:
    if name not in {tool.name for tool in tools}:
        raise fields.refuse(path, "must be the name of one of the tools in this request.")
    return name


def _function_call(value: Any, tools: tuple[Tool, ...]) -> ToolChoice | None:
    if value is None:
        return None
    if isinstance(value, str):
        return ToolChoice(mode=fields.one_of(("none", "auto"))(value, "function_call"))
    wanted = fields.mapping(value, "function_call")
    name = fields.required(wanted, "name", fields.text, "function_call")
    return ToolChoice(mode="one", name=_known(name, "function_call.name", tools))
