"""providers/embedded: parts of a request, and the answer that their replies come to."""

import pytest

from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ProviderRejectedError, ProviderReplyError
from sallyport.providers.embedded import Embedded, parts_of, whole
from sallyport.vectors import encode


@pytest.mark.parametrize(
    ("texts", "most", "most_tokens", "parts"),
    [
        (["a", "b", "c"], 2, None, [("a", "b"), ("c",)]),
        (["a", "b"], 2, None, [("a", "b")]),
        (["a", "b"], 1, None, [("a",), ("b",)]),
        (["abc", "def", "g"], 9, 2, [("abc", "def"), ("g",)]),
        (["abc", "def" * 9, "g"], 9, 2, [("abc",), ("def" * 9,), ("g",)]),
    ],
)
def test_parts_are_as_large_as_they_may_be(texts, most, most_tokens, parts):
    assert parts_of(texts, most, most_tokens) == parts


A, B, LONG = encode([1.0]), encode([2.0]), encode([1.0, 2.0])
REQUEST = EmbeddingRequest(texts=("abc", "defg"))
PARTS = [("abc",), ("defg",)]


def test_replies_are_one_answer_in_the_order_of_the_texts():
    answer = whole(REQUEST, PARTS, [Embedded((A,), 3, "m"), Embedded((B,), 4, "other")])
    assert (answer.vectors, answer.model) == ((A, B), "m")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (7, 0)


def test_what_nobody_counted_is_estimated():
    answer = whole(REQUEST, PARTS, [Embedded((A,), 30, "m"), Embedded((B,), None, "m")])
    assert answer.usage.input_tokens == 30 + 2


@pytest.mark.parametrize("vectors", [(), (A,), (A, B, B), (A, LONG)])
def test_vectors_that_are_missing_or_not_alike_are_no_answer(vectors):
    with pytest.raises(ProviderReplyError):
        whole(REQUEST, [("abc", "defg")], [Embedded(vectors, 1, "m")])


@pytest.mark.parametrize(("dimensions", "honoured"), [(None, True), (1, True), (2, False)])
def test_another_length_than_was_asked_for_is_refused_by_its_name(dimensions, honoured):
    request = REQUEST.model_copy(update={"dimensions": dimensions})
    said = [Embedded((A, B), 1, "m")]
    if honoured:
        assert whole(request, [REQUEST.texts], said).vectors == (A, B)
        return
    with pytest.raises(ProviderRejectedError, match="have 1 numbers") as refused:
        whole(request, [REQUEST.texts], said)
    assert refused.value.details["param"] == "dimensions"


@pytest.mark.parametrize(("count", "passed_on"), [(2048, True), (2049, False)])
def test_more_than_can_be_passed_on_is_refused(count, passed_on):
    request, vector = EmbeddingRequest(texts=("a",) * count), encode([1.0] * 2048)
    said = [Embedded((vector,) * count, 1, "m")]
    if passed_on:
        assert len(whole(request, [request.texts], said).vectors) == count
        return
    with pytest.raises(ProviderRejectedError, match="16 MiB") as refused:
        whole(request, [request.texts], said)
    assert refused.value.details["param"] == "input"
