"""The `system` and the `messages` of a request as turns."""

from typing import Any

from sallyport.conversation import Role, ToolResult, Turn
from sallyport.dialects import fields
from sallyport.dialects.anthropic_messages.blocks import content, texts

_role = fields.one_of(("user", "assistant", "system"))
_OF_USER = ("text", "image", "document", "search_result", "tool_result")
_OF_ASSISTANT = ("text", "thinking", "redacted_thinking", "tool_use")


def read_turns(body: dict[str, Any]) -> tuple[Turn, ...]:
    """The system's words first, then one turn a message; one with nothing but results of tools is the tool's."""
    system = fields.optional(body, "system", texts)
    messages = fields.required(body, "messages", fields.items)
    if not messages:
        raise fields.refuse("messages", "must have at least one message.")
    turns = tuple(_turn(each, f"messages.{index}") for index, each in enumerate(messages))
    return (Turn(role=Role.SYSTEM, blocks=system), *turns) if system else turns


def _turn(value: Any, path: str) -> Turn:
    message = fields.mapping(value, path)
    role = fields.required(message, "role", _role, path)
    where = f"{path}.content"
    if "content" not in message:
        raise fields.refuse(where, "is missing.")
    sent = message["content"]
    # Only an assistant may have said nothing.
    if sent == [] and role != "assistant":
        raise fields.refuse(where, "must not be an empty array.")
    match role:
        case "system":
            return Turn(role=Role.SYSTEM, blocks=texts(sent, where))
        case "assistant":
            return Turn(role=Role.ASSISTANT, blocks=content(sent, where, _OF_ASSISTANT))
        case _:
            blocks = content(sent, where, _OF_USER)
            results = blocks and all(isinstance(block, ToolResult) for block in blocks)
            return Turn(role=Role.TOOL if results else Role.USER, blocks=blocks)
