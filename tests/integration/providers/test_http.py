"""Providers over HTTP and real sockets: a server that answers, and one that misbehaves in every way."""

import json
import socket
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from sallyport.conversation import Role, Text, Turn
from sallyport.errors import (
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    StoreUnavailableError,
)
from sallyport.providers.anthropic import client
from sallyport.providers.anthropic.client import VERSION, Anthropic
from sallyport.providers.openai.client import OpenAI

DATA = Path(__file__).parents[2] / "data/providers"


@dataclass(frozen=True)
class Api:
    """What is said in one API's own way. `credential` is the header of the secret `sk-1`; `too_long` an error."""

    make: Any
    reply: bytes
    path: bytes
    model: str
    credential: bytes
    headers: tuple[bytes, ...]
    too_long: dict[str, str]


APIS = {
    "anthropic": Api(
        make=Anthropic,
        reply=(DATA / "anthropic/text.json").read_bytes(),
        path=b"/v1/messages",
        model="claude-sonnet-4-5-20250929",
        credential=b"x-api-key: sk-1\r\n",
        headers=(f"anthropic-version: {VERSION}\r\n".encode(),),
        too_long={"type": "invalid_request_error", "message": "prompt is too long: canary"},
    ),
    "openai": Api(
        make=OpenAI,
        reply=(DATA / "openai/text.json").read_bytes(),
        path=b"/v1/chat/completions",
        model="gpt-4.1-mini-2025-04-14",
        credential=b"Authorization: Bearer sk-1\r\n",
        headers=(),
        too_long={"message": "canary", "code": "context_length_exceeded"},
    ),
}

HALF = b'{"id": "canary", "model": "canary", "choices": [], "content": [], "usage": {"input_tokens": 1}' + b" " * 100


class Secrets:
    def __init__(self, **secrets: str) -> None:
        self._secrets = secrets

    def get(self, name: str) -> str:
        if name not in self._secrets:
            raise StoreUnavailableError(f"There is no secret {name}.")
        return self._secrets[name]

    def instead(self, name: str, refused: str) -> str | None:
        return self._secrets.get(f"{name}_next")


@pytest.fixture(params=APIS)
def api(request):
    return APIS[request.param]


@pytest.fixture
def ask(api, hello, target):
    secrets = Secrets(
        main="sk-1",
        old="sk-0",
        old_next="sk-1\n",
        bad="sk-0",
        bad_next="sk\r\n1",
        padded=" sk-1\n",
        split="sk-1\r\nx-evil: 1",
        empty=" ",
    )
    provider = api.make(secrets, max_reply_bytes=200_000)

    def make(timeout=5.0, **changes):
        return provider.chat(hello, target.model_copy(update=changes), max_tokens=9, timeout=timeout)

    return make


def test_an_answer(ask, api, upstream, says):
    upstream.play(says(200, api.reply))

    assert ask().choices[0].blocks == (Text(text="The invoice of <PERSON_1> is due on Friday."),)
    head, _, body = upstream.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST %s HTTP/1.1\r\n" % api.path)
    assert not any(each in head.lower() for each in (b"authorization", b"x-api-key"))
    assert all(header in head + b"\r\n" for header in api.headers)
    assert b"accept-encoding: identity" in head.lower()
    assert json.loads(body)["max_tokens"] == 9


@pytest.mark.parametrize(("words", "sends"), [("canary", 1), ("canary" * 20_000, 2)])
def test_a_small_request_is_sent_at_once_and_a_large_one_is_whole(
    monkeypatch, api, hello, target, upstream, says, words, sends
):
    sent = []

    def send(connection, data, *, real=HTTPConnection.send):
        sent.append(data)
        real(connection, data)

    monkeypatch.setattr(HTTPConnection, "send", send)
    upstream.play(says(200, api.reply))
    request = hello.model_copy(update={"turns": (Turn(role=Role.USER, blocks=(Text(text=words),)),)})
    api.make(Secrets()).chat(request, target, max_tokens=9, timeout=5.0)

    assert (len(sent), b"".join(sent)) == (sends, upstream.requests[0])
    assert words in json.dumps(json.loads(upstream.requests[0].partition(b"\r\n\r\n")[2]))


def test_connections_are_kept(ask, api, upstream, says):
    upstream.play(says(200, api.reply), says(429, b"{}"), says(200, api.reply))

    ask()
    with pytest.raises(ProviderThrottledError):
        ask()
    ask()
    assert upstream.connections == 1


def test_a_kept_connection_that_its_server_closed_is_replaced_once(ask, api, upstream, says, sends):
    upstream.play(says(200, api.reply), sends(b""), says(200, api.reply), sends(b""))

    assert ask().model == ask().model == api.model
    assert len(upstream.requests) == 3
    with pytest.raises(ProviderUnavailableError):
        ask()
    assert len(upstream.requests) == 5


def test_a_chunked_answer(ask, api, upstream, sends):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (api.reply[:10], api.reply[10:]))
    upstream.play(sends(b"HTTP/1.1 200 Said\r\ntransfer-encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"))

    assert ask().model == api.model


@pytest.mark.parametrize("secret", ["main", "padded"])
def test_the_secret_is_where_the_api_has_it(ask, api, upstream, says, secret):
    upstream.play(says(200, api.reply))
    ask(secret=secret)

    assert api.credential in upstream.requests[0]


def test_a_credential_that_was_replaced_meanwhile_is_sent_when_the_old_one_is_refused(ask, api, upstream, says):
    upstream.play(says(401, b'{"error": {"message": "canary"}}'), says(200, api.reply))

    assert ask(secret="old").model == api.model
    assert [api.credential in each for each in upstream.requests] == [False, True]


@pytest.mark.parametrize(("secret", "calls"), [("main", 1), ("bad", 1), ("old", 2)])
def test_what_is_refused_with_nothing_newer_is_not_asked_again(ask, upstream, says, secret, calls):
    upstream.play(says(401, b"{}"))

    with pytest.raises(ProviderDeniedError):
        ask(secret=secret)
    assert len(upstream.requests) == calls


def test_a_credential_is_refused_by_nothing_but_401(ask, upstream, says):
    upstream.play(says(403, b"{}"))

    with pytest.raises(ProviderDeniedError):
        ask(secret="old")
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("secret", "kind"),
    [("split", ProviderDeniedError), ("empty", ProviderDeniedError), ("absent", ProviderUnavailableError)],
)
def test_without_a_proper_secret_nothing_is_sent(ask, upstream, secret, kind):
    with pytest.raises(kind) as error:
        ask(secret=secret)

    assert "sk-1" not in str(error.value)
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("status", "headers", "kind", "details"),
    [
        (400, [], ProviderRejectedError, {"code": "context_length_exceeded"}),
        (401, [], ProviderDeniedError, {}),
        (404, [], ProviderDeniedError, {}),
        (408, [], ProviderTimeoutError, {}),
        (429, ["Retry-After: 7"], ProviderThrottledError, {"retry_after": 7.0}),
        (429, ["Retry-After: Thu, 01 Jan 1970 00:00:00 GMT"], ProviderThrottledError, {"retry_after": 0.0}),
        (500, [], ProviderUnavailableError, {}),
        (503, ["retry-after-ms: 20"], ProviderUnavailableError, {"retry_after": 0.02}),
    ],
)
def test_failed_replies(ask, api, upstream, says, status, headers, kind, details):
    error = api.too_long if "code" in details else {"message": "canary", "code": "canary"}
    upstream.play(says(status, json.dumps({"error": error}).encode(), *headers))

    with pytest.raises(kind) as error:
        ask()
    assert error.value.details == {"status": status, **details}
    assert "canary" not in str(error.value)


def test_redirects_are_not_followed(ask, api, upstream, says):
    upstream.play(says(307, b"", f"location: {upstream.url}/elsewhere"), says(200, api.reply))

    with pytest.raises(ProviderReplyError):
        ask(secret="main")
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + HALF,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n50\r\n" + HALF[:80],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\ncanary",
        b"HTTP/1.1 200 OK\r\n\r\n" + HALF,
        b"HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n<html>canary</html>",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{canary: ",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 6\r\n\r\ncanary",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n" + b" " * 300_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 300_000,
        b"canary canary canary\r\n\r\n",
        b"HTTP/1.1 canary\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"canary" * 20_000 + b"\r\n\r\n",
    ],
    ids=[
        "half", "half a chunk", "no chunk", "no length", "html", "no json", "not compressed", "empty", "giant",
        "giant without length", "no http", "no status", "giant header",
    ],
)  # fmt: skip
def test_replies_that_are_no_answer(ask, upstream, sends, reply):
    upstream.play(sends(reply))

    with pytest.raises(ProviderReplyError) as error:
        ask()
    assert "canary" not in f"{error.value}{error.value.__cause__}"
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_an_error_cut_short_is_still_that_error(ask, upstream, sends):
    upstream.play(sends(b"HTTP/1.1 429 Said\r\nretry-after: 3\r\ncontent-length: 500\r\n\r\n{"))

    with pytest.raises(ProviderThrottledError) as error:
        ask()
    assert error.value.retry_after == 3


def test_an_error_without_end_is_read_no_further(ask, upstream, sends):
    upstream.play(sends(b"HTTP/1.1 500 Said\r\n\r\n" + b"x" * 300_000))

    with pytest.raises(ProviderUnavailableError):
        ask()


def test_a_server_that_hangs_up_without_a_word(ask, upstream, sends):
    upstream.play(sends(b""))

    with pytest.raises(ProviderUnavailableError):
        ask()


def test_a_connection_that_is_reset(ask, upstream, resets):
    upstream.play(resets)

    with pytest.raises(ProviderUnavailableError):
        ask()


def test_a_port_that_nobody_listens_on(ask):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(ProviderUnavailableError):
        ask(base_url=f"http://127.0.0.1:{port}/v1")


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + HALF],
    ids=["silence", "half a head", "half a body"],
)
def test_a_server_that_hangs(ask, upstream, hangs, said):
    upstream.play(hangs(said))

    with pytest.raises(ProviderTimeoutError):
        ask(timeout=0.3)


def test_a_reply_that_trickles_ends_with_the_timeout(ask, upstream, trickles):
    upstream.play(trickles)

    with pytest.raises(ProviderTimeoutError):
        ask(timeout=0.3)


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_without_time_nothing_is_sent(ask, upstream, timeout):
    with pytest.raises(ProviderTimeoutError):
        ask(timeout=timeout)
    assert upstream.requests == []


@pytest.mark.parametrize("base_url", ["ftp://x.test", "file:///etc", "http://", "http://[::bad/v1", "x.test/v1"])
def test_an_address_has_to_be_a_proper_one(ask, base_url):
    with pytest.raises(ProviderDeniedError, match="base_url"):
        ask(base_url=base_url)


@pytest.mark.parametrize("base_url", [None, ""])
def test_an_openai_compatible_server_needs_an_address(hello, target, base_url):
    with pytest.raises(ProviderDeniedError, match="base_url"):
        OpenAI(Secrets()).chat(hello, target.model_copy(update={"base_url": base_url}), max_tokens=9, timeout=5)


@pytest.mark.parametrize("base_url", [None, ""])
def test_anthropic_is_where_no_address_is(monkeypatch, upstream, says, hello, target, base_url):
    monkeypatch.setattr(client, "BASE_URL", upstream.url.removesuffix("/v1"))
    upstream.play(says(200, APIS["anthropic"].reply))
    Anthropic(Secrets()).chat(hello, target.model_copy(update={"base_url": base_url}), max_tokens=9, timeout=5)

    assert upstream.requests[0].startswith(b"POST /v1/messages HTTP/1.1\r\n")


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
def test_anthropics_address_may_end_with_its_version(upstream, says, hello, target, end):
    """Its own SDK wants it without, and every other API here with it."""
    upstream.play(says(200, APIS["anthropic"].reply))
    base_url = upstream.url.removesuffix("/v1") + end
    Anthropic(Secrets()).chat(hello, target.model_copy(update={"base_url": base_url}), max_tokens=9, timeout=5)

    assert upstream.requests[0].startswith(b"POST /v1/messages HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("betas", "context", "sent"),
    [
        ((), 200_000, None),
        (("unknown", "files-api"), 200_000, None),
        (
            ("effort-2025-11-24", "unknown", "output-128k-2025-02-19"),
            200_000,
            b"effort-2025-11-24,output-128k-2025-02-19",
        ),
        (("context-1m-2025-08-07",), 200_000, None),
        (("context-1m-2025-08-07",), 1_000_000, b"context-1m-2025-08-07"),
    ],
)
def test_betas_go_to_anthropics_api_in_its_header(hello, target, upstream, says, betas, context, sent):
    upstream.play(says(200, APIS["anthropic"].reply))
    asked = hello.model_copy(update={"betas": betas})
    Anthropic(Secrets()).chat(asked, target.model_copy(update={"context_tokens": context}), max_tokens=9, timeout=5.0)

    headers = dict(line.split(b": ", 1) for line in upstream.requests[0].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:])
    assert headers.get(b"anthropic-beta") == sent
