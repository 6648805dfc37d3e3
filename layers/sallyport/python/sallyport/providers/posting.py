"""JSON posted to a provider, and its reply as JSON or as server-sent events: what every HTTP API of models shares."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from urllib3 import PoolManager
from urllib3.exceptions import HTTPError, TimeoutError

from sallyport.errors import (
    ProviderDeniedError,
    ProviderError,
    ProviderReplyError,
    ProviderUnavailableError,
    StoreUnavailableError,
)
from sallyport.ports import Secrets
from sallyport.presence import client_waiting
from sallyport.providers.connections import connections
from sallyport.providers.exchange import Exchange, late
from sallyport.providers.provider import Waiting
from sallyport.providers.sse import EventParser, ServerSentEvent

MAX_REPLY_BYTES = 32 * 1024 * 1024
_MAX_ERROR_BYTES = 64 * 1024
_LAST_SECONDS = 0.1
"""How long the end of a reply may take after its last event, so that the connection can be kept."""
_REFUSED = 401
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")

type Failure = Callable[[int, Mapping[str, str], bytes, float], ProviderError]
"""A failed reply as one of our errors: status, headers in lower case, the body's beginning, UNIX seconds."""


@dataclass(frozen=True, slots=True)
class Credential:
    """The secret of this name, as a header has it. A provider that refuses it may get another, once."""

    secrets: Secrets = field(repr=False)
    secret: str
    header: str
    scheme: str = ""

    def value(self) -> str:
        """Raise ProviderDeniedError for what can be no header's value."""
        return secret_of(self.secrets, self.secret)

    def headers(self, value: str) -> dict[str, str]:
        return {self.header: f"{self.scheme}{value}"}

    def instead(self, refused: str) -> str | None:
        """What was rotated meanwhile, if anything was."""
        fresh = (self.secrets.instead(self.secret, refused) or "").strip()
        return fresh if _HEADER_VALUE.fullmatch(fresh) else None


@dataclass(frozen=True, slots=True)
class Post:
    """`headers` beyond those of JSON and the credential. `proxy` is the target's."""

    address: str
    headers: dict[str, str] = field(repr=False)
    body: dict[str, Any] = field(repr=False)
    proxy: str | None = None
    credential: Credential | None = None


class Poster:
    """Posts over connections that are kept, from any number of threads."""

    def __init__(self, failure: Failure, max_reply_bytes: int) -> None:
        self._failure = failure
        self._max_reply_bytes = max_reply_bytes
        self._connections: dict[str | None, PoolManager] = {}
        self._lock = Lock()

    def whole(self, post: Post, timeout: float) -> bytes:
        """The body of a reply whose status is 200; raise ProviderError for any other. Its time includes its end."""
        exchange = Exchange(timeout=timeout, idle=timeout)
        try:
            with client_waiting().until_left(exchange.close):
                self._post(exchange, post)
                return b"".join(self._chunks(exchange))
        except TimeoutError as error:
            raise late() from error
        except HTTPError:
            raise ProviderReplyError("The provider hung up in the middle of its reply. Try again.") from None
        finally:
            exchange.close()

    @contextmanager
    def streaming(self, timeout: float, first: float, idle: float) -> Iterator[Exchange]:
        """For one stream, whose connection is closed at the end, in any state; its events are to be `following`."""
        exchange = Exchange(timeout=timeout, idle=idle, first=first)
        try:
            yield exchange
        finally:
            exchange.close()

    def events(self, exchange: Exchange, post: Post) -> Iterator[ServerSentEvent | Waiting]:
        """The events of a stream, as they come. Raise ProviderReplyError for a reply that is none."""
        headers = self._post(exchange, post)
        if headers.get("content-type", "text/event-stream").partition(";")[0].strip().lower() != "text/event-stream":
            raise ProviderReplyError("The provider's reply is no stream. Check the target's base_url.")
        parser = EventParser()
        try:
            for chunk in self._chunks(exchange):
                if chunk:
                    yield from parser.feed(chunk)
                else:
                    yield exchange.waiting
        except TimeoutError as error:
            raise late() from error
        except HTTPError:
            raise ProviderUnavailableError("The provider hung up in the middle of its answer. Try again.") from None
        yield from parser.end()

    def _through(self, proxy: str | None) -> PoolManager:
        with self._lock:
            if proxy not in self._connections:
                self._connections[proxy] = connections(proxy)
            return self._connections[proxy]

    def _chunks(self, exchange: Exchange) -> Iterator[bytes]:
        """As they arrive; an empty one before each has to be waited for."""
        size = 0
        while exchange.goes_on():
            yield b""
            if chunk := exchange.read():
                size += len(chunk)
                if size > self._max_reply_bytes:
                    raise ProviderReplyError("The provider's reply is too large. Ask for fewer tokens.")
                yield chunk

    def _post(self, exchange: Exchange, post: Post) -> dict[str, str]:
        """The headers of a reply whose status is 200."""
        headers = {"Content-Type": "application/json", "Accept": "application/json", **post.headers}
        encoded = json.dumps(post.body, ensure_ascii=False, separators=(",", ":")).encode()

        def ask(more: dict[str, str]) -> tuple[int, dict[str, str]]:
            return exchange.post(self._through(post.proxy), post.address, encoded, headers | more)

        if post.credential is None:
            status, reply_headers = ask({})
        else:
            value = post.credential.value()
            status, reply_headers = ask(post.credential.headers(value))
            if status == _REFUSED and (fresh := post.credential.instead(value)) is not None:
                status, reply_headers = ask(post.credential.headers(fresh))
        if status == 200:
            return reply_headers
        said = bytearray()
        # Of an error whatever arrives: its status is answer enough.
        with suppress(HTTPError):
            while len(said) <= _MAX_ERROR_BYTES and (chunk := exchange.read()):
                said += chunk
        raise self._failure(status, reply_headers, bytes(said), time.time())


def read_end(exchange: Exchange) -> Iterator[Waiting]:
    """After a stream's last event: what still comes is of no matter, but for the connection."""
    exchange.end_within(_LAST_SECONDS)
    with suppress(HTTPError, ProviderUnavailableError):
        while exchange.goes_on():
            yield exchange.waiting
            if exchange.read():
                return


def secret_of(secrets: Secrets, name: str) -> str:
    """A credential that can be a header's value. Raise ProviderDeniedError for one that cannot."""
    try:
        secret = secrets.get(name).strip()
    except StoreUnavailableError as error:
        raise ProviderUnavailableError(f"The provider's credential cannot be read. {error.message}") from error
    if not _HEADER_VALUE.fullmatch(secret):
        # http.client would refuse it too, and quote it.
        raise ProviderDeniedError("The target's secret is empty or has characters that no API key has.")
    return secret


def base_of(base_url: str | None) -> str:
    """A target's address without a slash at its end. Raise ProviderDeniedError for what is none."""
    try:
        usable = urlsplit(base_url or "").scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable:
        raise ProviderDeniedError("The target has no base_url of http or https. Add it to the routing table.")
    return (base_url or "").rstrip("/")
