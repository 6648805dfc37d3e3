"""sallyport_local.connection: half a request is not waited for, and a slow reader not written for."""

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from sallyport_local.connection import LEAST_BODY_BYTES, MOST_HEADER_BYTES, PATIENCE_SECONDS, BoundedConnection

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n"
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"


class Timer:
    def __init__(self, seconds, call):
        self.seconds, self.call, self.cancelled = seconds, call, False

    def cancel(self):
        self.cancelled = True


class Loop:
    """Keeps timers until the test lets their time come; the application never answers."""

    def __init__(self):
        self.timers = []

    def call_later(self, seconds, call):
        self.timers.append(Timer(seconds, call))
        return self.timers[-1]

    def create_task(self, coroutine):
        coroutine.close()
        return self

    def add_done_callback(self, done):
        pass

    def waits(self):
        return [timer.seconds for timer in self.timers if not timer.cancelled]

    def pass_time(self):
        due, self.timers = self.timers, []
        for timer in due:
            if not timer.cancelled:
                timer.call()


class Transport(asyncio.Transport):
    def __init__(self):
        super().__init__()
        self.written, self.closed, self.aborted = b"", False, False

    def write(self, data):
        self.written += data

    def close(self):
        self.closed = True

    def abort(self):
        self.aborted = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


async def app(scope, receive, send):
    raise AssertionError("the loop runs no task")


@pytest.fixture
def loop():
    return Loop()


@pytest.fixture
def transport():
    return Transport()


@pytest.fixture
def connection(loop, transport):
    config = uvicorn.Config(app, lifespan="off", log_config=None)
    connection = BoundedConnection(config, ServerState(), {}, _loop=loop)
    connection.connection_made(transport)
    return connection


@pytest.mark.parametrize(
    "pieces",
    [[], [b"G"], [HEAD[:20], HEAD[20:40]], [HEAD], [HEAD, b"{"]],
    ids=["nothing", "a letter", "half a header", "no body", "a byte of a body"],
)
def test_whoever_stops_in_the_middle_is_hung_up_on(connection, loop, transport, pieces):
    for piece in pieces:
        connection.data_received(piece)
    assert loop.waits() == [PATIENCE_SECONDS]
    loop.pass_time()
    assert transport.closed


@pytest.mark.parametrize("more", [b"GET", b"\r\n"], ids=["half a second request", "an empty line"])
def test_what_follows_a_request_is_waited_for_until_its_answer_and_no_longer(connection, loop, transport, more):
    connection.data_received(WHOLE)
    connection.data_received(more)
    loop.pass_time()
    assert not transport.closed
    connection.cycle.response_complete = True
    loop.pass_time()
    assert transport.closed


def test_a_header_that_trickles_in_gets_no_more_time_than_one_that_stops(connection, loop, transport):
    for byte in HEAD[:40]:
        connection.data_received(bytes([byte]))
    assert len(loop.timers) == 1
    loop.pass_time()
    assert transport.closed


def test_a_body_that_keeps_coming_is_waited_for_and_one_that_trickles_in_is_not(connection, loop, transport):
    connection.data_received(HEAD)
    for _ in range(3):
        connection.data_received(b" " * LEAST_BODY_BYTES)
        loop.pass_time()
        assert not transport.closed
    connection.data_received(b" " * (LEAST_BODY_BYTES - 1))
    loop.pass_time()
    assert transport.closed


def test_nobody_is_hung_up_on_for_what_the_gateway_does_not_read(connection, loop, transport):
    connection.data_received(HEAD)
    connection.flow.pause_reading()
    loop.pass_time()
    loop.pass_time()
    assert not transport.closed
    connection.flow.resume_reading()
    loop.pass_time()
    assert transport.closed


def test_a_whole_request_needs_no_timer(connection, loop, transport):
    connection.data_received(WHOLE)
    assert loop.waits() == []
    assert not transport.closed


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nA: "], ids=["path", "field"])
def test_a_header_without_end_is_refused(connection, loop, transport, start):
    connection.data_received(start)
    connection.data_received(b"a" * (MOST_HEADER_BYTES - 100))
    assert not transport.closed
    connection.data_received(b"a" * 200)
    assert transport.closed
    assert transport.written.startswith(b"HTTP/1.1 431 ")
    assert loop.waits() == []


def test_whoever_reads_nothing_is_dropped(connection, loop, transport):
    connection.data_received(WHOLE)
    connection.pause_writing()
    connection.resume_writing()
    loop.pass_time()
    assert not transport.aborted
    connection.pause_writing()
    loop.pass_time()
    assert transport.aborted


def test_a_lost_connection_leaves_no_timer(connection, loop):
    connection.data_received(HEAD)
    connection.pause_writing()
    connection.connection_lost(None)
    assert loop.waits() == []
