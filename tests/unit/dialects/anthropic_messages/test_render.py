"""dialects/anthropic_messages/render: what the official SDK reads."""

import json

import pytest
from anthropic.types import Message

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.dialects.anthropic_messages.render import render, render_count, render_error, render_models
from sallyport.errors import (
    FACTS,
    BudgetExhaustedError,
    InvalidRequestError,
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
)
from tests.unit.dialects.anthropic_messages.shapes import error_of, message_of, models_of

USAGE = Usage(input_tokens=10, output_tokens=4, cached_input_tokens=3, cache_write_tokens=2, reasoning_tokens=1)


def message(*blocks, stop=StopReason.END, usage=USAGE, **said) -> Message:
    answer = ChatAnswer(model="m", choices=(Choice(blocks=blocks, stop_reason=stop, **said),), usage=usage)
    return message_of(json.dumps(render(answer, id="msg_1", model="m", sallyport={"cache": "miss"})), "sallyport")


def contents(*blocks, **options) -> list[dict]:
    return [each.model_dump(exclude_none=True) for each in message(*blocks, **options).content]


def test_the_sdk_reads_an_answer():
    read = message(Text(text="Hello"))

    assert (read.id, read.model, read.stop_reason, read.stop_sequence) == ("msg_1", "m", "end_turn", None)
    assert read.sallyport == {"cache": "miss"}


def test_input_tokens_leave_out_what_the_cache_read_and_wrote():
    usage = message(Text(text="a")).usage

    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (5, 3, 2)
    assert (usage.output_tokens, usage.output_tokens_details.thinking_tokens) == (4, 1)


def test_a_provider_that_counts_oddly_gives_no_negative_tokens():
    assert message(usage=Usage(input_tokens=1, output_tokens=1, cached_input_tokens=3)).usage.input_tokens == 0


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Text(text="a"), [{"type": "text", "text": "a"}]),
        (Text(text=""), []),
        (Refusal(text="no"), [{"type": "text", "text": "no"}]),
        (Reasoning(text="hm", signature="s"), [{"type": "thinking", "thinking": "hm", "signature": "s"}]),
        (Reasoning(text="hm"), [{"type": "thinking", "thinking": "hm", "signature": ""}]),
        (Reasoning(signature="s"), [{"type": "thinking", "thinking": "", "signature": "s"}]),
        (Reasoning(), []),
        (Reasoning(redacted="r"), [{"type": "redacted_thinking", "data": "r"}]),
        (ToolCall(id="c", name="n", arguments='{"a": [1]}'),
         [{"type": "tool_use", "id": "c", "name": "n", "input": {"a": [1]}}]),
        (ToolCall(id="c", name="n", arguments=" "), [{"type": "tool_use", "id": "c", "name": "n", "input": {}}]),
    ],
)  # fmt: skip
def test_blocks(block, expected):
    assert contents(block) == expected


@pytest.mark.parametrize("arguments", ['{"a": ', "[1]", "null", '{"a": NaN}', '{"a": "\\ud83d"}', "[" * 100_000])
def test_arguments_that_are_no_object_are_a_broken_reply(arguments):
    with pytest.raises(ProviderReplyError):
        message(ToolCall(id="c", name="n", arguments=arguments), stop=StopReason.TOOL_CALLS)


def test_arguments_that_were_cut_at_the_limit_are_none_yet():
    [call] = contents(ToolCall(id="c", name="n", arguments='{"a": '), stop=StopReason.LENGTH)
    assert call["input"] == {}


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (StopReason.END, "end_turn"),
        (StopReason.STOP_SEQUENCE, "stop_sequence"),
        (StopReason.LENGTH, "max_tokens"),
        (StopReason.TOOL_CALLS, "tool_use"),
        (StopReason.FILTERED, "refusal"),
    ],
)
def test_every_reason_to_stop_has_its_word(reason, told):
    assert message(Text(text="a"), stop=reason).stop_reason == told


def test_a_refusal_in_words_is_one():
    assert message(Refusal(text="no")).stop_reason == "refusal"


def test_the_stop_sequence_that_was_met():
    read = message(Text(text="a"), stop=StopReason.STOP_SEQUENCE, stop_sequence="###")
    assert (read.stop_reason, read.stop_sequence) == ("stop_sequence", "###")


@pytest.mark.parametrize("error", FACTS, ids=lambda each: each.__name__)
def test_every_error_has_anthropics_shape(error):
    read = error_of(json.dumps(render_error(error("Say no more."), "req_1")))

    assert (read.error.type, read.error.message) == (FACTS[error].anthropic_type, "Say no more.")
    assert read.request_id == "req_1"


@pytest.mark.parametrize(
    ("error", "details"),
    [
        (InvalidRequestError("x"), None),
        (InvalidRequestError("x", param="messages.0"), {"param": "messages.0"}),
        (ProviderRejectedError("x", code="context_length_exceeded"), {"error_code": "context_length_exceeded"}),
        (ProviderDeniedError("x", code="invalid_api_key"), {"error_code": "provider_denied"}),
        (BudgetExhaustedError("x"), {"error_code": "enforced_spend_limit_reached"}),
    ],
)
def test_details_tell_a_program(error, details):
    assert render_error(error, "r")["error"].get("details") == details


def test_models():
    read = models_of(json.dumps(render_models(["a", "b"])))
    assert ([each.id for each in read.data], read.first_id, read.last_id) == (["a", "b"], "a", "b")
    assert models_of(json.dumps(render_models([]))).data == []


def test_a_count():
    assert render_count(7) == {"input_tokens": 7}
