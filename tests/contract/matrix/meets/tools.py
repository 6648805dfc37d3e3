"""What becomes of tools, of the choice among them, and of a past in which some were called."""

from collections.abc import Mapping

from tests.contract.matrix.asks.conversations import PNG
from tests.contract.matrix.asks.tools import LONG, ODD, SCHEMA
from tests.contract.matrix.meets.words import ByDialect, Has, Meets, mapped, said, warned, yes
from tests.contract.matrix.recordings import ANTHROPIC, BEDROCK, OPENAI, SIMULATED

_CLOSED = SCHEMA | {"additionalProperties": False}
_CALL, _USE = "messages.1.tool_calls.0", "messages.1.content.0"
_RESULT = "messages.2.content.0"
_NAMES = {"tools.0.name": "find", "tools.1.name": "keep"}
_SPEC = "toolConfig.tools.0.toolSpec"
_SPECIFIED = {f"{_SPEC}.name": "find", "toolConfig.tools.1.toolSpec.name": "keep"}
_SHOWN = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
_NONE = "There is no result."
_LATE = "The result of an earlier tool call:"
_ONE_ONLY = {"disable_parallel_tool_use": True}
_DIGEST = "call_f6525f19075ea5f07fefd861e566c3a2"
LIKE = "Ann_s_tool__find_" + "x" * 34 + "_0ad0adc75f42"
_ODDLY = {"calls": (("call_9", ODD, {"who": "it"}),)}
_CALLED = ("call_simulated_1", "find", {"who": "Please find and keep."})
_BOTH = (_CALLED, ("call_simulated_1_1", "keep", {"who": "Please find and keep."}))

TOOLS: Mapping[str, Mapping[str, Meets | ByDialect]] = {
    "tools": {
        OPENAI: yes({"tools.0.function": {"name": "find", "parameters": SCHEMA}, "tool_choice": None}),
        BEDROCK: yes({**_SPECIFIED, f"{_SPEC}.inputSchema.json": SCHEMA, "toolConfig.toolChoice": None}),
        ANTHROPIC: yes({**_NAMES, "tools.0.input_schema": SCHEMA, "tool_choice": None}),
        SIMULATED: yes(reads={"calls": _BOTH}),
    },
    "strict tools": {
        OPENAI: yes({"tools.0.function.strict": True, "tools.0.function.parameters": SCHEMA}),
        BEDROCK: yes({f"{_SPEC}.strict": True, f"{_SPEC}.inputSchema.json": _CLOSED}),
        ANTHROPIC: yes({"tools.0.strict": True, "tools.0.input_schema": _CLOSED}),
        SIMULATED: yes(reads={"calls": (_CALLED,)}),
    },
    "a tool is forced": {
        OPENAI: yes({"tool_choice": {"type": "function", "function": {"name": "find"}}, "tools.1.type": "function"}),
        BEDROCK: yes({**_SPECIFIED, "toolConfig.toolChoice": {"tool": {"name": "find"}}}),
        ANTHROPIC: yes({**_NAMES, "tool_choice": {"type": "tool", "name": "find"}}),
        SIMULATED: yes(reads={"calls": (_CALLED,)}),
    },
    "any tool is forced": {
        OPENAI: yes({"tool_choice": "required", "tools.1.type": "function"}),
        BEDROCK: yes({**_SPECIFIED, "toolConfig.toolChoice": {"any": {}}}),
        ANTHROPIC: yes({**_NAMES, "tool_choice": {"type": "any"}}),
        SIMULATED: yes(reads={"calls": _BOTH}),
    },
    "no tool may be called": {
        OPENAI: yes({"tool_choice": "none", "tools.1.type": "function"}),
        BEDROCK: mapped({"toolConfig": None, "messages.0.content": [{"text": "Please find and keep."}]}),
        ANTHROPIC: yes({**_NAMES, "tool_choice": {"type": "none"}}),
        SIMULATED: yes(reads={"calls": (), "text": Has("You said: Please find and keep.")}),
    },
    "one call at a time": {
        OPENAI: yes({"parallel_tool_calls": False, "tools.1.type": "function"}),
        BEDROCK: yes({**_SPECIFIED, "additionalModelRequestFields.tool_choice.disable_parallel_tool_use": True}),
        ANTHROPIC: yes({**_NAMES, "tool_choice": {"type": "auto", **_ONE_ONLY}}),
        SIMULATED: yes(reads={"calls": (_CALLED,)}),
    },
    "parallel calls and their results": {
        OPENAI: yes(
            {
                f"{_CALL}.function": {"name": "find", "arguments": '{"who": "one"}'},
                "messages.1.tool_calls.1.id": "call_2",
                "messages.2": {"role": "tool", "tool_call_id": "call_1", "content": "west"},
                "messages.3": {"role": "tool", "tool_call_id": "call_2", "content": "kept"},
            }
        ),
        BEDROCK: yes(
            {
                f"{_USE}.toolUse": {"toolUseId": "call_1", "name": "find", "input": {"who": "one"}},
                "messages.1.content.1.toolUse.toolUseId": "call_2",
                f"{_RESULT}.toolResult": {"toolUseId": "call_1", "content": [{"text": "west"}], "status": "success"},
                "messages.2.content.1.toolResult.content": [{"text": "kept"}],
            }
        ),
        ANTHROPIC: yes(
            {
                _USE: {"type": "tool_use", "id": "call_1", "name": "find", "input": {"who": "one"}},
                "messages.1.content.1.id": "call_2",
                f"{_RESULT}.content": [{"type": "text", "text": "west"}],
                "messages.2.content.1.tool_use_id": "call_2",
            }
        ),
        SIMULATED: said("The tool answered: west\nkept"),
    },
    "result of a tool that failed": {
        OPENAI: warned("is_error", sent={"messages.2": {"role": "tool", "tool_call_id": "call_1", "content": "down"}}),
        BEDROCK: yes({f"{_RESULT}.toolResult.status": "error", f"{_RESULT}.toolResult.content": [{"text": "down"}]}),
        ANTHROPIC: yes({f"{_RESULT}.is_error": True, f"{_RESULT}.content.0.text": "down"}),
        SIMULATED: said("The tool failed: down"),
    },
    "image in a tool's result": {
        OPENAI: mapped({"messages.2.role": "tool", "messages.3": {"role": "user", "content": [_SHOWN]}}),
        BEDROCK: yes({f"{_RESULT}.toolResult.content.0.image.source.bytes": PNG}),
        ANTHROPIC: yes({f"{_RESULT}.content.0.source.data": PNG}),
        SIMULATED: said("You sent images: 1."),
    },
    "call without a result": {
        OPENAI: yes({f"{_CALL}.id": "call_1", "messages.2": {"role": "user", "content": "Hello."}}),
        BEDROCK: mapped(
            {f"{_RESULT}.toolResult.content": [{"text": _NONE}], "messages.2.content.1": {"text": "Hello."}}
        ),
        ANTHROPIC: mapped({f"{_RESULT}.content.0.text": _NONE, "messages.2.content.1.text": "Hello."}),
        SIMULATED: said("You said: Hello."),
    },
    "result without a call": {
        OPENAI: yes({"messages.1": {"role": "tool", "tool_call_id": "call_1", "content": "west"}}),
        BEDROCK: mapped({"messages.0.content": [{"text": "Hello."}, {"text": _LATE}, {"text": "west"}]}),
        ANTHROPIC: mapped({"messages.0.content.1.text": _LATE, "messages.0.content.2.text": "west"}),
        SIMULATED: said("The tool answered: west"),
    },
    "calls of tools that are gone": {
        OPENAI: yes({f"{_CALL}.id": "call_1", "messages.2.content": "west", "tools": None}),
        BEDROCK: mapped({f"{_USE}.toolUse.name": "find", f"{_SPEC}.name": "find"}),
        ANTHROPIC: mapped({f"{_USE}.name": "find", "tools.0.name": "find", "tool_choice": {"type": "none"}}),
        SIMULATED: said("The tool answered: west"),
    },
    "call with empty arguments": {
        OPENAI: mapped({f"{_CALL}.function.arguments": "{}"}),
        BEDROCK: mapped({f"{_USE}.toolUse.input": {}}),
        ANTHROPIC: mapped({f"{_USE}.input": {}}),
        SIMULATED: said("The tool answered: west"),
    },
    "long ids of calls": {
        OPENAI: yes({f"{_CALL}.id": LONG, "messages.2.tool_call_id": LONG}),
        BEDROCK: mapped({f"{_USE}.toolUse.toolUseId": _DIGEST, f"{_RESULT}.toolResult.toolUseId": _DIGEST}),
        ANTHROPIC: mapped({f"{_USE}.id": _DIGEST, f"{_RESULT}.tool_use_id": _DIGEST}),
        SIMULATED: said("The tool answered: west"),
    },
    "odd names of tools": {
        OPENAI: yes({"tools.0.function.name": ODD, f"{_CALL}.function.name": ODD}, reads=_ODDLY),
        BEDROCK: mapped({f"{_SPEC}.name": LIKE, f"{_USE}.toolUse.name": LIKE}, reads=_ODDLY),
        ANTHROPIC: mapped({"tools.0.name": LIKE, f"{_USE}.name": LIKE}, reads=_ODDLY),
        SIMULATED: said("The tool answered: west"),
    },
}  # fmt: skip
"""Feature to provider to how it is met, by dialect where that matters."""
