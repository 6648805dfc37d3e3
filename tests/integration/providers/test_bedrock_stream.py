"""providers/bedrock streaming through botocore, against a server at a VPC endpoint's place."""

import binascii
import json
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
from sallyport.providers.bedrock.client import Bedrock
from sallyport.stream import Counted, Started, Stopped, TextDelta, collect

STREAM = (Path(__file__).parents[2] / "data/providers/bedrock/text.eventstream").read_bytes()
TYPE = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n"
HEAD = TYPE + b"transfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def frames(stream: bytes) -> list[bytes]:
    """A stream at its frames' borders: each begins with its length."""
    split = []
    while stream:
        (length,) = struct.unpack(">I", stream[:4])
        split.append(stream[:length])
        stream = stream[length:]
    return split


FRAMES = frames(STREAM)


def exception(name: str, header: str = ":exception-type", kind: str = "exception") -> bytes:
    """The frame of an error in the middle of a stream."""
    headers = b""
    for key, value in ((header, name), (":content-type", "application/json"), (":message-type", kind)):
        headers += struct.pack(">B", len(key)) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    payload = json.dumps({"message": "canary"}).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", binascii.crc32(message))


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def spoilt(frame: bytes) -> bytes:
    """The same with one letter changed, which its checksum does not allow."""
    return frame.replace(b" due", b" DUE")


@pytest.fixture
def make_bedrock():
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    return lambda **limits: Bedrock(lambda: session, **limits)


@pytest.fixture
def bedrock(make_bedrock):
    return make_bedrock(max_stream_bytes=200_000, idle_seconds=1.0)


@pytest.fixture
def streamed(bedrock, hello, target):
    def make(timeout=5.0):
        with bedrock.stream(hello, target, max_tokens=9, timeout=timeout) as events:
            return list(events)

    return make


@pytest.fixture
def broken(bedrock, hello, target):
    """The events of a stream that breaks, and what broke it."""

    def make(kind, timeout=5.0):
        events = []
        with (
            pytest.raises(kind) as error,
            bedrock.stream(hello, target, max_tokens=9, timeout=timeout) as stream,
        ):
            events.extend(stream)
        assert "canary" not in f"{error.value}{error.value.__cause__}"
        return events, error.value

    return make


@pytest.mark.parametrize(
    "reply",
    [
        HEAD + chunked(*FRAMES) + END,
        HEAD + chunked(STREAM) + END,
        HEAD + chunked(*(STREAM[at : at + 7] for at in range(0, len(STREAM), 7))) + END,
        TYPE + b"\r\n" + STREAM,
    ],
    ids=["frame by frame", "at once", "in pieces", "without chunks"],
)
def test_a_stream(streamed, upstream, sends, reply):
    upstream.play(sends(reply))

    collected = collect(streamed())
    assert collected.counted is not None
    answer = collected.answer(collected.counted.usage)
    assert answer.choices[0].blocks == (Text(text="The invoice of <PERSON_1> is due on Friday."),)
    head, _, body = upstream.requests[0].partition(b"\r\n\r\n")
    assert b"/model/model-1/converse-stream HTTP/1.1" in head
    assert json.loads(body)["inferenceConfig"] == {"maxTokens": 9}


def test_connections_are_kept(streamed, upstream):
    upstream.play(lambda connection, _: connection.sendall(HEAD + chunked(*FRAMES) + END))

    assert len({len(streamed()) for _ in range(3)}) == 1
    assert (len(upstream.requests), upstream.connections) == (3, 1)


def test_events_come_as_they_are_sent(bedrock, upstream, hello, target):
    go_on = threading.Semaphore(0)

    def act(connection: socket.socket, _) -> None:
        connection.sendall(HEAD)
        for frame in FRAMES[:4]:
            connection.sendall(chunked(frame))
            assert go_on.acquire(timeout=5)
        connection.sendall(chunked(*FRAMES[4:]) + END)

    upstream.play(act)
    taken = []
    with bedrock.stream(hello, target, max_tokens=9, timeout=5) as events:
        for event in events:
            taken.append(event)
            go_on.release()
    assert taken[:2] == [Started(model="model-1"), TextDelta(text="The")]
    assert isinstance(taken[-1], Counted)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "ValidationException", ProviderRejectedError),
        (403, "AccessDeniedException", ProviderDeniedError),
        (429, "ThrottlingException", ProviderThrottledError),
        (503, "ServiceUnavailableException", ProviderUnavailableError),
    ],
)
def test_failed_replies(broken, upstream, says, status, code, kind):
    upstream.play(says(status, b'{"message": "canary"}', f"x-amzn-errortype: {code}:http://x", "retry-after: 2"))

    events, error = broken(kind)
    assert (events, error.details) == ([], {"status": status, "retry_after": 2.0})
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("given", [0, 4])
@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (exception("throttlingException"), ProviderThrottledError),
        (exception("validationException"), ProviderRejectedError),
        (exception("modelStreamErrorException"), ProviderUnavailableError),
        (exception("internalServerException"), ProviderUnavailableError),
        (exception("serviceUnavailableException"), ProviderUnavailableError),
        (exception("InternalError", ":error-code", "error"), ProviderUnavailableError),
        (exception("somethingNewException"), ProviderUnavailableError),
        (spoilt(FRAMES[5]), ProviderReplyError),
        (b"canary canary canary", ProviderReplyError),
    ],
    ids=[
        "throttling", "validation", "model error", "server error", "unavailable", "error", "new", "checksum", "garbage",
    ],
)  # fmt: skip
def test_errors_within_the_stream(broken, upstream, sends, frame, kind, given):
    upstream.play(sends(HEAD + chunked(*FRAMES[:given], frame) + END))

    events, error = broken(kind)
    assert [type(event) for event in events] == [Started, TextDelta, TextDelta, TextDelta][:given]
    assert error.details == {}


def test_the_spoilt_frame_differs():
    assert spoilt(FRAMES[5]) != FRAMES[5]


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 19\r\n\r\n<html>canary</html>",
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\ncanary",
        HEAD + END,
    ],
    ids=["html", "less than a frame", "nothing"],
)
def test_what_is_no_stream_is_refused_before_the_first_event(broken, upstream, sends, reply):
    upstream.play(sends(reply))

    assert broken(ProviderReplyError)[0] == []


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (b"", ProviderUnavailableError),
        (END, ProviderUnavailableError),
        (chunked(FRAMES[4][:20]) + END, ProviderUnavailableError),
        (b"zz\r\ncanary", ProviderUnavailableError),
        (chunked(*[FRAMES[4]] * 2000), ProviderReplyError),
    ],
    ids=["cut", "cut politely", "cut in a frame", "no chunk", "giant"],
)
def test_streams_that_break_in_the_middle(broken, upstream, sends, tail, kind):
    upstream.play(sends(HEAD + chunked(*FRAMES[:4]) + tail))

    events, _ = broken(kind)
    assert [type(event) for event in events[:4]] == [Started, TextDelta, TextDelta, TextDelta]


@pytest.mark.parametrize("timeout", [5.0, 0.8], ids=["silence", "the whole"])
def test_a_stall_is_a_timeout(broken, upstream, hangs, timeout):
    upstream.play(hangs(HEAD + chunked(*FRAMES[:4])))

    assert len(broken(ProviderTimeoutError, timeout)[0]) == 4


def test_half_a_frame_that_trickles_ends_with_the_timeout(broken, upstream):
    def act(connection: socket.socket, server) -> None:
        connection.sendall(HEAD)
        for at in range(len(FRAMES[0])):
            if not server.over.wait(0.05):
                connection.sendall(chunked(FRAMES[0][at : at + 1]))

    upstream.play(act)
    assert broken(ProviderTimeoutError, 0.5)[0] == []


def test_the_usage_that_never_comes_is_not_waited_for_in_vain(streamed, upstream, hangs):
    upstream.play(hangs(HEAD + chunked(*FRAMES[:-1])))

    assert streamed()[-1] == Stopped(reason=StopReason.END)


@pytest.mark.parametrize(
    "said",
    [b"", HEAD, HEAD + chunked(*FRAMES[:4]), TYPE + b"connection: close\r\n\r\n" + b"".join(FRAMES[:4])],
    ids=["before the head", "before the first event", "in the middle", "in the middle of a closing one"],
)
def test_leaving_ends_the_wait_of_another_thread_and_the_connection(make_bedrock, upstream, hello, target, said):
    waiting, closed = threading.Event(), threading.Event()

    def act(connection: socket.socket, _) -> None:
        connection.sendall(said)
        waiting.set()
        connection.settimeout(5)
        if not connection.recv(1):
            closed.set()

    upstream.play(act)
    with ThreadPoolExecutor(1) as reader:
        with make_bedrock().stream(hello, target, max_tokens=9, timeout=60) as events:
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
