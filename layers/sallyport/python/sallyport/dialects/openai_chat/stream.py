"""The canonical events as chat.completion.chunk events, in bytes as they are sent.

The role comes first in each choice, then what is said, then why it ended. What is constant is written once: a chunk
costs one JSON string and one concatenation.
"""

import json
from typing import Any

from sallyport.attempts import Unmet, Usage
from sallyport.conversation import StopReason
from sallyport.dialects.naming import in_own_words
from sallyport.dialects.openai_chat.render import FINISH, NAMES, render_error, render_usage
from sallyport.dialects.openai_chat.unmet import with_unmet
from sallyport.errors import SallyportError
from sallyport.stream import (
    Counted,
    Event,
    LogProbs,
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment, which no client shows to anybody."""

# ASCII, with escapes: a character that the provider cut in two halves reaches the client as both.
_text = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class ChunkWriter:
    """One stream. `created` is UNIX seconds; the model is the one that the first event names.

    `write` keeps back why each choice ended: that is said by `end`, when nothing can go wrong any more.
    """

    def __init__(
        self,
        *,
        id: str,
        created: int,
        include_usage: bool = False,
        legacy_functions: bool = False,
        unmet: tuple[Unmet, ...] = (),
    ) -> None:
        self._id = id
        self._created = created
        self._include_usage = include_usage
        self._legacy_functions = legacy_functions
        self._unmet = unmet
        self._named = _Envelope(id, created, "", include_usage)
        self._opened = 0
        self._called: set[int] = set()
        self._stopped: dict[int, StopReason] = {}

    def write(self, event: Event) -> bytes:
        """What is sent for an event; nothing for those that only the end tells of."""
        match event:
            case TextDelta():
                return self._delta(event.choice, f'{{"content":{_text(event.text)}}}')
            case ReasoningDelta():
                return self._delta(event.choice, f'{{"reasoning_content":{_text(event.text)}}}')
            case RefusalDelta():
                return self._delta(event.choice, f'{{"refusal":{_text(event.text)}}}')
            case ToolCallStarted() | ToolCallDelta():
                return self._call(event)
            case LogProbs():
                told = self._named.chunk(event.choice, "{}", logprobs=_text(event.to_json()))
                return self._role(event.choice) + told
            case Started():
                self._named = _Envelope(self._id, self._created, event.model, self._include_usage)
            case Stopped():
                self._stopped[event.choice] = event.reason
            case ReasoningSeal() | Counted():
                pass  # this API has no word for a signature; the usage comes at the end
        return b""

    def end(self, usage: Usage, sallyport: dict[str, Any]) -> bytes:
        """Why each choice ended, the usage if it was asked for, and `[DONE]`. The last chunk has our own account."""
        account = _text(with_unmet(in_own_words(sallyport, NAMES), self._unmet))
        last = max(self._stopped, default=0)
        chunks = []
        for choice, reason in sorted(self._stopped.items()):
            told = f',"sallyport":{account}' if choice == last and not self._include_usage else ""
            finish = "function_call" if choice in self._called and self._legacy_functions else FINISH[reason]
            chunks += [self._role(choice), self._named.chunk(choice, "{}", f'"{finish}"', told)]
        if self._include_usage:
            chunks.append(self._named.usage(_text(render_usage(usage)), account))
        return b"".join((*chunks, b"data: [DONE]\n\n"))

    def failed(self, error: SallyportError, request_id: str) -> bytes:
        """OpenAI's error inside a stream, after which nothing comes."""
        return f"data: {_text(render_error(error, request_id))}\n\n".encode()

    def _call(self, event: ToolCallStarted | ToolCallDelta) -> bytes:
        if self._legacy_functions:
            # The deprecated form has room for one call.
            if event.index > 0:
                return b""
            self._called.add(event.choice)
            return self._delta(event.choice, f'{{"function_call":{_function(event)}}}')
        head = f'"id":{_text(event.id)},"type":"function",' if isinstance(event, ToolCallStarted) else ""
        return self._delta(
            event.choice, f'{{"tool_calls":[{{"index":{event.index},{head}"function":{_function(event)}}}]}}'
        )

    def _delta(self, choice: int, delta: str) -> bytes:
        if choice < self._opened:
            return self._named.chunk(choice, delta)
        return self._role(choice) + self._named.chunk(choice, delta)

    def _role(self, choice: int) -> bytes:
        """Once for each choice, at the latest before it ends, and in their order: the SDK counts them as they open."""
        new = range(self._opened, choice + 1)
        self._opened = max(self._opened, choice + 1)
        return b"".join(self._named.chunk(each, '{"role":"assistant","content":"","refusal":null}') for each in new)


class _Envelope:
    """What is the same in every chunk."""

    def __init__(self, id: str, created: int, model: str, include_usage: bool) -> None:
        self._head = (
            f'data: {{"id":{_text(id)},"object":"chat.completion.chunk","created":{created},"model":{_text(model)},'
            '"system_fingerprint":null,"choices":['
        )
        self._usage = ',"usage":null' if include_usage else ""

    def chunk(self, choice: int, delta: str, finish: str = "null", told: str = "", *, logprobs: str = "null") -> bytes:
        return (
            f'{self._head}{{"index":{choice},"delta":{delta},"logprobs":{logprobs},"finish_reason":{finish}}}]'
            f"{self._usage}{told}}}\n\n"
        ).encode()

    def usage(self, usage: str, sallyport: str) -> bytes:
        return f'{self._head}],"usage":{usage},"sallyport":{sallyport}}}\n\n'.encode()


def _function(event: ToolCallStarted | ToolCallDelta) -> str:
    if isinstance(event, ToolCallStarted):
        return f'{{"name":{_text(event.name)},"arguments":""}}'
    return f'{{"arguments":{_text(event.arguments)}}}'
