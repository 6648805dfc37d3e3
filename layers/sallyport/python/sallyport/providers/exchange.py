"""One POST and its reply, as it comes, over connections that are kept.

What the connection does is told in urllib3's own errors while a reply is read, for what half a reply means is the
caller's to say; before that, as ours.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, RemoteDisconnected
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, LocationValueError, NewConnectionError, ProtocolError, TimeoutError

from sallyport.errors import ProviderDeniedError, ProviderReplyError, ProviderTimeoutError, ProviderUnavailableError

_CHUNK_BYTES = 64 * 1024
_CONNECT_SECONDS = 10.0
_SLACK_SECONDS = 0.25
_STALE_SECONDS = 0.5
"""Within which a kept connection that its server had closed breaks; later, the server may have begun to work."""

_current = threading.local()


class Told:
    """Tells the exchange of this thread its socket before it waits: urllib3 gives it to nobody."""

    sock: Any
    served = False

    def request(self, *args: Any, **kwargs: Any) -> None:
        if exchange := getattr(_current, "exchange", None):
            exchange.reuses = self.served and self.sock is not None
        super().request(*args, **kwargs)  # type: ignore[misc]

    def getresponse(self) -> Any:
        if exchange := getattr(_current, "exchange", None):
            exchange.attach(self.sock)
        response = super().getresponse()  # type: ignore[misc]
        self.served = True
        return response


class _Plain(Told, HTTPConnection):
    pass


class _Encrypted(Told, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


def connections(proxy: str | None = None) -> urllib3.PoolManager:
    """For any number of exchanges, in any number of threads. urllib3 sets TCP_NODELAY by itself.

    Through a proxy, what is encrypted goes by a tunnel, and the proxy sees host and port alone.
    """
    if proxy is None:
        manager = urllib3.PoolManager(num_pools=16, maxsize=64, retries=False)
    else:
        manager = urllib3.ProxyManager(proxy, num_pools=16, maxsize=64, retries=False)
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}
    return manager


class Exchange:
    """`timeout` seconds for all of it, and at most `idle` seconds of silence. Any thread may close it at any time.

    With `first`, silence counts only from the first event that `following` sees, which must come within so many
    seconds: a server that keeps its connection alive has not begun to answer.
    """

    def __init__(self, *, timeout: float, idle: float, first: float | None = None) -> None:
        self._timeout, self._wait = timeout, min(timeout, idle if first is None else first)
        self._idle = idle
        now = time.monotonic()
        self._deadline = now + timeout
        self._first_by = None if first is None else now + first
        self._reading = threading.Lock()
        self._closed = False
        self._socket: Any = None
        self._allowed = 0.0
        self.reuses = False
        self._response: urllib3.BaseHTTPResponse | None = None

    def post(
        self, manager: urllib3.PoolManager, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str]]:
        """Status, and headers in lower case. Redirects are not followed: they would take the secret elsewhere."""
        if self._timeout <= 0:
            raise late()
        try:
            response = self._asked(manager, url, body, headers)
        except LocationValueError:
            raise ProviderDeniedError("The target's base_url is no URL. Correct it in the routing table.") from None
        except NewConnectionError as error:
            # Refused or unknown, though urllib3 counts it among the timeouts.
            raise _broken(error) from None
        except TimeoutError as error:
            raise late() from error
        except HTTPError as error:
            raise _broken(error) from None
        self.adopt(response)
        return response.status, {name.lower(): value for name, value in response.headers.items()}

    def _asked(
        self, manager: urllib3.PoolManager, url: str, body: bytes, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """Once more, if a kept connection broke at once and without a reply: its server had closed it meanwhile."""

        def ask() -> urllib3.BaseHTTPResponse:
            left = self._deadline - time.monotonic()
            limits = urllib3.Timeout(connect=min(self._wait, _CONNECT_SECONDS), read=self._wait, total=left)
            with self.asking():
                return manager.request(
                    "POST", url, body=body, headers=headers, redirect=False, preload_content=False, timeout=limits
                )

        began = time.monotonic()
        try:
            return ask()
        except ProtocolError as error:
            at_once = time.monotonic() - began < _STALE_SECONDS
            if self.reuses and at_once and not self._closed and isinstance(error.args[-1], ConnectionError):
                return ask()
            raise

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While a connection of this thread, of a class that is Told, is this exchange's."""
        _current.exchange = self
        try:
            yield
        finally:
            _current.exchange = None

    def adopt(self, response: urllib3.BaseHTTPResponse) -> None:
        """Read this reply, whoever asked for it."""
        self._response = response
        if self._closed:
            self.close()

    def attach(self, connected: socket.socket) -> None:
        self._socket = connected
        if self._closed:
            self._hang_up()

    def following[T](self, events: Iterator[T]) -> Iterator[T]:
        """The same events. The first of them ends the wait for the first."""
        for event in events:
            self._first_by = None
            yield event

    def read(self, within: float | None = None) -> bytes:
        """What arrives next; empty at the end. `within` seconds instead of what is left.

        Raise urllib3's HTTPError, among them its TimeoutError.
        """
        with self._reading:
            if self._closed or self._response is None:
                raise ProviderUnavailableError("The stream was closed.")
            # A timeout of urllib3's own starts anew with every byte.
            left = self._left() if within is None else within
            if left <= 0:
                raise TimeoutError
            self._allow(left)
            try:
                chunk = self._response.read1(_CHUNK_BYTES, decode_content=False)
            except (HTTPError, OSError, ValueError):
                if self._closed:
                    raise ProviderUnavailableError("The stream was closed.") from None
                raise
            if not chunk or self._response.connection is None:
                # It may serve another exchange by now.
                self._socket = None
            return chunk

    def _allow(self, seconds: float) -> None:
        """Wait at most so long for the next bytes, or _SLACK_SECONDS longer.

        To set a timeout is a system call, at which another thread takes its turn: too dear for every chunk.
        """
        if self._socket is not None and not seconds <= self._allowed <= seconds + _SLACK_SECONDS:
            self._socket.settimeout(seconds)
            self._allowed = seconds

    def close(self) -> None:
        """Hang up, unless the reply has been read to its end."""
        self._closed = True
        self._hang_up()
        with self._reading:
            self._socket = None
            if self._response is not None:
                self._response.close()

    def _left(self) -> float:
        now = time.monotonic()
        return min(self._deadline - now, self._idle if self._first_by is None else self._first_by - now)

    def _hang_up(self) -> None:
        """Wakes whoever waits for the socket, which closing it would not."""
        connected = self._socket
        if connected is not None and (self._response is None or self._response.connection is not None):
            # The other side may have been faster.
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)


def late() -> ProviderTimeoutError:
    return ProviderTimeoutError("The provider did not answer in time. Try again, or ask for a shorter answer.")


def _broken(error: HTTPError) -> ProviderReplyError | ProviderUnavailableError:
    """No reply at all, or one that is no HTTP: then the error quotes it, and must not be chained."""
    cause = error.args[1] if len(error.args) > 1 else None
    if isinstance(cause, HTTPException) and not isinstance(cause, RemoteDisconnected):
        return ProviderReplyError("The provider's reply is no HTTP. Check the target's base_url.")
    return ProviderUnavailableError("The provider cannot be reached, or hung up. Try again.")
