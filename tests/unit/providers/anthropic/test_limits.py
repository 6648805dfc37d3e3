"""providers/anthropic/limits: nothing goes missing without a word, and no word is the client's own."""

import pytest

from sallyport.conversation import Image, Reasoning, Role, Text, ToolResult, Turn
from sallyport.errors import ProviderRejectedError
from sallyport.providers.anthropic.limits import REFUSED, left_out, user_of
from sallyport.providers.refusal import refuse_any


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 2},
        {"logprobs": True},
        {"logit_bias": {"canary": 1.0}},
        {"presence_penalty": 0.1},
        {"frequency_penalty": -0.1},
    ],
)
def test_what_would_change_the_answer_is_refused(request_of, fields):
    with pytest.raises(ProviderRejectedError) as error:
        refuse_any(request_of(**fields), REFUSED)
    assert error.value.details["param"] in fields
    assert "canary" not in str(error.value)


def test_what_means_nothing_passes(request_of):
    refuse_any(request_of(n=1, logprobs=False, logit_bias={}, presence_penalty=0.0, frequency_penalty=0), REFUSED)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"seed": 0}, ["seed"]),
        ({"metadata": {"canary": "1"}}, ["metadata"]),
        ({"metadata": {}}, []),
        ({"user": "u" * 256}, []),
        ({"user": "u" * 257}, ["user"]),
        ({"extras": {"store": False, "verbosity": "low"}}, ["store", "verbosity"]),
        ({"extras": {"modalities": ["text"]}}, []),
        ({"extras": {"canary": 1, "prediction": {}}}, ["prediction", "extras"]),
        ({"extras": {"canary": 1, "service_tier": "auto"}, "extras_of": "anthropic"}, []),
        ({"parallel_tool_calls": False}, []),
    ],
)
def test_what_does_no_harm_is_left_out_with_a_word(request_of, fields, told):
    assert [each.field for each in left_out(request_of(**fields))] == told


def test_the_name_of_a_speaker_is_left_out_with_a_word(request_of):
    [told] = left_out(request_of(Turn(role=Role.USER, blocks=(Text(text="a"),), name="canary")))
    assert told.field == "messages.name"
    assert "canary" not in told.reason


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (Image(url="https://x.test", detail="low"), ["image_url.detail"]),
        (Image(url="https://x.test", detail="auto"), []),
        (
            ToolResult(tool_call_id="c", content=(Image(url="https://x.test", detail="high"),)),
            ["image_url.detail"],
        ),
        (Reasoning(text="canary"), ["messages.thinking"]),
        (Reasoning(text="canary", signature="s"), []),
        (Reasoning(redacted="aGk="), []),
    ],
)
def test_what_is_left_out_of_the_conversation_is_told(request_of, turn, block, told):
    assert [each.field for each in left_out(request_of(turn("user", block)))] == told


@pytest.mark.parametrize(("user", "sent"), [(None, None), ("", None), ("u" * 256, "u" * 256), ("u" * 257, None)])
def test_a_users_id(request_of, user, sent):
    assert user_of(request_of(user=user)) == sent
