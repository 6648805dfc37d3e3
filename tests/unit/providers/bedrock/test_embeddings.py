"""providers/bedrock/embeddings: Titan and Cohere in their own forms."""

import json

import pytest

from sallyport.contracts import Privacy
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ProviderDeniedError, ProviderRejectedError, ProviderReplyError
from sallyport.providers.bedrock.embeddings import TOKENS_HEADER, build, check, embed, form_of, read, unmet
from sallyport.routing import Target
from sallyport.vectors import encode
from tests.unit.doubles import CANARY

TITAN, TITAN_1 = "amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v1"
COHERE_3, COHERE_4 = "cohere.embed-multilingual-v3", "us.cohere.embed-v4:0"


def target(model):
    return Target(provider="bedrock", model=model, operation="embed", privacy=Privacy.CLOUD)


def request(*texts, **fields):
    return EmbeddingRequest(texts=texts or ("a",), **fields)


@pytest.mark.parametrize(
    ("model", "fields", "body"),
    [
        (TITAN, {}, {"inputText": "a"}),
        (TITAN, {"dimensions": 512}, {"inputText": "a", "dimensions": 512}),
        (TITAN_1, {"user": "u", "extras": {"input_type": "x"}}, {"inputText": "a"}),
        (COHERE_3, {}, {"texts": ["a"], "input_type": "search_document"}),
        (COHERE_3, {"extras": {"input_type": "search_query"}}, {"texts": ["a"], "input_type": "search_query"}),
        (COHERE_4, {"dimensions": 256}, {"texts": ["a"], "input_type": "search_document", "output_dimension": 256}),
    ],
)
def test_a_body_has_the_form_of_its_family(model, fields, body):
    made = build(request(**fields), ("a",), form_of(model))
    extra = {"truncate": "NONE", "embedding_types": ["float"]} if "cohere" in model else {}
    assert made == body | extra


@pytest.mark.parametrize(
    ("model", "dimensions", "honoured"),
    [
        (TITAN, 1024, True), (TITAN, 512, True), (TITAN, 256, True), (TITAN, 257, False), (TITAN_1, 1536, False),
        (TITAN_1, None, True), (COHERE_3, 1024, False), (COHERE_4, 1536, True), (COHERE_4, 2048, False),
    ],
)  # fmt: skip
def test_a_size_that_a_model_does_not_have_is_refused_by_its_name(model, dimensions, honoured):
    if honoured:
        check(request(dimensions=dimensions), form_of(model))
        return
    with pytest.raises(ProviderRejectedError, match="cannot honour dimensions") as refused:
        check(request(dimensions=dimensions), form_of(model))
    assert refused.value.details["param"] == "dimensions"


@pytest.mark.parametrize("purpose", [CANARY, 7, None, ["search_query"]])
def test_a_purpose_that_cohere_does_not_have_is_refused_without_an_echo(purpose):
    with pytest.raises(ProviderRejectedError, match="cannot honour input_type") as refused:
        check(request(extras={"input_type": purpose}), form_of(COHERE_4))
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    "model", ["amazon.nova-lite-v1:0", "arn:aws:bedrock:us-east-1:1:application-inference-profile/x", "titan"]
)
def test_a_model_whose_form_is_not_known_is_the_operators_to_correct(model):
    with pytest.raises(ProviderDeniedError):
        form_of(model)


@pytest.mark.parametrize(
    ("model", "fields", "left_out"),
    [
        (TITAN, {}, []),
        (TITAN, {"user": "u"}, ["user"]),
        (TITAN, {"extras": {"input_type": "search_query"}}, ["extras"]),
        (COHERE_4, {"extras": {"input_type": "search_query"}}, []),
        (COHERE_4, {"user": "u", "extras": {"input_type": "search_query", "other": 1}}, ["user", "extras"]),
    ],
)
def test_what_is_left_out_is_told(model, fields, left_out):
    assert [each.field for each in unmet(request(**fields), target(model))] == left_out


@pytest.mark.parametrize(
    ("said", "headers", "vectors", "tokens"),
    [
        ({"embedding": [1.0, 2], "inputTextTokenCount": 3}, {}, ([1.0, 2.0],), 3),
        ({"embedding": [1.0], "inputTextTokenCount": 3}, {TOKENS_HEADER: "4"}, ([1.0],), 4),
        ({"embeddings": {"float": [[1.0], [2.0]]}}, {TOKENS_HEADER: "5"}, ([1.0], [2.0]), 5),
        ({"embeddings": [[1.0], [2.0]]}, {}, ([1.0], [2.0]), None),
    ],
)
def test_both_families_replies_are_read(said, headers, vectors, tokens):
    read_ = read(json.dumps(said).encode(), headers, target(TITAN))
    assert read_.vectors == tuple(map(encode, vectors))
    assert (read_.tokens, read_.model) == (tokens, TITAN)


@pytest.mark.parametrize(
    ("said", "headers"),
    [
        ("", {}), ("[]", {}), ("{}", {}), ('{"embedding": []}', {}), ('{"embedding": [NaN]}', {}),
        ('{"embedding": ["canary-7f3a"]}', {}), ('{"embeddings": {"int8": [[1]]}}', {}), ('{"embeddings": [1]}', {}),
        ('{"embedding": [1], "inputTextTokenCount": -1}', {}), ('{"embedding": [1]}', {TOKENS_HEADER: "many"}),
        ('{"embedding": [1]}', {TOKENS_HEADER: str(2**31)}), ("[" * 100_000, {}),
    ],
)  # fmt: skip
def test_what_is_no_reply_is_not_quoted(said, headers):
    with pytest.raises(ProviderReplyError) as failed:
        read(said.encode(), headers, target(TITAN))
    assert "canary-7f3a" not in str(failed.value)
    assert failed.value.__suppress_context__


@pytest.mark.parametrize(
    ("model", "texts_per_call", "calls"),
    [(TITAN, None, [1] * 100), (COHERE_4, None, [96, 4]), (COHERE_4, 50, [50, 50]), (TITAN, 9, [1] * 100)],
)
def test_texts_go_in_as_few_calls_as_the_family_takes(model, texts_per_call, calls):
    asked = []

    def invoke(body, seconds):
        texts = [body["inputText"]] if "inputText" in body else body["texts"]
        asked.append(len(texts))
        numbers = [[float(text)] for text in texts]
        said = {"embedding": numbers[0]} if "inputText" in body else {"embeddings": {"float": numbers}}
        return json.dumps(said).encode(), {TOKENS_HEADER: "2"}

    texts = tuple(str(number) for number in range(100))
    answer = embed(
        invoke, request(*texts), target(model).model_copy(update={"texts_per_call": texts_per_call}), timeout=30
    )
    assert sorted(asked, reverse=True) == calls
    assert answer.vectors == tuple(encode([float(text)]) for text in texts)
    assert answer.usage.input_tokens == 2 * len(calls)
