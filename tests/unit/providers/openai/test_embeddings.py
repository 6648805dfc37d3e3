"""providers/openai/embeddings: bodies, and replies of servers that know base64 and of those that do not."""

import json

import pytest

from sallyport.contracts import Privacy
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ProviderReplyError
from sallyport.providers.openai.embeddings import TEXTS_PER_CALL, TOKENS_PER_CALL, build, embed, read
from sallyport.routing import Target
from sallyport.vectors import encode
from tests.unit.doubles import CANARY

TARGET = Target(provider="openai", model="e-1", operation="embed", privacy=Privacy.CLOUD)
A, B = encode([1.0, 2.0]), encode([3.0, 4.0])


def reply(*data, **fields):
    return json.dumps({"object": "list", "data": list(data), "model": "e-1-2026"} | fields).encode()


def one(embedding, **fields):
    return {"object": "embedding", "embedding": embedding} | fields


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({}, {}),
        ({"dimensions": 8, "user": "u"}, {"dimensions": 8, "user": "u"}),
        ({"extras": {"input_type": "query"}}, {"input_type": "query"}),
        ({"extras": {"model": "x", "input": "x", "encoding_format": "x"}}, {}),
        ({"extras": {"user": "x"}, "user": "u"}, {"user": "u"}),
    ],
)
def test_a_body_asks_for_base64_whatever_the_client_asked_for(fields, more):
    body = build(EmbeddingRequest(texts=("a", "b", "c"), **fields), ("b", "c"), TARGET)
    assert body == {"model": "e-1", "input": ["b", "c"], "encoding_format": "base64", **more}


@pytest.mark.parametrize(
    "data",
    [
        (one(A, index=0), one(B, index=1)),
        (one(B, index=1), one(A, index=0)),
        (one(A), one(B)),
        (one([1.0, 2], index=0), one([3.0, 4.0], index=1)),
        (one(A, index=None), one([3, 4])),
    ],
)
def test_vectors_are_read_in_the_order_of_the_texts(data):
    said = read(reply(*data, usage={"prompt_tokens": 5, "total_tokens": 5}), 2, TARGET)
    assert (said.vectors, said.tokens, said.model) == ((A, B), 5, "e-1-2026")


def test_a_server_that_counts_nothing_and_has_no_name_is_understood():
    said = read(json.dumps({"data": [one(A)]}).encode(), 1, TARGET)
    assert (said.tokens, said.model) == (None, "e-1")


@pytest.mark.parametrize(
    "said",
    [
        b"", b"<html>", b"[]", b"{}", b'{"data": null}', b'{"data": [7]}', b"\xff", b"[" * 100_000,
        reply(), reply(one(A)), reply(one(A, index=0), one(B, index=0)), reply(one(A, index=1), one(B, index=2)),
        reply(one(A), one("AAA")), reply(one(A), one(CANARY)), reply(one(A), one([])), reply(one(A), one([CANARY])),
        reply(one(A), one(B), usage={"prompt_tokens": -1}), reply(one(A), one(B), usage={"prompt_tokens": 2**31}),
        reply(one(A), one(B), model=7), b'{"data": [{"embedding": [NaN]}, {"embedding": [1]}]}',
    ],
)  # fmt: skip
def test_what_are_no_embeddings_is_a_reply_that_nobody_quotes(said):
    with pytest.raises(ProviderReplyError) as failed:
        read(said, 2, TARGET)
    assert CANARY not in str(failed.value)
    assert failed.value.__suppress_context__


@pytest.mark.parametrize(
    ("texts", "texts_per_call", "calls"),
    [
        (["a"] * TEXTS_PER_CALL, None, [TEXTS_PER_CALL]),
        (["a"] * (TEXTS_PER_CALL + 1), None, [TEXTS_PER_CALL, 1]),
        (["a"] * 5, 2, [2, 2, 1]),
        (["a" * 3 * TOKENS_PER_CALL, "b"], None, [1, 1]),
    ],
)
def test_texts_go_in_as_few_calls_as_the_server_takes(texts, texts_per_call, calls):
    asked = []

    def post(body, seconds):
        asked.append(len(body["input"]))
        return reply(*(one(encode([float(len(text))])) for text in body["input"]), usage={"prompt_tokens": 2})

    target = TARGET.model_copy(update={"texts_per_call": texts_per_call})
    answer = embed(post, EmbeddingRequest(texts=tuple(texts)), target, 30)
    assert sorted(asked, reverse=True) == calls
    assert answer.vectors == tuple(encode([float(len(text))]) for text in texts)
    assert answer.usage.input_tokens == 2 * len(calls)
