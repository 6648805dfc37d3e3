"""What a model said as output items, in the same shapes for a whole answer and at the end of a stream's items."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sallyport.conversation import Block, Choice, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.dialects.openai_responses.sealing import wrap

type Item = dict[str, Any]

COMPLETED, INCOMPLETE, IN_PROGRESS = "completed", "incomplete", "in_progress"

REASONS = {StopReason.LENGTH: "max_output_tokens", StopReason.FILTERED: "content_filter"}
"""Why an answer is incomplete. After any other reason to stop it is complete."""


def text_part(text: str, logprobs: list[Any] | None = None) -> Item:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs or []}


def refusal_part(text: str) -> Item:
    return {"type": "refusal", "refusal": text}


def message(id: str, parts: list[Item], status: str) -> Item:
    return {"id": id, "type": "message", "status": status, "role": "assistant", "content": parts}


def function_call(id: str, call_id: str, name: str, arguments: str, status: str) -> Item:
    return {
        "id": id,
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def reasoning(id: str, text: str, sealed: str | None) -> Item:
    """Of a thought of which nothing may be shown, the summary is empty."""
    return {"id": id, "type": "reasoning", "summary": summary(text) if text else [], "encrypted_content": sealed}


def summary(text: str) -> list[Item]:
    return [{"type": "summary_text", "text": text}]


def filled(arguments: str) -> str:
    """A model may write nothing for a tool without parameters, and every client reads JSON."""
    return arguments if arguments.strip() else arguments + "{}"


def items_of(choice: Choice, stem: str) -> list[Item]:
    """The items of an answer; `stem` makes their ids its own. What was said in one go is one message."""
    said = (block for block in choice.blocks if _is_something(block))
    runs = [list(run) for is_text, group in groupby(said, _is_words) for run in _runs(is_text, group)]
    last = len(runs) - 1
    cut = choice.stop_reason in REASONS
    items = [_item(run, stem, n, INCOMPLETE if cut and n == last else COMPLETED) for n, run in enumerate(runs)]
    probabilities = (choice.logprobs or {}).get("content")
    if probabilities:
        _add_logprobs(items, probabilities)
    return items


def id_of(kind: str, stem: str, number: int) -> str:
    return f"{kind}_{stem}_{number}"


def _runs(words: bool, group: Iterator[Block]) -> Iterator[list[Block]]:
    if words:
        yield list(group)
    else:
        yield from ([block] for block in group)


def _is_words(block: Block) -> bool:
    return isinstance(block, Text | Refusal)


def _is_something(block: Block) -> bool:
    match block:
        case Text() | Refusal():
            return bool(block.text)
        case Reasoning():
            return bool(block.text or block.signature or block.redacted)
        case _:
            return isinstance(block, ToolCall)


def _item(run: list[Block], stem: str, number: int, status: str) -> Item:
    match run[0]:
        case ToolCall() as call:
            arguments = filled(call.arguments)
            return function_call(id_of("fc", stem, number), call.id, call.name, arguments, status)
        case Reasoning() as thought:
            return reasoning(id_of("rs", stem, number), thought.text, wrap(thought.signature, thought.redacted))
        case _:
            return message(id_of("msg", stem, number), list(_parts(run)), status)


def _parts(run: list[Block]) -> Iterator[Item]:
    for kind, group in groupby(run, type):
        words = "".join(block.text for block in group if isinstance(block, Text | Refusal))
        yield text_part(words) if kind is Text else refusal_part(words)


def _add_logprobs(items: list[Item], probabilities: list[Any]) -> None:
    """They are of the answer's text, which OpenAI-compatible servers give in one piece."""
    for item in items:
        for part in item.get("content", ()):
            if part["type"] == "output_text":
                part["logprobs"] = probabilities
                return
