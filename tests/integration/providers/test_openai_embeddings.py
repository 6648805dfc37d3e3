"""providers/openai over real sockets: texts that become vectors, in one call and in several."""

import json
import threading

import pytest

from sallyport.embedding import EmbeddingRequest
from sallyport.errors import (
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.openai.client import OpenAI
from sallyport.vectors import decode, encode


class Secrets:
    def get(self, name):
        return {"main": "sk-1"}[name]


def reply(*numbers):
    data = [{"index": index, "embedding": encode([number])} for index, number in enumerate(numbers)]
    return json.dumps({"data": data, "model": "e-1", "usage": {"prompt_tokens": 4, "total_tokens": 4}}).encode()


@pytest.fixture
def ask(target):
    openai = OpenAI(Secrets(), max_reply_bytes=200_000)

    def make(*texts, timeout=5.0, **changes):
        changed = target.model_copy(update={"operation": "embed", **changes})
        return openai.embed(EmbeddingRequest(texts=texts or ("canary",)), changed, timeout=timeout)

    return make


def sent(upstream):
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in upstream.requests]


def test_vectors(ask, upstream, says):
    upstream.play(says(200, reply(1.0, 2.0)))
    answer = ask("a", "b", secret="main")

    assert [decode(vector) for vector in answer.vectors] == [(1.0,), (2.0,)]
    assert (answer.model, answer.usage.input_tokens) == ("e-1", 4)
    assert upstream.requests[0].startswith(b"POST /v1/embeddings HTTP/1.1\r\n")
    assert b"Authorization: Bearer sk-1\r\n" in upstream.requests[0]
    assert sent(upstream) == [{"model": "model-1", "input": ["a", "b"], "encoding_format": "base64"}]


def test_more_texts_than_one_call_takes_are_asked_for_at_once(ask, upstream):
    """The first call is answered when the second has come."""
    both = threading.Barrier(2)

    def act(connection, _):
        both.wait(5)
        body = reply(1.0)
        connection.sendall(b"HTTP/1.1 200 Said\r\ncontent-length: %d\r\n\r\n" % len(body) + body)

    upstream.play(act)
    answer = ask("a", "b", texts_per_call=1)

    assert len(answer.vectors) == 2
    assert answer.usage.input_tokens == 8
    assert sorted(body["input"] for body in sent(upstream)) == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("status", "headers", "kind", "details"),
    [
        (400, [], ProviderRejectedError, {"status": 400}),
        (401, [], ProviderDeniedError, {"status": 401}),
        (404, [], ProviderDeniedError, {"status": 404}),
        (429, ["Retry-After: 7"], ProviderThrottledError, {"retry_after": 7.0}),
        (500, [], ProviderUnavailableError, {"status": 500}),
    ],
)
def test_failed_replies(ask, upstream, says, status, headers, kind, details):
    upstream.play(says(status, b'{"error": {"message": "canary"}}', *headers))
    for texts_per_call in (None, 1):
        with pytest.raises(kind) as failed:
            ask("a", "b", texts_per_call=texts_per_call)
        assert details.items() <= failed.value.details.items()
        assert "canary" not in str(failed.value)


@pytest.mark.parametrize("body", [b"<html>canary</html>", b'{"data": []}', b"x" * 200_001])
def test_what_are_no_vectors(ask, upstream, says, body):
    upstream.play(says(200, body))
    with pytest.raises(ProviderReplyError) as failed:
        ask()
    assert "canary" not in str(failed.value)


@pytest.mark.parametrize("texts", [("a",), ("a", "b")])
def test_a_reply_that_does_not_end_is_a_timeout(ask, upstream, trickles, texts):
    upstream.play(trickles)
    with pytest.raises(ProviderTimeoutError):
        ask(*texts, timeout=0.3, texts_per_call=1)


def test_a_reset_is_no_answer(ask, upstream, resets):
    upstream.play(resets)
    with pytest.raises(ProviderUnavailableError):
        ask()
