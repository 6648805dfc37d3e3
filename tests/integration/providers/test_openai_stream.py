"""providers/openai streaming over real sockets: what servers and connections do in the middle of an answer."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
from sallyport.providers.openai.client import OpenAI
from sallyport.stream import Counted, Started, Stopped, TextDelta, collect

STREAM = (Path(__file__).parents[2] / "data/providers/openai/text.sse").read_bytes()
EVENTS = [event + b"\n\n" for event in STREAM.split(b"\n\n") if event]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
OPEN_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
END = b"0\r\n\r\n"


class NoSecrets:
    def get(self, name: str) -> str:
        raise AssertionError(name)


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


@pytest.fixture
def openai():
    return OpenAI(NoSecrets(), max_reply_bytes=200_000, idle_seconds=0.3)


@pytest.fixture
def streamed(openai, hello, target):
    def make(timeout=5.0, first=2.0, **changes):
        with openai.stream(
            hello, target.model_copy(update=changes), max_tokens=9, timeout=timeout, first=first
        ) as events:
            return list(events)

    return make


@pytest.fixture
def broken(openai, hello, target):
    """The events of a stream that breaks, and what broke it."""

    def make(kind, timeout=5.0, first=2.0):
        events = []
        with (
            pytest.raises(kind) as error,
            openai.stream(hello, target, max_tokens=9, timeout=timeout, first=first) as stream,
        ):
            events.extend(stream)
        assert "canary" not in f"{error.value}{error.value.__cause__}"
        return events, error.value

    return make


@pytest.fixture
def keeps():
    """`keeps(bytes)`: these, and the connection stays."""
    return lambda data: lambda connection, _: connection.sendall(data)


@pytest.mark.parametrize("end", [END, b""])
def test_a_stream(streamed, upstream, sends, end):
    upstream.play(sends(HEAD + chunked(*EVENTS) + end))

    collected = collect(streamed())
    assert collected.counted is not None
    answer = collected.answer(collected.counted.usage)
    assert answer.choices[0].blocks == (Text(text="The invoice of <PERSON_1> is due on Friday."),)
    sent = json.loads(upstream.requests[0].partition(b"\r\n\r\n")[2])
    assert (sent["stream"], sent["stream_options"]) == (True, {"include_usage": True})


def test_connections_are_kept(streamed, upstream, keeps):
    upstream.play(keeps(HEAD + chunked(*EVENTS) + END))

    assert len({len(streamed()) for _ in range(3)}) == 1
    assert (len(upstream.requests), upstream.connections) == (3, 1)


def test_a_connection_of_a_stream_that_was_left_is_not_kept(openai, streamed, upstream, keeps, hello, target):
    upstream.play(keeps(HEAD + chunked(*EVENTS[:3])), keeps(HEAD + chunked(*EVENTS) + END))

    with openai.stream(hello, target, max_tokens=9, timeout=5, first=5) as events:
        next(events)
    assert isinstance(streamed()[-1], Counted)
    assert upstream.connections == 2


def test_nothing_is_asked_before_the_first_event_is(openai, upstream, hello, target):
    with openai.stream(hello, target, max_tokens=9, timeout=5, first=5):
        pass

    assert upstream.requests == []


def test_events_come_as_they_are_sent(openai, upstream, hello, target):
    go_on = threading.Semaphore(0)

    def act(connection, _):
        connection.sendall(HEAD)
        for event in EVENTS:
            connection.sendall(chunked(event))
            assert go_on.acquire(timeout=5)
        connection.sendall(END)

    upstream.play(act)
    taken = []
    with openai.stream(hello, target, max_tokens=9, timeout=5, first=5) as events:
        # The first delta is empty and gives no event of its own.
        taken.append(next(events))
        go_on.release()
        for event in events:
            taken.append(event)
            go_on.release()
            if event == TextDelta(text="."):
                # Stop, usage, [DONE]: no event before the last of them.
                go_on.release(3)
    assert taken[0] == Started(model="gpt-4.1-mini-2025-04-14")
    assert isinstance(taken[-1], Counted)


@pytest.mark.parametrize(
    ("status", "headers", "kind", "details"),
    [
        (400, [], ProviderRejectedError, {"code": "context_length_exceeded"}),
        (401, [], ProviderDeniedError, {}),
        (429, ["Retry-After: 7"], ProviderThrottledError, {"retry_after": 7.0}),
        (500, [], ProviderUnavailableError, {}),
    ],
)
def test_failed_replies(broken, upstream, says, status, headers, kind, details):
    code = details.get("code", "canary")
    upstream.play(says(status, json.dumps({"error": {"message": "canary", "code": code}}).encode(), *headers))

    events, error = broken(kind)
    assert (events, error.details) == ([], {"status": status, **details})


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 19\r\n\r\n<html>canary</html>",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\ndata: canary\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n<html>canary</html>",
        OPEN_HEAD,
        OPEN_HEAD + b"data: canary\n\n",
        OPEN_HEAD + b"data: " + b"canary" * 50_000,
        b"canary canary\r\n\r\n",
    ],
    ids=["html", "json", "html of no type", "nothing", "garbage", "giant", "no http"],
)
def test_what_is_no_stream_is_refused_before_the_first_event(broken, upstream, sends, reply):
    upstream.play(sends(reply))

    assert broken(ProviderReplyError)[0] == []


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (b"", ProviderUnavailableError),
        (END, ProviderUnavailableError),
        (b"50\r\ndata: canary", ProviderUnavailableError),
        (b"zz\r\ncanary", ProviderUnavailableError),
        (chunked(b"data: {canary\n\n"), ProviderReplyError),
        (chunked(b'data: {"error": {"message": "canary", "code": 429}}\n\n'), ProviderThrottledError),
        (chunked(*[b": " + b"canary" * 5000 + b"\n"] * 9), ProviderReplyError),
    ],
    ids=["cut", "cut politely", "cut in a chunk", "garbage", "garbage event", "error event", "giant"],
)
def test_streams_that_break_in_the_middle(broken, upstream, sends, tail, kind):
    upstream.play(sends(HEAD + chunked(*EVENTS[:4]) + tail))

    events, _ = broken(kind)
    assert [type(event) for event in events] == [Started, TextDelta, TextDelta, TextDelta]


def test_a_reset_in_the_middle(broken, upstream, resets):
    def act(connection, server):
        connection.sendall(HEAD + chunked(*EVENTS[:4]))
        time.sleep(0.05)
        resets(connection, server)

    upstream.play(act)
    assert len(broken(ProviderUnavailableError)[0]) == 4


@pytest.mark.parametrize("head", [HEAD, OPEN_HEAD], ids=["kept", "closing"])
@pytest.mark.parametrize("timeout", [5.0, 0.2], ids=["silence", "the whole"])
def test_a_stall_is_a_timeout(broken, upstream, hangs, head, timeout):
    upstream.play(hangs(head + (chunked(*EVENTS[:4]) if head is HEAD else b"".join(EVENTS[:4]))))

    assert len(broken(ProviderTimeoutError, timeout)[0]) == 4


def test_a_server_that_never_answers(broken, upstream, hangs):
    upstream.play(hangs(b""))

    assert broken(ProviderTimeoutError, first=0.3)[0] == []


@pytest.mark.parametrize(("timeout", "first"), [(0.5, 2.0), (5.0, 0.5)], ids=["the whole", "the first event"])
@pytest.mark.parametrize("head", [HEAD, OPEN_HEAD], ids=["kept", "closing"])
def test_keep_alive_comments_do_not_hold_off_the_end_of_a_timeout(broken, upstream, head, timeout, first):
    def act(connection, server):
        connection.sendall(head)
        while not server.over.wait(0.01):
            connection.sendall(chunked(b": wait\n\n") if head is HEAD else b": wait\n\n")

    upstream.play(act)
    assert broken(ProviderTimeoutError, timeout, first)[0] == []


def test_a_stream_may_last_longer_than_its_first_event_and_than_any_silence(streamed, upstream):
    def act(connection, _):
        connection.sendall(HEAD)
        for event in EVENTS:
            connection.sendall(chunked(event))
            time.sleep(0.6 / len(EVENTS))
        connection.sendall(END)

    upstream.play(act)
    assert isinstance(streamed(first=0.5)[-1], Counted)


@pytest.mark.parametrize("tail", ["cut", "stall"])
def test_who_has_said_why_it_ends_may_leave_without_a_word(streamed, upstream, sends, hangs, tail):
    said = HEAD + chunked(*EVENTS[:-2])
    upstream.play(sends(said) if tail == "cut" else hangs(said))

    assert streamed()[-1] == Stopped(reason=StopReason.END)


@pytest.mark.parametrize(
    "said",
    [b"", HEAD, HEAD + chunked(*EVENTS[:4]), OPEN_HEAD + b"".join(EVENTS[:4])],
    ids=["before the head", "before the first event", "in the middle", "in the middle of a closing one"],
)
def test_leaving_ends_the_wait_of_another_thread_and_the_connection(upstream, hello, target, said):
    waiting, closed = threading.Event(), threading.Event()

    def act(connection: socket.socket, _) -> None:
        connection.sendall(said)
        waiting.set()
        connection.settimeout(5)
        if not connection.recv(1):
            closed.set()

    upstream.play(act)
    openai = OpenAI(NoSecrets())
    with ThreadPoolExecutor(1) as reader:
        with openai.stream(hello, target, max_tokens=9, timeout=60, first=60) as events:
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


def test_a_target_needs_a_proper_address(streamed):
    with pytest.raises(ProviderDeniedError, match="base_url"):
        streamed(base_url="ftp://x.test")
