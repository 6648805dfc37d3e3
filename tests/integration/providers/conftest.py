"""A small HTTP server that answers as a test tells it to, byte by byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from sallyport.conversation import ChatRequest, Role, Text, Turn
from sallyport.routing import Privacy, Target

type Act = Callable[[socket.socket, "Upstream"], None]


@dataclass
class Upstream:
    """Plays one act for every request, the last one again and again, and keeps what it was sent."""

    acts: list[Act] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def play(self, *acts: Act) -> None:
        self.acts = list(acts)

    def serve(self, listener: socket.socket) -> None:
        while not self.over.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while request := _request(connection):
                self.requests.append(request)
                self.acts[min(len(self.requests), len(self.acts)) - 1](connection, self)


def _request(connection: socket.socket) -> bytes:
    """One whole request, or nothing when the client hung up."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Upstream(url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        thread = threading.Thread(target=server.serve, args=(listener,))
        thread.start()
        yield server
        server.over.set()
        # Wakes it up once more.
        socket.create_connection(listener.getsockname()).close()
        thread.join()


@pytest.fixture
def hello() -> ChatRequest:
    return ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="canary"),)),))


@pytest.fixture
def target(upstream) -> Target:
    return Target(provider="any", model="model-1", privacy=Privacy.PRIVATE, base_url=upstream.url, region="eu-west-1")


@pytest.fixture
def says() -> Callable[..., Act]:
    """`says(200, body, "header: value", …)`: a complete reply."""

    def make(status: int, body: bytes, *headers: str) -> Act:
        head = "\r\n".join([f"HTTP/1.1 {status} Said", f"content-length: {len(body)}", *headers])
        return lambda connection, _: connection.sendall(head.encode() + b"\r\n\r\n" + body)

    return make


@pytest.fixture
def sends() -> Callable[[bytes], Act]:
    """`sends(bytes)`: just these, and then the end of the connection."""

    def make(data: bytes) -> Act:
        def act(connection: socket.socket, _: Upstream) -> None:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_RDWR)

        return act

    return make


@pytest.fixture
def hangs() -> Callable[[bytes], Act]:
    """`hangs(bytes)`: these, and then nothing until the test is over."""

    def make(data: bytes) -> Act:
        def act(connection: socket.socket, upstream: Upstream) -> None:
            connection.sendall(data)
            upstream.over.wait(10)

        return act

    return make


@pytest.fixture
def resets() -> Act:
    """A TCP reset instead of an answer."""

    def act(connection: socket.socket, _: Upstream) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()

    return act


@pytest.fixture
def trickles() -> Act:
    """A reply that never ends, one byte at a time, so that no single read waits for long."""

    def act(connection: socket.socket, upstream: Upstream) -> None:
        connection.sendall(b"HTTP/1.1 200 Said\r\ncontent-length: 100000\r\n\r\n")
        while not upstream.over.wait(0.01):
            connection.sendall(b" ")

    return act
