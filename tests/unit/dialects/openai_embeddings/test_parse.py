"""dialects/openai_embeddings: what the SDK sends, and what is refused by its name."""

import json

import pytest

from sallyport.dialects.openai_embeddings.parse import MOST_TEXTS, parse
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import InvalidRequestError, ModelNotFoundError
from tests.unit.doubles import CANARY


def parsed(**fields):
    return parse(json.dumps({"model": "demo", "input": "a"} | fields).encode())


@pytest.mark.parametrize(
    ("given", "texts"),
    [("a", ("a",)), (["a"], ("a",)), (["a", "b", "a"], ("a", "b", "a")), (" ", (" ",)), (["x"] * 2048, ("x",) * 2048)],
)
def test_texts_are_kept_in_their_order(given, texts):
    assert parsed(input=given).request == EmbeddingRequest(texts=texts)


def test_as_many_vectors_as_fit_may_be_asked_for():
    assert len(parsed(input=["a"] * 1365, dimensions=3072).request.texts) == 1365


def test_every_field_has_its_place():
    read = parsed(dimensions=256, user="u", encoding_format="base64", input_type="search_query", truncate=None)
    assert read.model == "demo"
    assert read.encoding_format == "base64"
    assert read.request == EmbeddingRequest(
        texts=("a",), dimensions=256, user="u", extras={"input_type": "search_query"}
    )


@pytest.mark.parametrize("absent", [{}, {"encoding_format": None, "dimensions": None, "user": None}])
def test_digits_are_what_is_told_unless_base64_is_asked_for(absent):
    read = parsed(**absent)
    assert (read.encoding_format, read.request.dimensions, read.request.user) == ("float", None, None)


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"input": ""}, "input", "must not be empty"),
        ({"input": []}, "input", "must not be empty"),
        ({"input": ["a", ""]}, "input[1]", "must not be empty"),
        ({"input": ["a"] * (MOST_TEXTS + 1)}, "input", "at most 2048"),
        ({"input": None}, "input", "not null"),
        ({"input": {"text": CANARY}}, "input", "not an object"),
        ({"input": 7}, "input", "not a number"),
        ({"input": ["a", None]}, "input[1]", "must be a string"),
        ({"input": [True]}, "input[0]", "not a boolean"),
        ({"input": [{"text": CANARY}]}, "input[0]", "not an object"),
        ({"encoding_format": "int8"}, "encoding_format", "float, base64"),
        ({"dimensions": 0}, "dimensions", "between 1 and"),
        ({"dimensions": 65_537}, "dimensions", "between 1 and"),
        ({"dimensions": "256"}, "dimensions", "an integer"),
        ({"input": ["a"] * 1366, "dimensions": 3072}, "input", "at most 1365 texts"),
        ({"user": 7}, "user", "a string"),
        ({"model": ""}, "model", "must not be empty"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(fields, param, says):
    with pytest.raises(InvalidRequestError, match=says) as refused:
        parsed(**fields)
    assert refused.value.details["param"] == param
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]], [[]], ["a", [1]]])
def test_tokens_are_refused_for_they_cannot_be_searched(tokens):
    with pytest.raises(InvalidRequestError, match="check_embedding_ctx_length=False") as refused:
        parsed(input=tokens)
    assert refused.value.details["param"] == "input"


@pytest.mark.parametrize("missing", ["model", "input"])
def test_what_is_missing_is_named(missing):
    body = {"model": "demo", "input": "a"}
    del body[missing]
    with pytest.raises(InvalidRequestError, match="is missing") as refused:
        parse(json.dumps(body).encode())
    assert refused.value.details["param"] == missing


def test_a_name_that_no_alias_can_have_is_not_found():
    with pytest.raises(ModelNotFoundError):
        parsed(model="a/b")
