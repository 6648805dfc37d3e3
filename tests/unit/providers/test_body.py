"""sallyport.providers.body: the bytes of a reply's body, however its connection cuts them."""

import io
from http.client import HTTPResponse
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import ProtocolError

from sallyport.providers.body import Body

CHUNKED = b"5\r\nhello\r\nA;name=value\r\n, world..!\r\n0\r\ntrailer: yes\r\n\r\n"
HELLO = b"hello, world..!"


def taken(body, *parts):
    return b"".join(map(body.take, parts))


@given(st.lists(st.integers(0, len(CHUNKED)), max_size=8).map(sorted))
def test_chunks_may_be_cut_anywhere(cuts):
    body = Body(chunked=True, left=None)
    edges = [0, *cuts, len(CHUNKED)]
    parts = [CHUNKED[start:end] for start, end in pairwise(edges)]
    assert taken(body, *parts) == HELLO
    assert (body.over, body.reusable, body.broken) == (True, True, False)


@pytest.mark.parametrize(
    ("reply", "whole"),
    [
        (b"transfer-encoding: chunked\r\n\r\n" + CHUNKED, HELLO),
        (b"content-length: 15\r\n\r\n" + HELLO, HELLO),
        (b"connection: close\r\n\r\n" + HELLO, HELLO),
    ],
    ids=["chunks", "a length", "until its end"],
)
@pytest.mark.parametrize("read", [0, 1, 3, 5, 6, 11])
def test_it_goes_on_where_http_client_stopped(reply, whole, read):
    class Socket:
        def makefile(self, *_):
            return io.BytesIO(b"HTTP/1.1 200 OK\r\n" + reply)

    response = HTTPResponse(Socket())
    response.begin()
    before = b"".join(response.read1(1) for _ in range(read))
    rest = response.fp.read()
    body = Body.rest_of(response)
    assert before + body.take(rest) == whole
    if not body.over:
        assert body.end() == b""
        assert not body.reusable
    assert body.over


@pytest.mark.parametrize(("chunked", "data"), [(True, CHUNKED), (False, HELLO)])
def test_what_comes_behind_it_is_not_its_own(chunked, data):
    body = Body(chunked=chunked, left=None if chunked else len(HELLO))
    assert body.take(data + b"HTTP/1.1 200 OK") == HELLO
    assert (body.over, body.reusable) == (True, False)


@pytest.mark.parametrize(
    "data",
    [b"zz\r\n", b"+5\r\nhello\r\n", b"-5\r\n", b"\r\n", b"0x5\r\n", b"1_0\r\n", b"f" * 17 + b"\r\n", b"5" * 70_000],
    ids=["no number", "a sign", "less than nothing", "nothing", "a prefix", "a separator", "too much", "no end"],
)
def test_what_is_no_chunk_breaks_it_after_what_came_before(data):
    body = Body(chunked=True, left=None)
    assert body.take(b"5\r\nhello\r\n" + data) == b"hello"
    assert (body.over, body.broken) == (False, True)


def test_a_chunk_that_is_longer_than_it_said_breaks_it():
    body = Body(chunked=True, left=None)
    assert body.take(b"5\r\nhello, \r\n") == b"hello"
    assert body.broken


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (Body(chunked=True, left=None), b"5\r\nhel"),
        (Body(chunked=True, left=None), b"5\r\nhello\r\n"),
        (Body(chunked=True, left=3), b"lo"),
        (Body(chunked=False, left=15), HELLO[:-1]),
    ],
)
def test_a_connection_that_ends_before_it_is_an_error(body, data):
    body.take(data)
    assert not body.over
    with pytest.raises(ProtocolError):
        body.end()
