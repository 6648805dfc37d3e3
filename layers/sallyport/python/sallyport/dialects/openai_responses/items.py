"""The `instructions` and the `input` of a request as turns.

What a model said lies in items of several kinds; those that follow each other are one turn, and so are the results of
the tools it called. Of an item's other fields, ids and states mean nothing here: nobody keeps them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sallyport.conversation import Block, Document, Image, Reasoning, Role, Text, ToolCall, ToolResult, Turn
from sallyport.dialects import fields
from sallyport.dialects.openai_responses.parts import OF_ASSISTANT, OF_SYSTEM, OF_USER, content
from sallyport.dialects.openai_responses.sealing import unwrap

type Fields = dict[str, Any]
type Said = tuple[Role, tuple[Block, ...]]

_ROLES = ("user", "assistant", "system", "developer")
_role = fields.one_of(_ROLES)
_JOINED = (Role.ASSISTANT, Role.TOOL)


def read_turns(body: Fields) -> tuple[Turn, ...]:
    """The instructions first. Raise InvalidRequestError for an item that no stateless gateway can understand."""
    instructions = fields.optional(body, "instructions", fields.text)
    said: list[Said] = [(Role.SYSTEM, (Text(text=instructions),))] if instructions else []
    sent = fields.required(body, "input", _input)
    if isinstance(sent, str):
        said.append((Role.USER, (Text(text=sent),)))
        sent = []
    elif not sent:
        raise fields.refuse("input", "must have at least one item.")
    for index, each in enumerate(sent):
        role, blocks = _item(each, f"input[{index}]")
        if role in _JOINED and said and said[-1][0] is role:
            said[-1] = (role, said[-1][1] + blocks)
        else:
            said.append((role, blocks))
    return tuple(Turn(role=role, blocks=blocks) for role, blocks in said)


def _input(value: Any, path: str) -> str | list[Any]:
    if not isinstance(value, str | list):
        raise fields.wrong_type(value, path, "a string or an array of items")
    return value


def _item(value: Any, path: str) -> Said:
    item = fields.mapping(value, path)
    kind = fields.optional(item, "type", fields.text, path) or ("message" if "role" in item else "item_reference")
    if kind == "item_reference":
        raise fields.refuse(path, "refers to an item, and the gateway keeps none. Send the item itself.")
    if kind not in _READERS:
        raise fields.refuse(f"{path}.type", f"must be one of {', '.join(_READERS)}: others no provider takes here.")
    return _READERS[kind](item, path)


def _message(item: Fields, path: str) -> Said:
    where = f"{path}.content"
    role = fields.required(item, "role", _role, path)
    if "content" not in item:
        raise fields.refuse(where, "is missing.")
    sent = item["content"]
    if role == "assistant":
        return Role.ASSISTANT, content(sent, where, OF_ASSISTANT)
    if sent == []:
        raise fields.refuse(where, "must not be an empty array.")
    return (
        (Role.USER, content(sent, where, OF_USER)) if role == "user" else (Role.SYSTEM, content(sent, where, OF_SYSTEM))
    )


def _function_call(item: Fields, path: str) -> Said:
    if item.get("namespace") is not None:
        raise fields.refuse(f"{path}.namespace", "is not supported: tools have no namespaces here.")
    call = ToolCall(
        id=fields.required(item, "call_id", fields.filled_text, path),
        name=fields.required(item, "name", fields.filled_text, path),
        arguments=fields.required(item, "arguments", fields.text, path),
    )
    return Role.ASSISTANT, (call,)


def _function_call_output(item: Fields, path: str) -> Said:
    """A file in a result follows it: few providers take one inside."""
    call = fields.required(item, "call_id", fields.filled_text, path)
    if "output" not in item:
        raise fields.refuse(f"{path}.output", "is missing.")
    inside = content(item["output"], f"{path}.output", OF_USER)
    told = tuple(each for each in inside if isinstance(each, Text | Image))
    files = tuple(each for each in inside if isinstance(each, Document))
    return Role.TOOL, (ToolResult(tool_call_id=call, content=told), *files)


def _reasoning(item: Fields, path: str) -> Said:
    """Nothing is left of an item that tells neither a thought nor a seal."""
    summary = _thoughts(item, "summary", "summary_text", path)
    told = _thoughts(item, "content", "reasoning_text", path) or summary
    seals = fields.optional(item, "encrypted_content", unwrap, path) or {}
    return Role.ASSISTANT, (Reasoning(text=told, **seals),) if told or seals else ()


def _thoughts(item: Fields, name: str, kind: str, path: str) -> str:
    texts = []
    for index, each in enumerate(fields.optional(item, name, fields.items, path) or ()):
        where = f"{path}.{name}[{index}]"
        part = fields.mapping(each, where)
        fields.required(part, "type", fields.one_of((kind,)), where)
        texts.append(fields.required(part, "text", fields.text, where))
    return "\n\n".join(texts)


_READERS: Mapping[str, Callable[[Fields, str], Said]] = {
    "message": _message,
    "function_call": _function_call,
    "function_call_output": _function_call_output,
    "reasoning": _reasoning,
}
