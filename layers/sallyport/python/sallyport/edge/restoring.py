"""This caller's own values in place of the placeholders: last thing before an answer leaves, whole or as it flows."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sallyport.conversation import Block, ChatAnswer, ChatRequest, Reasoning, Text
from sallyport.redaction.restore import StreamRestorer, restore
from sallyport.rewriting import rewrite_blocks
from sallyport.seals import Thought
from sallyport.stream import (
    Event,
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)

type _Words = TextDelta | ReasoningDelta | RefusalDelta
type _Block = type[_Words] | int
"""What of a choice a holder is for: a kind of words, or a tool call by its index."""


def restored(answer: ChatAnswer, mapping: Mapping[str, str], request: ChatRequest) -> ChatAnswer:
    """The answer with this caller's own values, escaped where the text is JSON."""
    if not mapping:
        return answer
    structured = is_structured(request)

    def into_json(text: str) -> str:
        return restore(text, mapping, escape=_json_escaped).text

    def into_text(text: str) -> str:
        return restore(text, mapping).text

    def into_block(block: Block) -> Block:
        if isinstance(block, Reasoning) and block.signature is not None:
            return _signed(block, into_text(block.text), block.signature)
        words = into_json if structured and isinstance(block, Text) else into_text
        [written] = rewrite_blocks((block,), words, into_json)
        return written

    choices = tuple(
        choice.model_copy(
            update={
                "blocks": tuple(into_block(block) for block in choice.blocks),
                "stop_sequence": choice.stop_sequence and into_text(choice.stop_sequence),
            }
        )
        for choice in answer.choices
    )
    return answer.model_copy(update={"choices": choices})


def _signed(thought: Reasoning, told: str, signature: str) -> Reasoning:
    sealed = Thought()
    sealed.write(thought.text)
    sealed.tell(told)
    return thought.model_copy(update={"text": told, "signature": sealed.signature(signature)})


def is_structured(request: ChatRequest) -> bool:
    """Whether the answer's text is JSON."""
    return request.response_format is not None and request.response_format.type != "text"


class EventRestorer:
    """Restores a stream's events. A holder for each kind of words and each tool call of a choice keeps back what may
    yet become a placeholder; it is emptied when the next block begins, and before the choice ends.
    """

    def __init__(self, mapping: Mapping[str, str], *, structured: bool) -> None:
        self._mapping = mapping
        self._structured = structured
        self._holders: defaultdict[int, dict[_Block, StreamRestorer]] = defaultdict(dict)
        self._words: dict[int, type[_Words]] = {}
        self._thoughts: defaultdict[int, Thought] = defaultdict(Thought)

    def take(self, event: Event) -> Iterator[Event]:
        """What is certain by now."""
        if not self._mapping:
            yield event
            return
        match event:
            case TextDelta() | ReasoningDelta() | RefusalDelta():
                kind = type(event)
                if self._words.get(event.choice) is not kind:
                    yield from self._flush_words(event.choice)
                    self._words[event.choice] = kind
                if kind is ReasoningDelta:
                    self._thoughts[event.choice].write(event.text)
                if text := self._holder(event.choice, kind).feed(event.text):
                    yield self._told(event if text == event.text else kind(text, event.choice))
            case ToolCallDelta():
                if text := self._holder(event.choice, event.index).feed(event.arguments):
                    yield replace(event, arguments=text)
            case ToolCallStarted():
                yield from self._flush_words(event.choice)
                yield event
            case ReasoningSeal():
                yield from self._flush_words(event.choice)
                thought = self._thoughts.pop(event.choice, Thought())
                yield replace(event, signature=event.signature and thought.signature(event.signature))
            case Stopped():
                yield from self._flush(event.choice)
                met = event.stop_sequence and restore(event.stop_sequence, self._mapping).text
                yield event if met == event.stop_sequence else replace(event, stop_sequence=met)
            case _:
                yield event

    def flush(self) -> Iterator[Event]:
        """What is left when the stream broke."""
        for choice in list(self._holders):
            yield from self._flush(choice)

    def _holder(self, choice: int, block: _Block) -> StreamRestorer:
        holders = self._holders[choice]
        if block not in holders:
            in_json = isinstance(block, int) or (self._structured and block is TextDelta)
            holders[block] = StreamRestorer(self._mapping, escape=_json_escaped if in_json else None)
        return holders[block]

    def _flush_words(self, choice: int) -> Iterator[Event]:
        kind = self._words.pop(choice, None)
        if kind is not None and (rest := self._holders[choice][kind].flush()):
            yield self._told(kind(rest, choice))

    def _told(self, event: _Words) -> _Words:
        if isinstance(event, ReasoningDelta):
            self._thoughts[event.choice].tell(event.text)
        return event

    def _flush(self, choice: int) -> Iterator[Event]:
        yield from self._flush_words(choice)
        for block, holder in self._holders[choice].items():
            if isinstance(block, int) and (rest := holder.flush()):
                yield ToolCallDelta(block, rest, choice)


def _json_escaped(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]
