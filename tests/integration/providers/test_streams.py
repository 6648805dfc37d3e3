"""Every provider that streams, over real sockets: what servers and connections do in the middle of an answer."""

import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from sallyport.conversation import StopReason, Text
from sallyport.errors import (
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.anthropic.client import Anthropic
from sallyport.providers.bedrock.client import Bedrock
from sallyport.providers.openai.client import OpenAI
from sallyport.stream import Counted, Started, Stopped, TextDelta, collect
from tests.integration.providers.frames import exception, frames
from tests.integration.providers.reading import told

DATA = Path(__file__).parents[2] / "data/providers"
END = b"0\r\n\r\n"


class NoSecrets:
    def get(self, name: str) -> str:
        raise AssertionError(name)


@dataclass(frozen=True)
class Wire:
    """One API's stream. `pieces` are the recorded one's events; with the first `given` of them three words have been
    given, and with the first `ended` the reason why it ends. `error_types` names errors in a header by their status.
    """

    make: Callable[..., Any]
    content_type: bytes
    pieces: list[bytes]
    given: int
    ended: int
    asked: dict[str, Any]
    garbage: bytes
    throttled: bytes
    error_types: dict[int, str] = field(default_factory=dict)

    @property
    def type(self) -> bytes:
        return b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\n" % self.content_type

    @property
    def head(self) -> bytes:
        return self.type + b"transfer-encoding: chunked\r\n\r\n"

    @property
    def open_head(self) -> bytes:
        return self.type + b"connection: close\r\n\r\n"


@cache
def session() -> boto3.Session:
    """What it loads, it keeps: making one anew would be most of a short timeout."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


def make_bedrock(max_bytes: int) -> Bedrock:
    return Bedrock(session, max_stream_bytes=max_bytes)


def sse(api: str) -> list[bytes]:
    return [each + b"\n\n" for each in (DATA / api / "text.sse").read_bytes().split(b"\n\n") if each]


FRAMES = frames((DATA / "bedrock/text.eventstream").read_bytes())
WIRES = {
    "anthropic": Wire(
        make=lambda most: Anthropic(NoSecrets(), max_reply_bytes=most),
        content_type=b"text/event-stream; charset=utf-8",
        pieces=sse("anthropic"),
        given=6,
        ended=-1,
        asked={"stream": True, "max_tokens": 9},
        garbage=b"event: message_delta\ndata: {canary\n\n",
        throttled=b'event: error\ndata: {"type": "error", "error": {"type": "rate_limit_error"}, "canary": 1}\n\n',
    ),
    "bedrock": Wire(
        make=make_bedrock,
        content_type=b"application/vnd.amazon.eventstream",
        pieces=FRAMES,
        given=4,
        ended=-1,
        asked={"inferenceConfig": {"maxTokens": 9}},
        garbage=b"canary canary canary",
        throttled=exception("throttlingException"),
        error_types={
            400: "ValidationException",
            403: "AccessDeniedException",
            429: "ThrottlingException",
            503: "ServiceUnavailableException",
        },
    ),
    "openai": Wire(
        make=lambda most: OpenAI(NoSecrets(), max_reply_bytes=most),
        content_type=b"text/event-stream; charset=utf-8",
        pieces=sse("openai"),
        given=4,
        ended=-2,
        asked={"stream": True, "stream_options": {"include_usage": True}},
        garbage=b"data: {canary\n\n",
        throttled=b'data: {"error": {"message": "canary", "code": 429}}\n\n',
    ),
}
of_server_sent_events = pytest.mark.parametrize("wire", ["anthropic", "openai"], indirect=True)


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


@pytest.fixture(params=WIRES)
def wire(request):
    return WIRES[request.param]


@pytest.fixture
def idle():
    return 0.3


@pytest.fixture
def target(target, idle):
    return target.model_copy(update={"idle_seconds": idle})


READERS = {"waits": None, "is called from its head on": 0, "is called from its first word on": 2}
"""After how many events whoever reads is called when there is something to be read, as on an event loop."""


@pytest.fixture(params=READERS.values(), ids=READERS.keys())
def provider(wire, request):
    made = wire.make(200_000)
    inner = made.stream

    @contextmanager
    def stream(*arguments, **options):
        with inner(*arguments, **options) as events:
            yield told(events, request.param)

    made.stream = stream
    return made


@pytest.fixture
def streamed(provider, hello, target):
    def make(timeout=5.0, first=2.0):
        with provider.stream(hello, target, max_tokens=9, timeout=timeout, first=first) as events:
            return list(events)

    return make


@pytest.fixture
def broken(provider, hello, target):
    """The events of a stream that breaks, and what broke it."""

    def make(kind, timeout=5.0, first=2.0):
        events = []
        with (
            pytest.raises(kind) as error,
            provider.stream(hello, target, max_tokens=9, timeout=timeout, first=first) as stream,
        ):
            events.extend(stream)
        assert "canary" not in f"{error.value}{error.value.__cause__}"
        return events, error.value

    return make


@pytest.fixture
def keeps():
    """`keeps(bytes)`: these, and the connection stays."""
    return lambda data: lambda connection, _: connection.sendall(data)


@pytest.mark.parametrize("way", ["piece by piece", "at once", "in crumbs", "without the last chunk", "without chunks"])
def test_a_stream(streamed, wire, upstream, sends, way):
    whole = b"".join(wire.pieces)
    crumbs = [whole[at : at + 7] for at in range(0, len(whole), 7)]
    replies = {
        "piece by piece": wire.head + chunked(*wire.pieces) + END,
        "at once": wire.head + chunked(whole) + END,
        "in crumbs": wire.head + chunked(*crumbs) + END,
        "without the last chunk": wire.head + chunked(*wire.pieces),
        "without chunks": wire.open_head + whole,
    }
    upstream.play(sends(replies[way]))

    collected = collect(streamed())
    assert collected.counted is not None
    answer = collected.answer(collected.counted.usage)
    assert answer.choices[0].blocks == (Text(text="The invoice of <PERSON_1> is due on Friday."),)
    sent = json.loads(upstream.requests[0].partition(b"\r\n\r\n")[2])
    assert sent.items() >= wire.asked.items()


def test_connections_are_kept(streamed, wire, upstream, keeps):
    upstream.play(keeps(wire.head + chunked(*wire.pieces) + END))

    assert len({len(streamed()) for _ in range(3)}) == 1
    assert (len(upstream.requests), upstream.connections) == (3, 1)


def test_a_connection_of_a_stream_that_was_left_is_not_kept(provider, streamed, wire, upstream, keeps, hello, target):
    upstream.play(
        keeps(wire.head + chunked(*wire.pieces[: wire.given])), keeps(wire.head + chunked(*wire.pieces) + END)
    )

    with provider.stream(hello, target, max_tokens=9, timeout=5, first=5) as events:
        next(events)
    assert isinstance(streamed()[-1], Counted)
    assert upstream.connections == 2


def test_nothing_is_asked_before_the_first_event_is(provider, upstream, hello, target):
    with provider.stream(hello, target, max_tokens=9, timeout=5, first=5):
        pass

    assert upstream.requests == []


def test_events_come_as_they_are_sent(provider, wire, upstream, hello, target):
    """The server says the next word when the one before it has arrived."""
    go_on = threading.Semaphore(0)

    def act(connection: socket.socket, _) -> None:
        connection.sendall(wire.head + chunked(*wire.pieces[: wire.given - 2]))
        for piece in wire.pieces[wire.given - 2 : wire.given]:
            assert go_on.acquire(timeout=5)
            connection.sendall(chunked(piece))
        assert go_on.acquire(timeout=5)
        connection.sendall(chunked(*wire.pieces[wire.given :]) + END)

    upstream.play(act)
    taken = []
    with provider.stream(hello, target, max_tokens=9, timeout=5, first=5) as events:
        for event in events:
            taken.append(event)
            if isinstance(event, TextDelta):
                go_on.release()
    assert isinstance(taken[0], Started)
    assert taken[1] == TextDelta(text="The")
    assert isinstance(taken[-1], Counted)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ProviderRejectedError),
        (403, ProviderDeniedError),
        (429, ProviderThrottledError),
        (503, ProviderUnavailableError),
    ],
)
def test_failed_replies(broken, wire, upstream, says, status, kind):
    named = [f"x-amzn-errortype: {wire.error_types[status]}:http://x"] if wire.error_types else []
    body = json.dumps({"message": "canary", "error": {"message": "canary", "type": "canary"}}).encode()
    upstream.play(says(status, body, "Retry-After: 7", *named))

    events, error = broken(kind)
    assert (events, error.details) == ([], {"status": status, "retry_after": 7.0})
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("way", ["html", "less than an event", "nothing", "nothing in chunks", "giant"])
def test_what_is_no_stream_is_refused_before_the_first_event(broken, wire, upstream, sends, way):
    replies = {
        "html": b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 19\r\n\r\n<html>canary</html>",
        "less than an event": wire.type + b"content-length: 6\r\n\r\ncanary",
        "nothing": wire.open_head,
        "nothing in chunks": wire.head + END,
        "giant": wire.open_head + b"data: " + b"canary" * 50_000,
    }
    upstream.play(sends(replies[way]))

    assert broken(ProviderReplyError)[0] == []


@of_server_sent_events
@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\ndata: canary\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n<html>canary</html>",
        b"HTTP/1.1 200 OK\r\n\r\ndata: canary\n\n",
        b"canary canary\r\n\r\n",
    ],
    ids=["json", "html of no type", "garbage", "no http"],
)
def test_what_is_no_stream_of_events_is_refused_before_the_first(broken, upstream, sends, reply):
    upstream.play(sends(reply))

    assert broken(ProviderReplyError)[0] == []


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("cut", ProviderUnavailableError),
        ("cut politely", ProviderUnavailableError),
        ("cut in a chunk", ProviderUnavailableError),
        ("no chunk", ProviderUnavailableError),
        ("garbage", ProviderReplyError),
        ("error", ProviderThrottledError),
        ("giant", ProviderReplyError),
    ],
)
def test_streams_that_break_in_the_middle(broken, wire, upstream, sends, way, kind):
    tails = {
        "cut": b"",
        "cut politely": END,
        "cut in a chunk": b"50\r\n" + wire.pieces[wire.given][:20],
        "no chunk": b"zz\r\ncanary",
        "garbage": chunked(wire.garbage) + END,
        "error": chunked(wire.throttled) + END,
        "giant": chunked(*[wire.pieces[wire.given]] * 2500),
    }
    upstream.play(sends(wire.head + chunked(*wire.pieces[: wire.given]) + tails[way]))

    events, _ = broken(kind)
    assert [type(event) for event in events[:4]] == [Started, TextDelta, TextDelta, TextDelta]
    assert len(events) == 4 or way == "giant"


def test_a_reset_in_the_middle(broken, wire, upstream, resets):
    def act(connection: socket.socket, server) -> None:
        connection.sendall(wire.head + chunked(*wire.pieces[: wire.given]))
        time.sleep(0.05)
        resets(connection, server)

    upstream.play(act)
    assert len(broken(ProviderUnavailableError)[0]) == 4


@pytest.mark.parametrize("closing", [False, True], ids=["kept", "closing"])
@pytest.mark.parametrize(("idle", "timeout"), [(0.3, 5.0), (5.0, 0.6)], ids=["silence", "the whole"])
def test_a_stall_is_a_timeout(broken, wire, upstream, hangs, closing, timeout):
    given = wire.pieces[: wire.given]
    upstream.play(hangs(wire.open_head + b"".join(given) if closing else wire.head + chunked(*given)))

    assert len(broken(ProviderTimeoutError, timeout)[0]) == 4


def test_a_server_that_never_answers(broken, upstream, hangs):
    upstream.play(hangs(b""))

    assert broken(ProviderTimeoutError, first=0.3)[0] == []


@of_server_sent_events
@pytest.mark.parametrize("alive", [b": wait\n\n", b'event: ping\ndata: {"type": "ping"}\n\n'], ids=["comment", "ping"])
@pytest.mark.parametrize("closing", [False, True], ids=["kept", "closing"])
@pytest.mark.parametrize(("timeout", "first"), [(0.5, 2.0), (5.0, 0.5)], ids=["the whole", "the first event"])
def test_signs_of_life_do_not_hold_off_the_end_of_a_timeout(broken, wire, upstream, alive, closing, timeout, first):
    def act(connection: socket.socket, server) -> None:
        connection.sendall(wire.open_head if closing else wire.head)
        while not server.over.wait(0.01):
            connection.sendall(alive if closing else chunked(alive))

    upstream.play(act)
    assert broken(ProviderTimeoutError, timeout, first)[0] == []


def test_a_stream_may_last_longer_than_its_first_event_and_than_any_silence(streamed, wire, upstream):
    def act(connection: socket.socket, _) -> None:
        connection.sendall(wire.head)
        for piece in wire.pieces:
            connection.sendall(chunked(piece))
            time.sleep(1.2 / len(wire.pieces))
        connection.sendall(END)

    upstream.play(act)
    assert isinstance(streamed(first=1.0)[-1], Counted)


@pytest.mark.parametrize("tail", ["cut", "stall"])
def test_who_has_said_why_it_ends_may_leave_without_a_word(streamed, wire, upstream, sends, hangs, tail):
    said = wire.head + chunked(*wire.pieces[: wire.ended])
    upstream.play(sends(said) if tail == "cut" else hangs(said))

    last = [event for event in streamed() if not isinstance(event, Counted)][-1]
    assert last == Stopped(reason=StopReason.END)


@pytest.mark.parametrize("way", ["before the head", "before the first event", "in the middle", "closing"])
def test_leaving_ends_the_wait_of_another_thread_and_the_connection(wire, provider, upstream, hello, target, way):
    waiting, closed = threading.Event(), threading.Event()
    given = wire.pieces[: wire.given]
    said = {
        "before the head": b"",
        "before the first event": wire.head,
        "in the middle": wire.head + chunked(*given),
        "closing": wire.open_head + b"".join(given),
    }

    def act(connection: socket.socket, _) -> None:
        connection.sendall(said[way])
        waiting.set()
        connection.settimeout(5)
        if not connection.recv(1):
            closed.set()

    upstream.play(act)
    patient = target.model_copy(update={"idle_seconds": 60.0})
    with ThreadPoolExecutor(1) as reader:
        with provider.stream(hello, patient, max_tokens=9, timeout=60, first=60) as events:
            reading = reader.submit(list, events)
            assert waiting.wait(5)
            # Let the reader come to where it waits.
            time.sleep(0.05)
        left = time.monotonic()
        assert closed.wait(5)
        with pytest.raises(ProviderUnavailableError):
            reading.result(timeout=5)
    assert time.monotonic() - left < 0.5


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_without_time_nothing_is_sent(broken, upstream, timeout):
    broken(ProviderTimeoutError, timeout)
    assert upstream.requests == []
