"""A simulated answer as the events of a stream: text word by word, JSON in fragments of a few characters."""

import re
from collections.abc import Iterator

from sallyport.conversation import Block, ChatAnswer, Reasoning, Text, ToolCall
from sallyport.stream import (
    Counted,
    Event,
    ReasoningDelta,
    ReasoningSeal,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)

_WORD = re.compile(r"\S+\s*|\s+")
_FRAGMENT = re.compile(r".{1,7}", re.DOTALL)


def pieces(answer: ChatAnswer, *, json_text: bool = False) -> Iterator[Event]:
    """`json_text` when the answer's text is JSON. Choices come one after the other."""
    yield Started(model=answer.model)
    for number, choice in enumerate(answer.choices):
        calls = 0
        for block in choice.blocks:
            yield from _block(block, number, calls, _FRAGMENT if json_text else _WORD)
            calls += isinstance(block, ToolCall)
        yield Stopped(reason=choice.stop_reason, choice=number)
    yield Counted(usage=answer.usage)


def _block(block: Block, choice: int, call: int, cut: re.Pattern[str]) -> Iterator[Event]:
    match block:
        case Text():
            for piece in cut.findall(block.text):
                yield TextDelta(text=piece, choice=choice)
        case Reasoning():
            for piece in _WORD.findall(block.text):
                yield ReasoningDelta(text=piece, choice=choice)
            if block.signature or block.redacted:
                yield ReasoningSeal(signature=block.signature, redacted=block.redacted, choice=choice)
        case ToolCall():
            yield ToolCallStarted(index=call, id=block.id, name=block.name, choice=choice)
            for piece in _FRAGMENT.findall(block.arguments):
                yield ToolCallDelta(index=call, arguments=piece, choice=choice)
        case _:
            # The simulated provider says nothing else.
            pass
