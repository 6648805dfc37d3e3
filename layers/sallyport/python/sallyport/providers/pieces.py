"""A simulated answer as the events of a stream: text word by word, JSON in fragments of a few characters."""

import re
from collections.abc import Iterator
from typing import Any

from sallyport.conversation import Block, ChatAnswer, ChatRequest, Choice, Reasoning, Text, ToolCall
from sallyport.stream import (
    Counted,
    Event,
    LogProbs,
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


def is_json(request: ChatRequest) -> bool:
    """Whether the text of an answer is JSON."""
    return request.response_format is not None and request.response_format.type != "text"


def likely(text: str, *, alternatives: int | None, json_text: bool) -> dict[str, Any]:
    """Log probabilities that are made up: each piece of the text is a token, and the longer it is the less likely.

    A token is the only alternative to itself.
    """
    cut = _FRAGMENT if json_text else _WORD
    chances = [{"token": each, "logprob": -len(each) / 100, "bytes": list(each.encode())} for each in cut.findall(text)]
    content = [{**each, "top_logprobs": [each] if alternatives else []} for each in chances]
    return {"content": content, "refusal": None}


def pieces(answer: ChatAnswer, *, json_text: bool = False) -> Iterator[Event]:
    """`json_text` when the answer's text is JSON. Choices come one after the other."""
    yield Started(model=answer.model)
    for number, choice in enumerate(answer.choices):
        calls = 0
        for block in choice.blocks:
            if isinstance(block, Text):
                yield from _text(block, choice, number, _FRAGMENT if json_text else _WORD)
            else:
                yield from _block(block, number, calls)
            calls += isinstance(block, ToolCall)
        yield Stopped(reason=choice.stop_reason, choice=number, stop_sequence=choice.stop_sequence)
    yield Counted(usage=answer.usage)


def _text(block: Text, choice: Choice, number: int, cut: re.Pattern[str]) -> Iterator[Event]:
    """Each piece with how likely it was, if that was asked for."""
    chances = iter(choice.logprobs["content"] if choice.logprobs else ())
    for piece in cut.findall(block.text):
        yield TextDelta(text=piece, choice=number)
        if chance := next(chances, None):
            yield LogProbs(content=[chance], choice=number)


def _block(block: Block, choice: int, call: int) -> Iterator[Event]:
    match block:
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
