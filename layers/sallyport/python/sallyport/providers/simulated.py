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

A request can bring a script of its own, in the header `x-sallyport-drill: fail-429-after-7s`: the same parts, each
kind once and nothing else, in the place of those in the name. Every simulated target of the route plays it; any other
refuses the request.

Tools: the one that `tool_choice` forces is called; or else all that the user's text names, one if parallel calls are
off; or else the first, when the choice is `required`, or the text says "call" or "use" and "tool" or "function".
Arguments, and answers in JSON, fit their schema as `example` makes them. Once a tool's result is the last word, the
answer repeats that instead.

Thoughts are given for any `reasoning_effort` but `none`, and signed. One that comes back unchanged is acknowledged like
an image, which shows that signatures survive. Log probabilities are made up: every word is a token.

Texts to embed get vectors out of their digests, which mean nothing; scripts are played before them, too.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

from sallyport.asking import Request
from sallyport.attempts import Unmet
from sallyport.betas import not_passed
from sallyport.conversation import ChatAnswer, ChatRequest, Reasoning
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.ports import Secrets
from sallyport.providers.embedded import left_out_of_embedding
from sallyport.providers.extras import left_out
from sallyport.providers.hashed import hashed
from sallyport.providers.imitation import answer, is_own
from sallyport.providers.marks import is_marked
from sallyport.providers.pieces import is_json
from sallyport.providers.script import Play
from sallyport.routing import Target
from sallyport.stream import Event

_NOT_SAMPLED = "nothing is sampled: the same request has the same answer"
_UNMET: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "temperature": ((None, 0), _NOT_SAMPLED),
    "top_p": ((None, 1), _NOT_SAMPLED),
    "top_k": ((None,), _NOT_SAMPLED),
    "presence_penalty": ((None, 0), _NOT_SAMPLED),
    "frequency_penalty": ((None, 0), _NOT_SAMPLED),
    "logit_bias": ((None, {}), _NOT_SAMPLED),
    "logprobs": ((None, False), "they are made up: no model was called"),
    "user": ((None,), "there is nobody to tell"),
    "metadata": ((None, {}), "there is nobody to tell"),
}
"""Field to the values that are honoured, and why any other does no harm."""


def make(secrets: Secrets, aws: Callable[[], Any]) -> "Simulated":
    return Simulated()


class Simulated:
    """`wait` takes the flag that ends a wait early, and seconds."""

    def __init__(self, *, wait: Callable[[Flag, float], object] = Flag.wait) -> None:
        self._wait = wait

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        told = [
            Unmet(field=field, reason=reason)
            for field, (honoured, reason) in _UNMET.items()
            if getattr(request, field) not in honoured
        ]
        told += [Unmet(field=field, reason=reason) for field, reason in _unmet(request)]
        return (*told, *left_out(request), *not_passed(request.betas))

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        Play(_script(request, target), timeout, timeout, timeout, self._wait, Flag()).begin()
        return answer(request, target.model, max_tokens)

    def unmet_by_embedding(self, request: EmbeddingRequest, target: Target) -> tuple[Unmet, ...]:
        return left_out_of_embedding(request)

    def embed(self, request: EmbeddingRequest, target: Target, *, timeout: float) -> EmbeddingAnswer:
        Play(_script(request, target), timeout, timeout, timeout, self._wait, Flag()).begin()
        return hashed(request, target.model)

    @contextmanager
    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float, first: float
    ) -> Iterator[Iterator[Event]]:
        closed = Flag()
        play = Play(_script(request, target), timeout, first, target.idle_seconds, self._wait, closed)
        try:
            yield _events(play, request, target.model, max_tokens)
        finally:
            closed.set()


def _script(request: Request, target: Target) -> str:
    return request.drill or target.model


def _events(play: Play, request: ChatRequest, model: str, max_tokens: int) -> Iterator[Event]:
    play.begin()
    yield from play.events(answer(request, model, max_tokens), json_text=is_json(request))


def _unmet(request: ChatRequest) -> Iterator[tuple[str, str]]:
    """What is no field by itself."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    if any(isinstance(block, Reasoning) and not is_own(block) for block in blocks):
        yield "messages", "thoughts that were not signed here are passed over"
    if request.thinking is not None and request.thinking.budget_tokens is not None:
        yield "thinking.budget_tokens", "every thought is the same and short"
    if is_marked(request):
        yield "cache_control", "there is no provider that could cache"
