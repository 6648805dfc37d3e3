"""The tools a request brings, and which of them the model has to call."""

from typing import Any

from sallyport.conversation import Tool, ToolChoice
from sallyport.dialects import fields

type Fields = dict[str, Any]

_mode = fields.one_of(("none", "auto", "required"))
_allowed_mode = fields.one_of(("auto", "required"))


def read_tools(body: Fields) -> tuple[tuple[Tool, ...], ToolChoice | None]:
    """The client's own functions, as far as the choice leaves them, and the choice."""
    listed = fields.optional(body, "tools", fields.items) or []
    tools = tuple(_tool(each, f"tools[{index}]") for index, each in enumerate(listed))
    return _choice(body.get("tool_choice"), tools)


def _tool(value: Any, path: str) -> Tool:
    tool = fields.mapping(value, path)
    kind = fields.required(tool, "type", fields.text, path)
    if kind == "custom":
        raise fields.refuse(f"{path}.type", "must be function: not every provider has tools without a JSON schema.")
    if kind != "function":
        raise fields.refuse(f"{path}.type", "must be function: the gateway lets no provider run tools of its own.")
    if fields.optional(tool, "defer_loading", fields.boolean, path):
        raise fields.refuse(f"{path}.defer_loading", "must be false: the gateway has no tool search.")
    if fields.optional(tool, "async", fields.boolean, path):
        raise fields.refuse(f"{path}.async", "must be false: an answer ends with its calls here.")
    if fields.optional(tool, "allowed_callers", fields.items, path) not in (None, ["direct"]):
        raise fields.refuse(f"{path}.allowed_callers", 'must be ["direct"]: no code runs at a provider.')
    fields.optional(tool, "output_schema", fields.mapping, path)
    return Tool(
        name=fields.required(tool, "name", fields.filled_text, path),
        description=fields.optional(tool, "description", fields.text, path),
        parameters=fields.optional(tool, "parameters", fields.mapping, path),
        strict=fields.optional(tool, "strict", fields.boolean, path),
    )


def _choice(value: Any, tools: tuple[Tool, ...]) -> tuple[tuple[Tool, ...], ToolChoice | None]:
    if value is None:
        return tools, None
    if isinstance(value, str):
        choice = ToolChoice.model_validate({"mode": _mode(value, "tool_choice")})
        if choice.mode == "required" and not tools:
            raise fields.refuse("tool_choice", "is required, but there are no tools. Send tools.")
        return tools, choice
    wanted = fields.mapping(value, "tool_choice")
    match fields.required(wanted, "type", fields.text, "tool_choice"):
        case "function":
            return tools, ToolChoice(mode="one", name=_name(wanted, "tool_choice", tools))
        case "allowed_tools":
            return _allowed(wanted, tools)
        case _:
            raise fields.refuse("tool_choice.type", "must be function or allowed_tools.")


def _allowed(wanted: Fields, tools: tuple[Tool, ...]) -> tuple[tuple[Tool, ...], ToolChoice]:
    """A choice among some of the tools is the same as a choice among all when only those are sent."""
    mode = fields.required(wanted, "mode", _allowed_mode, "tool_choice")
    names = set()
    for index, each in enumerate(fields.required(wanted, "tools", fields.items, "tool_choice")):
        path = f"tool_choice.tools[{index}]"
        listed = fields.mapping(each, path)
        fields.required(listed, "type", fields.one_of(("function",)), path)
        names.add(_name(listed, path, tools))
    if not names:
        raise fields.refuse("tool_choice.tools", "must have at least one tool.")
    return tuple(tool for tool in tools if tool.name in names), ToolChoice(mode=mode)


def _name(wanted: Fields, path: str, tools: tuple[Tool, ...]) -> str:
    name: str = fields.required(wanted, "name", fields.text, path)
    if name not in {tool.name for tool in tools}:
        raise fields.refuse(f"{path}.name", "must be the name of one of the tools in this request.")
    return name
