"""One call of an OpenAI-compatible server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import ProviderTimeoutError, ProviderUnavailableError
from sallyport.ports import Secrets
from sallyport.providers.exchange import Exchange
from sallyport.providers.openai import embeddings
from sallyport.providers.openai.build import build
from sallyport.providers.openai.chunks import Chunks
from sallyport.providers.openai.failures import failure
from sallyport.providers.openai.limits import unmet
from sallyport.providers.openai.read import read
from sallyport.providers.posting import MAX_REPLY_BYTES, Credential, Post, Poster, base_of, read_end
from sallyport.providers.provider import Streamed, Waiting
from sallyport.routing import Target


def make(secrets: Secrets, aws: Callable[[], Any]) -> "OpenAI":
    return OpenAI(secrets)


class OpenAI:
    """Any server that speaks chat completions or embeddings."""

    def __init__(self, secrets: Secrets, *, max_reply_bytes: int = MAX_REPLY_BYTES) -> None:
        self._secrets = secrets
        self._poster = Poster(failure, max_reply_bytes)

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        return unmet(request, target)

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        """Ask once. The end of `timeout` also ends a reply that trickles in."""
        post = self._post(request, target, max_tokens, stream=False)
        return read(self._poster.whole(post, timeout), request, target)

    def unmet_by_embedding(self, request: EmbeddingRequest, target: Target) -> tuple[Unmet, ...]:
        return ()

    def embed(self, request: EmbeddingRequest, target: Target, *, timeout: float) -> EmbeddingAnswer:
        def post(body: dict[str, Any], seconds: float) -> bytes:
            return self._poster.whole(self._to(f"{base_of(target.base_url)}/embeddings", target, body), seconds)

        return embeddings.embed(post, request, target, timeout)

    @contextmanager
    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float, first: float
    ) -> Iterator[Iterator[Streamed]]:
        """The server is asked when the first event is."""
        with self._poster.streaming(timeout, first, target.idle_seconds) as exchange:
            yield exchange.following(self._events(exchange, request, target, max_tokens))

    def _events(self, exchange: Exchange, request: ChatRequest, target: Target, max_tokens: int) -> Iterator[Streamed]:
        post = self._post(request, target, max_tokens, stream=True)
        chunks, done = Chunks(target.model), False
        try:
            for sent in self._poster.events(exchange, post):
                if isinstance(sent, Waiting):
                    yield sent
                elif done := sent.data.strip() == "[DONE]":
                    break
                else:
                    yield from chunks.take(sent.data)
        except (ProviderTimeoutError, ProviderUnavailableError):
            if not chunks.whole:
                raise
        yield from chunks.end(done=done)
        if done:
            yield from read_end(exchange)

    def _post(self, request: ChatRequest, target: Target, max_tokens: int, *, stream: bool) -> Post:
        address = f"{base_of(target.base_url)}/chat/completions"
        return self._to(address, target, build(request, target, max_tokens, stream=stream))

    def _to(self, address: str, target: Target, body: dict[str, Any]) -> Post:
        credential = None
        if target.secret is not None:
            credential = Credential(self._secrets, target.secret, "Authorization", "Bearer ")
        return Post(address, {}, body, target.proxy, credential)
