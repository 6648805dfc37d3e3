"""Serves an ASGI application on one port, until it is told to stop."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from sallyport.edge.streams import Streams
from sallyport_local.connection import BoundedConnection

MOST_CONNECTIONS = 10_000

KEEP_ALIVE_SECONDS = 75

FINISH_SECONDS = 10
"""How long what is under way may take to finish, once the server is told to stop."""

FIRST_WORDS_SECONDS = 0.2
"""How long a request may take to arrive over a connection that was made before."""

LAST_WORDS_SECONDS = 5
"""How long after that answers that are cut may take to say so."""


class PortBusyError(Exception):
    """Somebody else listens there; the message says what to do."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else starts, so that a busy port costs nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise PortBusyError(
            f"Port {port} on {host} cannot be used: {error.strerror}. Stop what listens there, or choose another "
            f'port: make run ARGS="--port {port + 1}".'
        ) from None
    return listening


def is_open_to_others(listening: socket.socket) -> bool:
    """Can it be reached from another machine, over which keys and prompts would travel in the clear?"""
    address: str = listening.getsockname()[0]
    return not ip_address(address.partition("%")[0]).is_loopback


def server(app: ASGIApp, streams: Streams, *, finish_seconds: int = FINISH_SECONDS) -> uvicorn.Server:
    """Not yet running. Its `run` returns after Ctrl-C or SIGTERM, when the requests in hand are answered.

    They have `finish_seconds` for that; then `streams`, which are the application's answers under way, are cut.
    """
    return _Server(
        uvicorn.Config(
            app,
            http=BoundedConnection,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=finish_seconds + LAST_WORDS_SECONDS,
            limit_concurrency=MOST_CONNECTIONS,
        ),
        streams,
        finish_seconds,
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, streams: Streams, finish_seconds: int) -> None:
        super().__init__(config)
        self._streams = streams
        self._finish_seconds = finish_seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._stop_listening(sockets or [])
        cutting = asyncio.get_running_loop().call_later(self._finish_seconds, self._cut)
        try:
            await super().shutdown(sockets)
        finally:
            cutting.cancel()
            self._cut()  # whatever is still there is cancelled next

    async def _stop_listening(self, sockets: list[socket.socket]) -> None:
        """Whoever is connected by now is heard, also where nobody has taken the connection from the kernel yet."""
        arrived = [connected for listening in sockets for connected in _accepted(listening)]
        for each in self.servers:
            each.close()
        for connected in arrived:
            await asyncio.get_running_loop().connect_accepted_socket(self._connection, connected)
        await asyncio.sleep(FIRST_WORDS_SECONDS)

    def _connection(self) -> asyncio.Protocol:
        return BoundedConnection(self.config, self.server_state, app_state={})

    def _cut(self) -> None:
        """In a thread, for to hang up on a provider may take a moment."""
        threading.Thread(target=self._streams.cut, name="cut", daemon=True).start()


def _accepted(listening: socket.socket) -> Iterator[socket.socket]:
    """All connections that wait to be taken."""
    while True:
        try:
            connected, _ = listening.accept()
        except OSError:  # nobody waits any more, or it is closed
            return
        connected.setblocking(False)
        yield connected
