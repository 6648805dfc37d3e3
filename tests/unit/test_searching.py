"""sallyport.searching: what a request holds, each text once, and no more than can be searched in time."""

import json

import pytest

from sallyport.contracts import RedactionPolicy
from sallyport.conversation import ChatRequest, Role, Text, Tool, ToolCall, Turn
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import RequestTooLargeError
from sallyport.opinion import Verdict
from sallyport.redaction.finding import Finding
from sallyport.redaction.judge import Action
from sallyport.redaction.lists import Lists
from sallyport.redaction.search import Search
from sallyport.searching import MOST_CHARACTERS, search_request

EMAIL = "bob@corp.example.org"
MASK = RedactionPolicy()
BLOCK = RedactionPolicy(actions={"EMAIL": Action.BLOCK})


def says(*texts, **fields):
    return ChatRequest(turns=tuple(Turn(role=Role.USER, blocks=(Text(text=text),)) for text in texts), **fields)


def beside(*texts):
    return ChatRequest(turns=(Turn(role=Role.USER, blocks=tuple(Text(text=text) for text in texts)),))


def with_key(name):
    return says("Go on.", tools=(Tool(name="find", parameters={"properties": {name: {}}}),))


def searched(request, policy=MASK):
    return search_request(request, Search(policy, Lists()))


def test_what_is_split_or_in_a_name_is_counted_with_the_texts():
    found = searched(says(f"I am {EMAIL}, or {EMAIL}.", f"Not {EMAIL}."), BLOCK)
    assert found.counts == found.replaceable == {"EMAIL": 3}
    split = searched(beside("my card is 4111 1111", "1111 1111"))
    assert (split.counts, split.texts["1111 1111"].counts) == ({"CREDIT_CARD": 1}, {})
    named = searched(with_key(EMAIL), BLOCK)
    assert (named.counts, named.replaceable) == ({"EMAIL": 1}, {})


def test_a_verdict_changes_the_text_that_it_is_on_alone():
    search = Search(MASK, Lists())
    found = search_request(says("It is quiet.", "And cold."), search)
    more = Finding("PERSON", 6, 11, 1.0, "opinion")
    revised = found.revised(search, {"It is quiet.": Verdict((more,), ())})
    assert revised.as_rewritten["It is quiet."].rewritten == (more,)
    assert revised.as_rewritten["And cold."] == found.as_rewritten["And cold."]
    assert (found.counts, revised.counts) == ({}, {"PERSON": 1})


@pytest.mark.parametrize(
    "request_",
    [
        says(" " * MOST_CHARACTERS),
        says(" " * (MOST_CHARACTERS // 2), "." * (MOST_CHARACTERS // 2)),
        says("hi", extras={"words": [f"{number:x}" for number in range(MOST_CHARACTERS // 12)]}),
        ChatRequest(
            turns=(
                Turn(
                    role=Role.ASSISTANT,
                    blocks=(ToolCall(id="c", name="f", arguments=json.dumps([" " * MOST_CHARACTERS])),),
                ),
            )
        ),
    ],
    ids=["one text", "several texts", "many short texts", "arguments of a tool call"],
)
def test_more_text_than_can_be_searched_in_time_is_refused_before_it_is_searched(request_):
    with pytest.raises(RequestTooLargeError) as refused:
        searched(request_)
    assert str(MOST_CHARACTERS) in refused.value.message


def test_more_texts_than_can_be_searched_name_the_field_they_came_in():
    with pytest.raises(RequestTooLargeError) as refused:
        searched(EmbeddingRequest(texts=("a" * MOST_CHARACTERS,)))
    assert refused.value.details["param"] == "input"


def test_the_surroundings_of_seams_count_as_text_to_be_searched():
    many = ["a b" * 200 for _ in range(1)] + [f"{number:x} " * 60 + "a" for number in range(MOST_CHARACTERS // 500)]
    assert sum(map(len, many)) < MOST_CHARACTERS
    with pytest.raises(RequestTooLargeError):
        searched(beside(*many))


def test_more_names_than_can_be_searched_are_refused_where_they_are_searched():
    request = with_key("a1b2c3" * (MOST_CHARACTERS // 6 + 1))
    assert not searched(request).counts
    with pytest.raises(RequestTooLargeError):
        searched(request, BLOCK)


def test_a_policy_that_only_masks_looks_into_no_name(monkeypatch):
    monkeypatch.setattr("sallyport.searching.fixed_names", None)
    assert not searched(with_key(EMAIL)).counts
