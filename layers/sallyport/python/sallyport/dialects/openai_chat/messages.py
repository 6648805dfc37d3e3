"""The `messages` of a chat completion as turns."""

from typing import Any

from sallyport.conversation import Block, Refusal, Role, Text, ToolCall, ToolResult, Turn
from sallyport.dialects import fields
from sallyport.dialects.openai_chat import parts

_ROLES = ("developer", "system", "user", "assistant", "tool", "function")
_role = fields.one_of(_ROLES)


def read_turns(value: Any) -> tuple[Turn, ...]:
    """One turn a message. A deprecated function call gets an id, which its result then refers to."""
    messages = fields.items(value, "messages")
    if not messages:
        raise fields.refuse("messages", "must have at least one message.")
    function_calls: dict[str, str] = {}
    return tuple(_turn(each, f"messages[{index}]", function_calls) for index, each in enumerate(messages))


def _turn(value: Any, path: str, function_calls: dict[str, str]) -> Turn:
    message = fields.mapping(value, path)
    role = fields.required(message, "role", _role, path)
    name = fields.optional(message, "name", fields.text, path)
    match role:
        case "user":
            return Turn(role=Role.USER, blocks=fields.required(message, "content", parts.content, path), name=name)
        case "assistant":
            return Turn(role=Role.ASSISTANT, blocks=_assistant(message, path, function_calls), name=name)
        case "tool":
            call = fields.required(message, "tool_call_id", fields.filled_text, path)
            return _result(call, message, path)
        case "function":
            call = function_calls.get(fields.required(message, "name", fields.filled_text, path), path)
            return _result(call, message, path)
        case _:
            return Turn(role=Role.SYSTEM, blocks=fields.required(message, "content", parts.texts, path), name=name)


def _result(call: str, message: dict[str, Any], path: str) -> Turn:
    content = fields.required(message, "content", parts.texts, path)
    return Turn(role=Role.TOOL, blocks=(ToolResult(tool_call_id=call, content=content),))


def _assistant(message: dict[str, Any], path: str, function_calls: dict[str, str]) -> tuple[Block, ...]:
    if message.get("audio") is not None:
        raise fields.refuse(f"{path}.audio", "names an answer that the gateway does not keep. Send its transcript.")
    blocks: list[Block] = list(fields.optional(message, "content", parts.content, path) or ())
    for index, block in enumerate(blocks):
        if not isinstance(block, Text | Refusal):
            raise fields.refuse(f"{path}.content[{index}].type", "must be text or refusal in an assistant message.")
    refusal = fields.optional(message, "refusal", fields.text, path)
    if refusal:
        blocks.append(Refusal(text=refusal))
    for index, call in enumerate(fields.optional(message, "tool_calls", fields.items, path) or ()):
        blocks.append(_call(call, f"{path}.tool_calls[{index}]"))
    function = fields.optional(message, "function_call", fields.mapping, path)
    if function is not None:
        blocks.append(_function(path, function, f"{path}.function_call"))
        function_calls[function["name"]] = path
    if not blocks:
        raise fields.refuse(f"{path}.content", "is required unless the message has tool_calls.")
    return tuple(blocks)


def _call(value: Any, path: str) -> ToolCall:
    call = fields.mapping(value, path)
    if call.get("type", "function") != "function":
        raise fields.refuse(f"{path}.type", "must be function: the gateway knows no other tools.")
    identity = fields.required(call, "id", fields.filled_text, path)
    return _function(identity, fields.required(call, "function", fields.mapping, path), f"{path}.function")


def _function(identity: str, function: dict[str, Any], path: str) -> ToolCall:
    return ToolCall(
        id=identity,
        name=fields.required(function, "name", fields.filled_text, path),
        arguments=fields.required(function, "arguments", fields.text, path),
    )
