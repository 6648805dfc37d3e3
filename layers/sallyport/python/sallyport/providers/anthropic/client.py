"""One call of Anthropic's Messages API, or of a server that speaks it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sallyport.attempts import Unmet
from sallyport.betas import HEADER, passed
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.errors import ProviderTimeoutError, ProviderUnavailableError
from sallyport.ports import Secrets
from sallyport.providers.anthropic.build import build, unmet
from sallyport.providers.anthropic.events import MessageEvents
from sallyport.providers.anthropic.failures import failure
from sallyport.providers.anthropic.read import read
from sallyport.providers.exchange import Exchange
from sallyport.providers.posting import MAX_REPLY_BYTES, Credential, Post, Poster, base_of, read_end
from sallyport.providers.provider import Streamed, Waiting
from sallyport.routing import Target

BASE_URL = "https://api.anthropic.com"
VERSION = "2023-06-01"
"""Of the API, whatever the client's own: https://platform.claude.com/docs/en/api/versioning

Every server that speaks it knows this one. The next, 2026-10-21, takes no temperature, top_p and top_k any more.
"""


def make(secrets: Secrets, aws: Callable[[], Any]) -> "Anthropic":
    return Anthropic(secrets)


class Anthropic:
    """Claude at Anthropic, when a target has no `base_url`; else any server that speaks its API."""

    def __init__(self, secrets: Secrets, *, max_reply_bytes: int = MAX_REPLY_BYTES) -> None:
        self._secrets = secrets
        self._poster = Poster(failure, max_reply_bytes)

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        return unmet(request, target)

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        """Ask once. The end of `timeout` also ends a reply that trickles in."""
        post = self._post(request, target, max_tokens, stream=False)
        return read(self._poster.whole(post, timeout), request, target)

    @contextmanager
    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float, first: float
    ) -> Iterator[Iterator[Streamed]]:
        """The server is asked when the first event is."""
        with self._poster.streaming(timeout, first, target.idle_seconds) as exchange:
            yield exchange.following(self._events(exchange, request, target, max_tokens))

    def _events(self, exchange: Exchange, request: ChatRequest, target: Target, max_tokens: int) -> Iterator[Streamed]:
        post = self._post(request, target, max_tokens, stream=True)
        events = MessageEvents(request, target)
        try:
            for sent in self._poster.events(exchange, post):
                if isinstance(sent, Waiting):
                    yield sent
                    continue
                yield from events.take(sent.data)
                if events.over:
                    break
        except (ProviderTimeoutError, ProviderUnavailableError):
            if not events.whole:
                raise
        yield from events.end()
        if events.over:
            yield from read_end(exchange)

    def _post(self, request: ChatRequest, target: Target, max_tokens: int, *, stream: bool) -> Post:
        address = f"{base_of(target.base_url or BASE_URL).removesuffix('/v1')}/v1/messages"
        body = build(request, target, max_tokens, stream=stream)
        key = None if target.secret is None else Credential(self._secrets, target.secret, "x-api-key")
        betas = passed(request.betas, target.context_tokens)
        named = {HEADER: ",".join(betas)} if betas else {}
        return Post(address, {"anthropic-version": VERSION, **named}, body, target.proxy, key)
