"""One call of an OpenAI-compatible server."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError, TimeoutError

from sallyport.attempts import Unmet
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import (
    ProviderDeniedError,
    ProviderReplyError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    StoreUnavailableError,
)
from sallyport.ports import Secrets
from sallyport.providers.exchange import Exchange, connections, late
from sallyport.providers.openai import embeddings
from sallyport.providers.openai.build import build
from sallyport.providers.openai.chunks import Chunks
from sallyport.providers.openai.failures import failure
from sallyport.providers.openai.limits import unmet
from sallyport.providers.openai.read import read
from sallyport.providers.provider import IDLE_SECONDS
from sallyport.providers.sse import EventParser, ServerSentEvent
from sallyport.routing import Target
from sallyport.stream import Event

_CHAT = "/chat/completions"
MAX_REPLY_BYTES = 32 * 1024 * 1024
_MAX_ERROR_BYTES = 64 * 1024
_LAST_SECONDS = 0.1
"""How long the end of a reply may take after its last event, so that the connection can be kept."""
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")


def make(secrets: Secrets, aws: Callable[[], Any]) -> "OpenAI":
    return OpenAI(secrets)


class OpenAI:
    """Any server that speaks chat completions or embeddings."""

    def __init__(
        self, secrets: Secrets, *, max_reply_bytes: int = MAX_REPLY_BYTES, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._secrets = secrets
        self._max_reply_bytes = max_reply_bytes
        self._idle_seconds = idle_seconds
        self._connections = connections()

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        return unmet(request, target)

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        """Ask once. The end of `timeout` also ends a reply that trickles in."""
        reply = self._whole(_address(target, _CHAT), target, build(request, target, max_tokens), timeout)
        return read(reply, request, target)

    def unmet_by_embedding(self, request: EmbeddingRequest, target: Target) -> tuple[Unmet, ...]:
        return ()

    def embed(self, request: EmbeddingRequest, target: Target, *, timeout: float) -> EmbeddingAnswer:
        def post(body: dict[str, Any], seconds: float) -> bytes:
            return self._whole(_address(target, embeddings.PATH), target, body, seconds)

        return embeddings.embed(post, request, target, timeout)

    def _whole(self, address: str, target: Target, body: dict[str, Any], timeout: float) -> bytes:
        exchange = Exchange(timeout=timeout, idle=timeout)
        try:
            self._ask(exchange, address, target, body)
            return b"".join(self._chunks(exchange))
        except TimeoutError as error:
            raise late() from error
        except HTTPError:
            raise ProviderReplyError("The provider hung up in the middle of its reply. Try again.") from None
        finally:
            exchange.close()

    @contextmanager
    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float
    ) -> Iterator[Iterator[Event]]:
        """The server is asked when the first event is."""
        exchange = Exchange(timeout=timeout, idle=self._idle_seconds)
        try:
            yield self._events(exchange, request, target, max_tokens)
        finally:
            exchange.close()

    def _events(self, exchange: Exchange, request: ChatRequest, target: Target, max_tokens: int) -> Iterator[Event]:
        headers = self._ask(exchange, _address(target, _CHAT), target, build(request, target, max_tokens, stream=True))
        if headers.get("content-type", "text/event-stream").partition(";")[0].strip().lower() != "text/event-stream":
            raise ProviderReplyError("The provider's reply is no stream. Check the target's base_url.")
        chunks, done = Chunks(target.model), False
        try:
            for sent in self._sent(exchange):
                if done := sent.data.strip() == "[DONE]":
                    break
                yield from chunks.take(sent.data)
        except (ProviderTimeoutError, ProviderUnavailableError):
            if not chunks.whole:
                raise
        yield from chunks.end(done=done)
        if done:
            with suppress(HTTPError, ProviderUnavailableError):
                exchange.read(within=_LAST_SECONDS)

    def _sent(self, exchange: Exchange) -> Iterator[ServerSentEvent]:
        parser = EventParser()
        try:
            for chunk in self._chunks(exchange):
                yield from parser.feed(chunk)
        except TimeoutError as error:
            raise late() from error
        except HTTPError:
            raise ProviderUnavailableError("The provider hung up in the middle of its answer. Try again.") from None
        yield from parser.end()

    def _chunks(self, exchange: Exchange) -> Iterator[bytes]:
        size = 0
        while chunk := exchange.read():
            size += len(chunk)
            if size > self._max_reply_bytes:
                raise ProviderReplyError("The provider's reply is too large. Ask for fewer tokens.")
            yield chunk

    def _ask(self, exchange: Exchange, address: str, target: Target, body: dict[str, Any]) -> dict[str, str]:
        """The headers of a reply whose status is 200."""
        headers = {"Content-Type": "application/json", "Accept": "application/json", **self._authorization(target)}
        encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        status, reply_headers = exchange.post(self._connections, address, encoded, headers)
        if status == 200:
            return reply_headers
        said = bytearray()
        # Of an error whatever arrives: its status is answer enough.
        with suppress(HTTPError):
            while len(said) <= _MAX_ERROR_BYTES and (chunk := exchange.read()):
                said += chunk
        raise failure(status, reply_headers, bytes(said), time.time())

    def _authorization(self, target: Target) -> dict[str, str]:
        if target.secret is None:
            return {}
        try:
            secret = self._secrets.get(target.secret).strip()
        except StoreUnavailableError as error:
            raise ProviderUnavailableError(f"The provider's credential cannot be read. {error.message}") from error
        if not _HEADER_VALUE.fullmatch(secret):
            # http.client would refuse it too, and quote it.
            raise ProviderDeniedError("The target's secret is empty or has characters that no API key has.")
        return {"Authorization": f"Bearer {secret}"}


def _address(target: Target, path: str) -> str:
    try:
        usable = urlsplit(target.base_url or "").scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable:
        raise ProviderDeniedError("The target has no base_url of http or https. Add it to the routing table.")
    return f"{(target.base_url or '').rstrip('/')}{path}"
