"""dialects/openai_embeddings: vectors as the SDK's own types read them."""

import json

import pytest
from openai.types import CreateEmbeddingResponse

from sallyport.attempts import Usage
from sallyport.dialects.openai_embeddings.render import render
from sallyport.embedding import EmbeddingAnswer
from sallyport.vectors import encode

ANSWER = EmbeddingAnswer(
    model="m-1",
    vectors=(encode([0.5, -1.0]), encode([1e-20, 3.0])),
    usage=Usage(input_tokens=7, output_tokens=0),
)


def test_digits_are_read_as_the_numbers_they_were():
    told = render(ANSWER, encoding_format="float", sallyport={"target": "t", "said": '"é"'})
    read = CreateEmbeddingResponse.model_validate_json(told, strict=True)
    assert [each.embedding for each in read.data] == [[0.5, -1.0], [pytest.approx(1e-20), 3.0]]
    assert [(each.index, each.object) for each in read.data] == [(0, "embedding"), (1, "embedding")]
    assert (read.object, read.model) == ("list", "m-1")
    assert (read.usage.prompt_tokens, read.usage.total_tokens) == (7, 7)
    assert json.loads(told)["sallyport"] == {"target": "t", "said": '"é"'}


def test_base64_is_told_as_it_is_kept():
    told = json.loads(render(ANSWER, encoding_format="base64", sallyport={}))
    assert [each["embedding"] for each in told["data"]] == list(ANSWER.vectors)
