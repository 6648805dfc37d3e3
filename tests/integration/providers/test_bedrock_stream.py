"""providers/bedrock streaming through botocore: what is particular to its frames. The rest is in test_streams."""

import socket
from pathlib import Path

import boto3
import pytest

from sallyport.errors import (
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.bedrock.client import Bedrock
from sallyport.stream import Started, TextDelta
from tests.integration.providers.frames import exception, frames
from tests.integration.providers.reading import told

FRAMES = frames((Path(__file__).parents[2] / "data/providers/bedrock/text.eventstream").read_bytes())
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def spoilt(frame: bytes) -> bytes:
    """The same with one letter changed, which its checksum does not allow."""
    return frame.replace(b" due", b" DUE")


@pytest.fixture
def bedrock():
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    return Bedrock(lambda: session)


@pytest.fixture
def target(target):
    return target.model_copy(update={"idle_seconds": 0.3})


@pytest.fixture
def broken(bedrock, hello, target):
    """The events of a stream that breaks, and what broke it."""

    def make(kind, timeout=5.0, first=2.0):
        events = []
        with (
            pytest.raises(kind) as error,
            bedrock.stream(hello, target, max_tokens=9, timeout=timeout, first=first) as stream,
        ):
            events.extend(told(stream))
        assert "canary" not in f"{error.value}{error.value.__cause__}"
        return events, error.value

    return make


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


def test_half_a_frame_that_trickles_ends_with_the_timeout(broken, upstream):
    def act(connection: socket.socket, server) -> None:
        connection.sendall(HEAD)
        for at in range(len(FRAMES[0])):
            if not server.over.wait(0.05):
                connection.sendall(chunked(FRAMES[0][at : at + 1]))

    upstream.play(act)
    assert broken(ProviderTimeoutError, 0.5)[0] == []
