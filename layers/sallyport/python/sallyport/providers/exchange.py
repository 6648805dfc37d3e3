"""One POST and its reply, as it comes, over connections that are kept.

What the connection does is told in urllib3's own errors while a reply is read, for what half a reply means is the
caller's to say; before that, as ours.
"""

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, RemoteDisconnected
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, NewConnectionError, ProtocolError, TimeoutError

from sallyport.errors import ProviderDeniedError, ProviderReplyError, ProviderTimeoutError, ProviderUnavailableError
from sallyport.providers.body import Body
from sallyport.providers.connections import current
from sallyport.providers.provider import Streamed, Waiting

_CHUNK_BYTES = 64 * 1024
_TURN_BYTES = 16 * 1024
"""Read at once where others wait for their turn: the most that one record of TLS holds, and 2 ms of work."""
_CONNECT_SECONDS = 10.0
_SLACK_SECONDS = 0.25
_STALE_SECONDS = 0.5
"""Within which a kept connection that its server had closed breaks; later, the server may have begun to work."""


class Exchange:
    """`timeout` seconds for all of it, and at most `idle` seconds of silence. Any thread may close it at any time.

    With `first`, silence counts only from the first event that `following` sees, which must come within so many
    seconds: a server that keeps its connection alive has not begun to answer.

    It is a Source: `unblock` takes its reading out of http.client's hands, which cannot read without waiting.
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
        self._response: Any = None
        self._body: Body | None = None
        self._early = b""
        self._heard_at = now
        self.waiting = Waiting(self)
        self._over = False
        self.until_head = False

    def post(
        self, manager: urllib3.PoolManager, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str]]:
        """Status, and headers in lower case. Redirects are not followed: they would take the secret elsewhere.

        Asked again, it leaves the reply before unread.
        """
        if self._timeout <= 0:
            raise late()
        if self._closed:
            raise ProviderUnavailableError("It was hung up on before it was asked.")
        if self._response is not None:
            self._response.close()
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
                return manager.urlopen(
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
    def asking(self, *, until_head: bool = False) -> Iterator[None]:
        """While a connection of this thread, of a class that is Told, is this exchange's.

        `until_head` when somebody else reads the reply: then it is this exchange's no longer than that is waited for.
        """
        self.until_head = until_head
        current.exchange = self
        try:
            yield
        finally:
            current.exchange = None

    def adopt(self, response: urllib3.BaseHTTPResponse) -> None:
        """Read this reply, whoever asked for it."""
        self._response = response
        if self._closed:
            self.close()

    def attach(self, connected: socket.socket | None) -> None:
        self._socket = connected
        if self._closed:
            self._hang_up()

    def following(self, events: Iterator[Streamed]) -> Iterator[Streamed]:
        """The same events. The first of them ends the wait for the first."""
        for event in events:
            if type(event) is not Waiting:
                self._first_by = None
            yield event

    def read(self) -> bytes | None:
        """What arrives next; empty at the end. None when it must not wait and nothing is there.

        Raise urllib3's HTTPError, among them its TimeoutError.
        """
        with self._reading:
            if self._closed or self._response is None:
                raise ProviderUnavailableError("The stream was closed.")
            try:
                return self._awaited() if self._body is None else self._arrived(self._body)
            except (HTTPError, OSError, ValueError):
                if self._closed:
                    raise ProviderUnavailableError("The stream was closed.") from None
                raise

    def goes_on(self) -> bool:
        """Whether there is more to `read`. Raise urllib3's ProtocolError for what cannot be read on."""
        if self._body is not None and self._body.broken:
            raise ProtocolError("What should be a chunk is none.")
        return not self._over

    def end_within(self, seconds: float) -> None:
        """Nothing of interest comes any more, so wait no longer than this."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def late_at(self) -> float:
        return min(self._deadline, self._heard_at + self._idle if self._first_by is None else self._first_by)

    def unblock(self) -> int | None:
        with self._reading:
            connected, response = self._socket, self._response
            # What is encrypted twice, through a proxy, has no socket of its own.
            if self._closed or not isinstance(connected, socket.socket) or response.connection is None:
                return None
            if self._body is None:
                connected.setblocking(False)
                self._body = self._taken_over(connected, response._fp)
            self._heard_at = time.monotonic()
            return os.dup(connected.fileno())

    def _taken_over(self, connected: socket.socket, reply: Any) -> Body:
        with suppress(OSError):  # nothing there, or broken: the next read sees it, too
            self._early = reply.fp.read1(_CHUNK_BYTES)
        # Of what is decrypted already no selector knows; from now on each read takes a whole record.
        while isinstance(connected, ssl.SSLSocket) and (more := connected.pending()):
            self._early += connected.recv(more)
        return Body.rest_of(reply)

    def _awaited(self) -> bytes:
        # A timeout of urllib3's own starts anew with every byte.
        self._heard_at = now = time.monotonic()
        left = self.late_at() - now
        if left <= 0:
            raise TimeoutError
        self._allow(left)
        chunk: bytes = self._response.read1(_CHUNK_BYTES, decode_content=False)
        if not chunk or self._response.connection is None:
            # It may serve another exchange by now.
            self._socket = None
        self._over = not chunk
        return chunk

    def _arrived(self, body: Body) -> bytes | None:
        now = time.monotonic()
        if now >= (self._deadline if self._first_by is None else self.late_at()):
            raise TimeoutError
        data, self._early = self._early, b""
        try:
            data = data or self._socket.recv(_TURN_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            if now >= self.late_at():
                raise TimeoutError from None
            return None
        except OSError as error:
            raise ProtocolError from error
        self._heard_at = now
        chunk = body.take(data) if data else body.end()
        if body.over:
            self._let_go(body)
        return chunk if chunk or body.over else None

    def _let_go(self, body: Body) -> None:
        """Whoever comes next may have the connection, if the reply ended where it said."""
        self._over = True
        connected, self._socket = self._socket, None
        if body.reusable:
            connected.settimeout(self._wait)
            self._response._fp.close()
            self._response.release_conn()
        else:
            self._response.close()

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
