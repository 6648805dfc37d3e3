"""providers/bedrock through botocore: InvokeModel, one text or many at a time."""

import json

import boto3
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
from sallyport.providers.bedrock.client import Bedrock
from sallyport.vectors import decode

TITAN, COHERE = "amazon.titan-embed-text-v2:0", "cohere.embed-v4:0"
JSON = "content-type: application/json"


@pytest.fixture
def ask(target):
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    bedrock = Bedrock(lambda: session)

    def make(*texts, model=TITAN, timeout=5.0, **fields):
        changed = target.model_copy(update={"operation": "embed", "model": model})
        return bedrock.embed(EmbeddingRequest(texts=texts or ("canary",), **fields), changed, timeout=timeout)

    return make


def sent(upstream):
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in upstream.requests]


def test_titan_is_asked_for_each_text_by_itself(ask, upstream, says):
    upstream.play(says(200, b'{"embedding": [0.5, 1.5], "inputTextTokenCount": 3}', JSON))
    answer = ask("a", "b", "c", dimensions=None)

    assert [decode(vector) for vector in answer.vectors] == [(0.5, 1.5)] * 3
    assert (answer.model, answer.usage.input_tokens) == (TITAN, 9)
    assert all(b"/model/amazon.titan-embed-text-v2%3A0/invoke HTTP/1.1" in request for request in upstream.requests)
    assert sorted(body["inputText"] for body in sent(upstream)) == ["a", "b", "c"]


def test_cohere_is_asked_for_many_and_counts_in_a_header(ask, upstream, says):
    body = json.dumps({"embeddings": {"float": [[1.0] * 256, [2.0] * 256]}}).encode()
    upstream.play(says(200, body, JSON, "X-Amzn-Bedrock-Input-Token-Count: 12"))
    answer = ask("a", "b", model=COHERE, dimensions=256, extras={"input_type": "search_query"})

    assert [decode(vector)[0] for vector in answer.vectors] == [1.0, 2.0]
    assert answer.usage.input_tokens == 12
    [asked] = sent(upstream)
    assert (asked["texts"], asked["input_type"], asked["output_dimension"]) == (["a", "b"], "search_query", 256)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "ValidationException", ProviderRejectedError),
        (403, "AccessDeniedException", ProviderDeniedError),
        (404, "ResourceNotFoundException", ProviderDeniedError),
        (429, "ThrottlingException", ProviderThrottledError),
        (503, "ServiceUnavailableException", ProviderUnavailableError),
        (408, "ModelTimeoutException", ProviderTimeoutError),
    ],
)
def test_failures_are_those_of_converse(ask, upstream, says, status, code, kind):
    upstream.play(says(status, b'{"message": "canary"}', JSON, f"x-amzn-errortype: {code}"))
    for texts in (("a",), ("a", "b")):
        with pytest.raises(kind) as failed:
            ask(*texts)
        assert "canary" not in str(failed.value)


def test_a_text_that_is_too_long_is_told_as_that(ask, upstream, says):
    said = (
        b'{"message": "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9"}'
    )
    upstream.play(says(400, said, JSON, "x-amzn-errortype: ValidationException"))
    with pytest.raises(ProviderRejectedError) as failed:
        ask()
    assert failed.value.details["code"] == "context_length_exceeded"


@pytest.mark.parametrize("body", [b"<html>canary", b"{}", b'{"embedding": []}', b""])
def test_what_are_no_vectors(ask, upstream, says, body):
    upstream.play(says(200, body, JSON))
    with pytest.raises(ProviderReplyError) as failed:
        ask()
    assert "canary" not in str(failed.value)


def test_a_reply_that_breaks_off_is_no_answer(ask, upstream, sends):
    upstream.play(sends(b"HTTP/1.1 200 Said\r\ncontent-length: 100\r\n\r\n{"))
    with pytest.raises(ProviderUnavailableError):
        ask()


def test_a_reply_that_does_not_come_is_a_timeout(ask, upstream, hangs):
    upstream.play(hangs(b"HTTP/1.1 200 Said\r\ncontent-length: 100\r\n\r\n{"))
    with pytest.raises(ProviderTimeoutError):
        ask(timeout=1.0)


@pytest.mark.parametrize(
    ("model", "fields", "kind"),
    [
        ("amazon.nova-lite-v1:0", {}, ProviderDeniedError),
        (TITAN, {"dimensions": 300}, ProviderRejectedError),
        (COHERE, {"extras": {"input_type": "poem"}}, ProviderRejectedError),
        (TITAN, {"timeout": 0}, ProviderTimeoutError),
    ],
)
def test_what_cannot_be_honoured_is_not_asked(ask, upstream, model, fields, kind):
    with pytest.raises(kind):
        ask(model=model, **fields)
    assert upstream.requests == []
