"""The tools a request brings, and which of them the model has to call."""

from typing import Any

from sallyport.conversation import Tool, ToolChoice
from sallyport.dialects import fields
from sallyport.dialects.marks import cache_ttl

_MODES = {"auto": "auto", "any": "required", "tool": "one", "none": "none"}
_mode = fields.one_of(tuple(_MODES))


def read_tools(body: dict[str, Any]) -> tuple[Tool, ...]:
    """The client's own tools; those that Anthropic's servers run are refused."""
    listed = fields.optional(body, "tools", fields.items) or []
    tools = tuple(_tool(each, f"tools.{index}") for index, each in enumerate(listed))
    names: set[str] = set()
    for index, tool in enumerate(tools):
        if tool.name in names:
            raise fields.refuse(f"tools.{index}.name", "is the name of an earlier tool. Names must be unique.")
        names.add(tool.name)
    return tools


def read_choice(body: dict[str, Any], tools: tuple[Tool, ...]) -> tuple[ToolChoice | None, bool | None]:
    """The choice, and whether calls may be parallel: False or not said."""
    choice = fields.optional(body, "tool_choice", fields.mapping)
    if choice is None:
        return None, None
    kind = fields.required(choice, "type", _mode, "tool_choice")
    one_only = fields.optional(choice, "disable_parallel_tool_use", fields.boolean, "tool_choice")
    name = fields.required(choice, "name", fields.text, "tool_choice") if kind == "tool" else None
    if kind in ("any", "tool") and not tools:
        raise fields.refuse("tool_choice", "asks for a tool, but there are no tools. Send tools.")
    if name is not None and name not in {tool.name for tool in tools}:
        raise fields.refuse("tool_choice.name", "must be the name of one of the tools in this request.")
    return ToolChoice.model_validate({"mode": _MODES[kind], "name": name}), False if one_only else None


def _tool(value: Any, path: str) -> Tool:
    tool = fields.mapping(value, path)
    if fields.optional(tool, "type", fields.text, path) not in (None, "custom"):
        raise fields.refuse(f"{path}.type", "must be custom: the gateway lets no provider run tools of its own.")
    if fields.optional(tool, "defer_loading", fields.boolean, path):
        raise fields.refuse(f"{path}.defer_loading", "must be false: the gateway has no tool search.")
    callers = fields.optional(tool, "allowed_callers", fields.items, path)
    if callers not in (None, ["direct"]):
        raise fields.refuse(f"{path}.allowed_callers", 'must be ["direct"]: no code runs at a provider.')
    fields.optional(tool, "eager_input_streaming", fields.boolean, path)  # fragments pass as they come anyway
    schema = fields.required(tool, "input_schema", fields.mapping, path)
    examples = fields.optional(tool, "input_examples", fields.items, path)
    return Tool(
        name=fields.required(tool, "name", fields.filled_text, path),
        description=fields.optional(tool, "description", fields.text, path),
        # JSON Schema has a word of its own for them, which every provider takes.
        parameters=schema | ({"examples": examples} if examples else {}),
        strict=fields.optional(tool, "strict", fields.boolean, path),
        cache=cache_ttl(tool, path),
    )
