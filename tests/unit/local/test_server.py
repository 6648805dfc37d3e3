"""sallyport_local.server: where it listens, who can reach that, and how it stops."""

import socket
import threading
import time

import anyio.to_thread
import httpx
import pytest

from sallyport.edge.streams import Streams
from sallyport_local.server import PortBusyError, bind, is_open_to_others, server

LONG = 10.0
"""Seconds that nothing here takes."""


@pytest.mark.parametrize(
    ("host", "others"),
    [("127.0.0.1", False), ("localhost", False), ("127.0.0.2", False), ("0.0.0.0", True)],
)
def test_tells_whether_others_can_reach_it(host, others):
    with bind(host, 0) as listening:
        assert is_open_to_others(listening) is others


def test_a_port_that_is_taken_is_an_error_with_the_way_out():
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"--port {port + 1}"):
            bind("127.0.0.1", port)


def test_streams_are_cut_when_it_is_told_to_stop_and_may_then_say_so():
    cut = threading.Event()
    streams = Streams()
    streams.cut = cut.set

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first words", "more_body": True})
        await anyio.to_thread.run_sync(cut.wait, LONG)
        await send({"type": "http.response.body", "body": b", last words"})

    serves = server(endless, streams, finish_seconds=0)
    with bind("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=serves.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        with httpx.stream("GET", url, timeout=LONG) as answer:
            said = answer.iter_bytes()
            assert next(said) == b"first words"
            serves.should_exit = True
            assert b"".join(said) == b", last words"
        thread.join(LONG)
    assert not thread.is_alive()


def test_who_is_connected_when_it_is_told_to_stop_is_heard():
    async def hello(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    serves = server(hello, Streams())
    with bind("127.0.0.1", 0) as listening:
        address = listening.getsockname()
        thread = threading.Thread(target=serves.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        httpx.get(f"http://127.0.0.1:{address[1]}", timeout=LONG)
        serves.should_exit = True
        with socket.create_connection(address, timeout=LONG) as connected:
            while listening.fileno() >= 0:  # until nobody else can connect
                time.sleep(0.001)
            connected.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            assert connected.recv(1000).startswith(b"HTTP/1.1 200")
        thread.join(LONG)
    assert not thread.is_alive()
