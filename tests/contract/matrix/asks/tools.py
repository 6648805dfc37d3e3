"""Tools, the choice among them, and a past in which some were called, in the words of each dialect."""

import json
from typing import Any

from tests.contract.matrix.asks.conversations import PNG, USER
from tests.contract.matrix.dialects import CHAT, MESSAGES, RESPONSES

SCHEMA = {"type": "object", "properties": {"who": {"type": "string"}}}
ODD = "Ann's tool: find/" + "x" * 60
LONG = "call:" + "1" * 80

type Call = tuple[str, str, dict[str, Any]]

ONE: Call = ("call_1", "find", {"who": "one"})
OTHER: Call = ("call_2", "keep", {"who": "it"})


def _tools(*names: str, strict: bool = False) -> dict[str, list[dict[str, Any]]]:
    sure = {"strict": True} if strict else {}
    functions = [{"name": name, "parameters": SCHEMA, **sure} for name in names]
    return {
        CHAT: [{"type": "function", "function": each} for each in functions],
        MESSAGES: [{"name": name, "input_schema": SCHEMA, **sure} for name in names],
        RESPONSES: [{"type": "function", **each} for each in functions],
    }


def _offered(**choices: Any) -> dict[str, dict[str, Any]]:
    """Two tools that the user names, and the choice among them by dialect."""
    return {each: fields | choices.get(each, {}) for each, fields in _named("find", "keep").items()}


def _named(*names: str, strict: bool = False) -> dict[str, dict[str, Any]]:
    messages = [{"role": "user", "content": "Please find and keep."}]
    words = {CHAT: {"messages": messages}, MESSAGES: {"messages": messages}, RESPONSES: {"input": messages}}
    return {each: {"tools": tools} | words[each] for each, tools in _tools(*names, strict=strict).items()}


def _called(
    *calls: Call, results: tuple[tuple[str, Any], ...], names: tuple[str, ...] = ("find", "keep"), failed: bool = False
) -> dict[str, dict[str, Any]]:
    """The calls of an answer and then their results; without names no tools are offered any more."""
    tools = _tools(*names)
    error = {"is_error": True} if failed else {}
    uses = [{"type": "tool_use", "id": id, "name": name, "input": given} for id, name, given in calls]
    told = [{"type": "tool_result", "tool_use_id": id, "content": result} | error for id, result in results]
    answer = [{"role": "assistant", "content": uses}] if uses else []
    functions = [
        {"id": id, "type": "function", "function": {"name": name, "arguments": _written(given)}}
        for id, name, given in calls
    ]
    called = [{"role": "assistant", "content": None, "tool_calls": functions}] if functions else []
    items = [
        {"type": "function_call", "call_id": id, "name": name, "arguments": _written(given)}
        for id, name, given in calls
    ]
    outputs = [{"type": "function_call_output", "call_id": id, "output": result} for id, result in results]
    asked: dict[str, dict[str, Any]] = {
        CHAT: {
            "messages": [
                USER,
                *called,
                *({"role": "tool", "tool_call_id": id, "content": result} for id, result in results),
            ]
        },
        MESSAGES: {"messages": [USER, *answer, *([{"role": "user", "content": told}] if told else [USER])]},
        RESPONSES: {"input": [USER, *items, *outputs]},
    }
    if not results:
        asked[CHAT]["messages"].append(USER)
        asked[RESPONSES]["input"].append(USER)
    return {each: fields | ({"tools": tools[each]} if names else {}) for each, fields in asked.items()}


def _written(arguments: dict[str, Any]) -> str:
    """As models write them: nothing at all for a call without arguments."""
    return json.dumps(arguments) if arguments else ""


def _only(asked: dict[str, dict[str, Any]], *dialects: str) -> dict[str, dict[str, Any]]:
    return {each: asked[each] for each in dialects}


_IMAGES = {
    MESSAGES: [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}],
    RESPONSES: [{"type": "input_image", "image_url": f"data:image/png;base64,{PNG}"}],
}

TOOLS: dict[str, dict[str, dict[str, Any]]] = {
    "tools": _offered(),
    "strict tools": _named("find", strict=True),
    "a tool is forced": _offered(
        openai_chat={"tool_choice": {"type": "function", "function": {"name": "find"}}},
        anthropic_messages={"tool_choice": {"type": "tool", "name": "find"}},
        openai_responses={"tool_choice": {"type": "function", "name": "find"}},
    ),
    "any tool is forced": _offered(
        openai_chat={"tool_choice": "required"},
        anthropic_messages={"tool_choice": {"type": "any"}},
        openai_responses={"tool_choice": "required"},
    ),
    "no tool may be called": _offered(
        openai_chat={"tool_choice": "none"},
        anthropic_messages={"tool_choice": {"type": "none"}},
        openai_responses={"tool_choice": "none"},
    ),
    "one call at a time": _offered(
        openai_chat={"parallel_tool_calls": False},
        anthropic_messages={"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        openai_responses={"parallel_tool_calls": False},
    ),
    "parallel calls and their results": _called(ONE, OTHER, results=(("call_1", "west"), ("call_2", "kept"))),
    "result of a tool that failed": _only(_called(ONE, results=(("call_1", "down"),), failed=True), MESSAGES),
    "image in a tool's result": {
        each: _called(ONE, results=(("call_1", image),))[each] for each, image in _IMAGES.items()
    },
    "call without a result": _called(ONE, results=()),
    "result without a call": _called(results=(("call_1", "west"),)),
    "calls of tools that are gone": _called(ONE, results=(("call_1", "west"),), names=()),
    "call with empty arguments": _called(("call_1", "find", {}), results=(("call_1", "west"),)),
    "long ids of calls": _called((LONG, "find", {"who": "one"}), results=((LONG, "west"),)),
    "odd names of tools": _called(("call_1", ODD, {"who": "one"}), results=(("call_1", "west"),), names=(ODD,)),
}
"""Feature to dialect to the fields by which it is asked for. A dialect that is missing has no word for it."""
