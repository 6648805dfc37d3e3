"""One canonical stream of events: providers read into it, dialects render from it. Every answer is one of these.

    Started                     once, first
    TextDelta | RefusalDelta | ReasoningDelta | ReasoningSeal | ToolCallStarted | ToolCallDelta | LogProbs
                                in any order
    Stopped                     once per choice, after its last delta
    Counted                     at most once, last: a stream that broke has none

Tool calls are numbered from 0 within their choice, in the order in which they start, whatever their provider does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sallyport.attempts import Usage
from sallyport.conversation import Block, ChatAnswer, Choice, Reasoning, Refusal, StopReason, Text, ToolCall


@dataclass(frozen=True, slots=True)
class Started:
    """`model` is the provider's own name for what serves."""

    model: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ReasoningSeal:
    """What must come back unchanged with the reasoning so far; both are opaque."""

    signature: str | None = None
    redacted: str | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    index: int
    id: str
    name: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A fragment of the arguments' JSON text."""

    index: int
    arguments: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class LogProbs:
    """How likely the tokens of a piece were, as lists of OpenAI's `token`, `logprob`, `bytes` and `top_logprobs`.

    They are the tokens that the model wrote, placeholders among them, and are never restored: a value has other tokens
    than its placeholder, of which nobody knows how likely they are.
    """

    content: list[dict[str, Any]] | None = None
    refusal: list[dict[str, Any]] | None = None
    choice: int = 0

    def to_json(self) -> dict[str, Any]:
        return {"content": self.content, "refusal": self.refusal}


@dataclass(frozen=True, slots=True)
class Stopped:
    """`stop_sequence` is the one that was met, where the provider tells."""

    reason: StopReason
    choice: int = 0
    stop_sequence: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """`estimated` when the provider told nothing and the gateway counted by itself."""

    usage: Usage
    estimated: bool = False


type Event = (
    Started
    | TextDelta
    | ReasoningDelta
    | ReasoningSeal
    | RefusalDelta
    | ToolCallStarted
    | ToolCallDelta
    | LogProbs
    | Stopped
    | Counted
)


@dataclass(slots=True)
class _Parts:
    reasoning: list[Reasoning] = field(default_factory=list)
    thought: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    calls: dict[int, tuple[str, str, list[str]]] = field(default_factory=dict)
    logprobs: dict[str, list[dict[str, Any]] | None] | None = None
    stop: StopReason | None = None
    stop_sequence: str | None = None

    def add(self, piece: LogProbs) -> None:
        known = self.logprobs or {}
        self.logprobs = {
            name: told if known.get(name) is None else [*(known[name] or ()), *(told or ())]
            for name, told in piece.to_json().items()
        }

    def blocks(self) -> tuple[Block, ...]:
        blocks: list[Block] = [*self.reasoning]
        if self.thought:
            blocks.append(Reasoning(text="".join(self.thought)))
        if self.text:
            blocks.append(Text(text="".join(self.text)))
        if self.refusal:
            blocks.append(Refusal(text="".join(self.refusal)))
        blocks += [ToolCall(id=id, name=name, arguments="".join(parts)) for id, name, parts in self.calls.values()]
        return tuple(blocks)


class Collector:
    """Takes the events of a stream as they pass, and knows the answer that they amount to at any time."""

    def __init__(self) -> None:
        self.model = ""
        self.counted: Counted | None = None
        self._choices: defaultdict[int, _Parts] = defaultdict(_Parts)

    def take(self, event: Event) -> None:
        match event:
            case Started():
                self.model = event.model
            case Counted():
                self.counted = event
            case TextDelta():
                self._choices[event.choice].text.append(event.text)
            case RefusalDelta():
                self._choices[event.choice].refusal.append(event.text)
            case ReasoningDelta():
                self._choices[event.choice].thought.append(event.text)
            case ReasoningSeal():
                parts = self._choices[event.choice]
                text, parts.thought = "".join(parts.thought), []
                parts.reasoning.append(Reasoning(text=text, signature=event.signature, redacted=event.redacted))
            case ToolCallStarted():
                self._choices[event.choice].calls[event.index] = (event.id, event.name, [])
            case ToolCallDelta():
                self._choices[event.choice].calls[event.index][2].append(event.arguments)
            case LogProbs():
                self._choices[event.choice].add(event)
            case Stopped():
                parts = self._choices[event.choice]
                parts.stop, parts.stop_sequence = event.reason, event.stop_sequence

    @property
    def whole(self) -> bool:
        """Whether every choice came to its end: what broke off is no answer to keep."""
        return bool(self._choices) and all(parts.stop is not None for parts in self._choices.values())

    def answer(self, usage: Usage) -> ChatAnswer:
        """What came so far; a choice that has not ended counts as cut."""
        choices = tuple(
            Choice(
                blocks=parts.blocks(),
                stop_reason=parts.stop or StopReason.LENGTH,
                stop_sequence=parts.stop_sequence,
                logprobs=parts.logprobs,
            )
            for _, parts in sorted(self._choices.items())
        )
        return ChatAnswer(model=self.model, choices=choices, usage=usage)


def replay(answer: ChatAnswer) -> Iterator[Event]:
    """A whole answer as a stream of it: what a cache kept is streamed to who asks for a stream."""
    yield Started(model=answer.model)
    for index, choice in enumerate(answer.choices):
        calls = 0
        for block in choice.blocks:
            match block:
                case Text():
                    yield TextDelta(block.text, index)
                case Refusal():
                    yield RefusalDelta(block.text, index)
                case Reasoning():
                    if block.text:
                        yield ReasoningDelta(block.text, index)
                    yield ReasoningSeal(block.signature, block.redacted, index)
                case ToolCall():
                    yield ToolCallStarted(calls, block.id, block.name, index)
                    yield ToolCallDelta(calls, block.arguments, index)
                    calls += 1
        if choice.logprobs is not None:
            yield LogProbs(choice.logprobs.get("content"), choice.logprobs.get("refusal"), index)
        yield Stopped(choice.stop_reason, index, choice.stop_sequence)
    yield Counted(answer.usage)


def collect(events: Iterable[Event]) -> Collector:
    collector = Collector()
    for event in events:
        collector.take(event)
    return collector
