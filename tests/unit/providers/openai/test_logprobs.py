"""providers/openai/logprobs: how likely tokens were, in one shape whoever tells it."""

import pytest

from sallyport.providers.openai.logprobs import LEAST, logprobs_of

A = {"token": "a", "logprob": -0.25, "bytes": [97], "top_logprobs": []}


def of(**fields):
    return logprobs_of({"content": [A | fields]})["content"][0]


@pytest.mark.parametrize("told", [None, {}, {"content": None, "refusal": None}, {"tokens": ["a"]}, [], "a"])
def test_nothing_is_told(told):
    assert logprobs_of(told) is None


@pytest.mark.parametrize(
    "told", [{"content": [A]}, {"refusal": [A]}, {"content": [A], "refusal": [A, A]}, {"content": []}]
)
def test_both_lists_are_told_as_far_as_they_are_there(told):
    assert logprobs_of(told) == {"content": None, "refusal": None} | told


@pytest.mark.parametrize(
    ("logprob", "read"),
    [(0, 0.0), (-9998.5, -9998.5), (-9999.0, LEAST), (-1e9, LEAST), (float("-inf"), LEAST), (float("nan"), LEAST)],
)
def test_what_is_nearly_impossible_is_a_number_that_json_has(logprob, read):
    assert of(logprob=logprob)["logprob"] == read


def test_what_servers_add_and_leave_out():
    other = {"token": "b", "logprob": -2, "bytes": None, "rank": 2}
    token = {"token": "a\ud83d", "logprob": -0.25, "top_logprobs": [other], "token_id": 7}

    assert logprobs_of({"content": [token]})["content"] == [
        {
            "token": "a\ufffd",
            "logprob": -0.25,
            "bytes": None,
            "top_logprobs": [{"token": "b", "logprob": -2.0, "bytes": None}],
        }
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"token": None}, {"token": 7}, {"logprob": None}, {"logprob": "canary"}, {"bytes": [256]}, {"bytes": "canary"},
        {"bytes": 10**12}, {"top_logprobs": ["canary"]},
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused(fields):
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError)):
        of(**fields)
