"""A model that is none: deterministic, offline, and says so. For demonstrations, drills and tests.

It repeats the last user text, so that redaction and its reversal can be seen. Without images and the like:

    Simulated answer by simulated-1 (no model was called). You said: <the text>

The target's model name is its script; parts are separated by hyphens and may stand anywhere in the name:

    simulated-1            answers
    …-slow-250ms           waits 250 ms before anything else; past the timeout it is a timeout
    …-fail-429             fails with that HTTP status as a real provider would: 400 to 599
    …-fail-429-after-7s    the same, with a Retry-After of 7 seconds
    …-fail-hang            never answers: waits for the whole timeout, and is a timeout
    …-fail-close           hangs up at once
    …-fail-garbage         replies with what is no answer

A stream gives the same answer word by word, and JSON in fragments; all of the above happens before its first event, and

    …-pace-20ms            waits 20 ms before each further word or fragment
    …-cut                  hangs up in the middle of the stream: after 3 words or fragments
    …-stall                says no more in the middle of the stream: a timeout once a silence lasts too long
    …-spoil                sends garbage in the middle of the stream
    …-cut-after-5          the same after 5 words or fragments; 0 is before the first. So with stall and spoil

Tools: the one that `tool_choice` forces, or else the first, is called when the choice is `required` or names it, or
when the user's text names a tool or says "call" or "use" and "tool" or "function". Arguments, and answers in JSON, fit
their schema as `example` makes them. Once a tool's result is the last word, the answer repeats that instead.

Texts to embed get vectors out of their digests, which mean nothing; the target's name is a script there, too.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

from sallyport.attempts import Unmet, Usage
from sallyport.conversation import (
    Audio,
    Block,
    ChatAnswer,
    ChatRequest,
    Choice,
    Document,
    Image,
    Reasoning,
    Role,
    StopReason,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import ProviderRejectedError
from sallyport.ports import Secrets
from sallyport.providers.example import example
from sallyport.providers.hashed import hashed
from sallyport.providers.provider import IDLE_SECONDS
from sallyport.providers.script import Play
from sallyport.routing import Target
from sallyport.stream import Event
from sallyport.tokens import estimate, estimate_text

_ASKS_FOR_TOOL = re.compile(r"\b(?:call|use)\b.*\b(?:tool|function)\b", re.IGNORECASE | re.DOTALL)


def make(secrets: Secrets, aws: Callable[[], Any]) -> "Simulated":
    return Simulated()


class Simulated:
    """`wait` takes the flag that ends a wait early, and seconds."""

    def __init__(
        self, *, wait: Callable[[Flag, float], object] = Flag.wait, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._wait = wait
        self._idle_seconds = idle_seconds

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        return ()

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        Play(target.model, timeout, timeout, self._wait, Flag()).begin()
        return answer(request, target.model, max_tokens)

    def unmet_by_embedding(self, request: EmbeddingRequest, target: Target) -> tuple[Unmet, ...]:
        return ()

    def embed(self, request: EmbeddingRequest, target: Target, *, timeout: float) -> EmbeddingAnswer:
        Play(target.model, timeout, timeout, self._wait, Flag()).begin()
        return hashed(request, target.model)

    @contextmanager
    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float
    ) -> Iterator[Iterator[Event]]:
        closed = Flag()
        play = Play(target.model, timeout, self._idle_seconds, self._wait, closed)
        try:
            yield _events(play, request, target.model, max_tokens)
        finally:
            closed.set()


def _events(play: Play, request: ChatRequest, model: str, max_tokens: int) -> Iterator[Event]:
    play.begin()
    json_text = bool(request.response_format and request.response_format.type != "text")
    yield from play.events(answer(request, model, max_tokens), json_text=json_text)


def answer(request: ChatRequest, model: str, max_tokens: int) -> ChatAnswer:
    """The same answer for the same request, as often as `n` asks for it."""
    try:
        return _answer(request, model, max_tokens)
    except ValueError as error:
        raise ProviderRejectedError("The schema of a tool or of the answer is no JSON schema. Correct it.") from error


def _answer(request: ChatRequest, model: str, max_tokens: int) -> ChatAnswer:
    text = _last_text(request)
    tool = _tool(request, text)
    blocks: list[Block] = []
    if request.reasoning_effort not in (None, "none"):
        blocks.append(Reasoning(text="Simulated reasoning: repeat what was said."))
    if tool is not None:
        arguments = json.dumps(example(tool.parameters or {"type": "object"}, text), ensure_ascii=False)
        blocks.append(ToolCall(id=f"call_simulated_{len(request.turns)}", name=tool.name, arguments=arguments))
        stop = StopReason.TOOL_CALLS
    else:
        said, stop = _cut(_words(request, model, text), request.stop, max_tokens)
        blocks.append(Text(text=said))
    choice = Choice(blocks=tuple(blocks), stop_reason=stop)
    return ChatAnswer(model=model, choices=(choice,) * request.n, usage=_usage(request, blocks))


def _words(request: ChatRequest, model: str, text: str) -> str:
    response = request.response_format
    if response and response.type == "json_schema":
        return json.dumps(example(response.json_schema or {"type": "object"}, text), ensure_ascii=False)
    if response and response.type == "json_object":
        return json.dumps({"simulated": True, "model": model, "you_said": text}, ensure_ascii=False)
    head = f"Simulated answer by {model} (no model was called)."
    attached = _attachments(request)
    seen = f" You sent {attached}." if attached else ""
    if result := _last_result(request):
        return f"{head}{seen} The tool answered: {result}"
    return f"{head}{seen} You said: {text}"


def _last_text(request: ChatRequest) -> str:
    for turn in reversed(request.turns):
        texts = [block.text for block in turn.blocks if isinstance(block, Text)]
        if turn.role is Role.USER and texts:
            return "\n".join(texts)
    return ""


def _last_result(request: ChatRequest) -> str:
    """The text of the tool results that the conversation ends with; empty when it ends with anything else."""
    results = [block for block in request.turns[-1].blocks if isinstance(block, ToolResult)]
    return "\n".join(inner.text for result in results for inner in result.content if isinstance(inner, Text))


def _attachments(request: ChatRequest) -> str:
    blocks = [block for turn in request.turns for block in turn.blocks]
    kinds: tuple[tuple[str, type[Image | Document | Audio]], ...] = (
        ("images", Image),
        ("documents", Document),
        ("sounds", Audio),
    )
    counts = [(name, sum(isinstance(block, kind) for block in blocks)) for name, kind in kinds]
    return ", ".join(f"{name}: {count}" for name, count in counts if count)


def _tool(request: ChatRequest, text: str) -> Tool | None:
    choice = request.tool_choice
    mode = choice.mode if choice else "auto"
    if not request.tools or mode == "none":
        return None
    if mode == "one" and choice:
        return next((tool for tool in request.tools if tool.name == choice.name), None)
    named = next((tool for tool in request.tools if re.search(rf"\b{re.escape(tool.name)}\b", text)), None)
    if mode == "required":
        return named or request.tools[0]
    if any(isinstance(block, ToolResult) for block in request.turns[-1].blocks):
        return None
    return named or (request.tools[0] if _ASKS_FOR_TOOL.search(text) else None)


def _cut(text: str, stops: tuple[str, ...], max_tokens: int) -> tuple[str, StopReason]:
    """The text up to the first stop sequence and within the limit, and why it ends there."""
    ends = [end for stop in stops if stop and (end := text.find(stop)) >= 0]
    cut, reason = (text[: min(ends)], StopReason.STOP_SEQUENCE) if ends else (text, StopReason.END)
    if estimate_text(cut) <= max_tokens:
        return cut, reason
    # Three bytes are a token to the estimator; half a character at the end is left out.
    return cut.encode()[: max_tokens * 3].decode(errors="ignore"), StopReason.LENGTH


def _usage(request: ChatRequest, blocks: list[Block]) -> Usage:
    """One prompt, and every answer, by the estimator."""
    thoughts = sum(estimate_text(block.text) for block in blocks if isinstance(block, Reasoning))
    said = sum(estimate_text(block.text) for block in blocks if isinstance(block, Text))
    called = sum(estimate_text(block.arguments) for block in blocks if isinstance(block, ToolCall))
    return Usage(
        input_tokens=estimate(request),
        output_tokens=(thoughts + said + called) * request.n,
        reasoning_tokens=thoughts * request.n,
    )
