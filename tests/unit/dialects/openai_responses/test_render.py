"""dialects/openai_responses/render: whole answers and errors, as the SDK's types declare them."""

import json

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, Reasoning, Refusal, Role, StopReason, Text, ToolCall
from sallyport.dialects.openai_responses.parse import parse
from sallyport.dialects.openai_responses.render import render, render_error, render_failure
from sallyport.dialects.openai_responses.sealing import wrap
from sallyport.errors import (
    BudgetExhaustedError,
    InvalidRequestError,
    ProviderDeniedError,
    ProviderThrottledError,
    ProviderUnavailableError,
)
from tests.unit.dialects.openai_responses.shapes import response_of

USAGE = Usage(input_tokens=10, output_tokens=5, cached_input_tokens=4, cache_write_tokens=2, reasoning_tokens=3)
ECHO = parse(b'{"model": "demo", "input": "hi", "instructions": "Be kind.", "temperature": 1}').echo


def rendered(*blocks, stop=StopReason.END, logprobs=None):
    choice = Choice(blocks=blocks, stop_reason=stop, logprobs=logprobs)
    answer = ChatAnswer(model="m", choices=(choice,), usage=USAGE)
    return response_of(render(answer, stem="req_1", created=7, model="m", echo=ECHO, sallyport={"target": "t"}))


def output(*blocks, **options):
    return [item.model_dump(exclude_none=True, exclude={"id"}) for item in rendered(*blocks, **options).output]


def words(*parts, status="completed"):
    return {"type": "message", "role": "assistant", "status": status, "content": list(parts)}


def said(text):
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def call(status="completed", arguments="{}"):
    return {"type": "function_call", "status": status, "call_id": "c", "name": "n", "arguments": arguments}


def thought(*texts, **fields):
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": each} for each in texts], **fields}


CALL = ToolCall(id="c", name="n", arguments="{}")


def test_a_response():
    read = rendered(Text(text="Hello"))

    assert (read.id, read.object, read.created_at, read.model) == ("resp_req_1", "response", 7, "m")
    assert (read.status, read.error, read.incomplete_details) == ("completed", None, None)
    assert (read.output_text, read.instructions, read.temperature) == ("Hello", "Be kind.", 1)
    assert (read.tools, read.tool_choice, read.parallel_tool_calls) == ([], "auto", True)
    assert read.usage.model_dump(exclude_none=True) == {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": 15,
    }
    assert read.model_extra == {"sallyport": {"target": "t"}, "store": False}


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([], []),
        ([Text(text="")], []),
        ([Text(text="a"), Text(text="b")], [words(said("ab"))]),
        ([Refusal(text="no")], [words({"type": "refusal", "refusal": "no"})]),
        ([Text(text="a"), Refusal(text="no"), Text(text="b")],
         [words(said("a"), {"type": "refusal", "refusal": "no"}, said("b"))]),
        ([Text(text="a"), CALL, CALL, Text(text="b")], [words(said("a")), call(), call(), words(said("b"))]),
        ([ToolCall(id="c", name="n", arguments="")], [call()]),
        ([ToolCall(id="c", name="n", arguments='{"a":  1}')], [call(arguments='{"a":  1}')]),
        ([Reasoning(text="hm"), CALL], [thought("hm"), call()]),
        ([Reasoning(text="hm", signature="s"), Reasoning(redacted="aGk="), Reasoning()],
         [thought("hm", encrypted_content=wrap("s", None)), thought(encrypted_content=wrap(None, "aGk="))]),
    ],
)  # fmt: skip
def test_blocks_are_items(blocks, expected):
    assert output(*blocks) == expected


@pytest.mark.parametrize(
    ("stop", "status", "reason"),
    [
        (StopReason.END, "completed", None),
        (StopReason.STOP_SEQUENCE, "completed", None),
        (StopReason.TOOL_CALLS, "completed", None),
        (StopReason.LENGTH, "incomplete", "max_output_tokens"),
        (StopReason.FILTERED, "incomplete", "content_filter"),
    ],
)
def test_why_it_ended(stop, status, reason):
    read = rendered(CALL, Text(text="a"), stop=stop)

    assert (read.status, read.incomplete_details and read.incomplete_details.reason) == (status, reason)
    assert [item.status for item in read.output] == ["completed", status]


def test_an_answer_that_is_sent_back_is_what_was_said():
    """With every field that the SDK's own objects have besides."""
    blocks = (
        Reasoning(text="hm", signature="s"),
        Reasoning(redacted="aGk="),
        Text(text="a"),
        Refusal(text="no"),
        ToolCall(id="c", name="n", arguments='{"a":  1}'),
        Reasoning(text="unsigned"),
        Text(text="b"),
    )
    sent = [item.model_dump(mode="json") for item in rendered(*blocks).output]
    [turn] = parse(json.dumps({"model": "demo", "input": sent}).encode()).request.turns

    assert (turn.role, turn.blocks) == (Role.ASSISTANT, blocks)


def test_log_probabilities_are_with_the_text():
    token = {"token": "a", "bytes": [97], "logprob": -0.5, "top_logprobs": []}
    read = rendered(CALL, Text(text="a"), logprobs={"content": [token], "refusal": None})
    assert read.output[1].content[0].logprobs[0].model_dump() == token


@pytest.mark.parametrize(
    ("param", "told"),
    [("max_tokens", "max_output_tokens"), ("messages", "input"), ("tool_calls", "input"), ("file", "input"),
     ("reasoning_effort", "reasoning.effort"), ("response_format", "text.format"), ("input[0]", "input[0]"),
     ("temperature", "temperature"), (None, None)],
)  # fmt: skip
def test_an_error_names_the_field_as_this_api_does(param, told):
    error = render_error(InvalidRequestError("Wrong.", param=param), "req_1")["error"]
    assert error == {
        "message": "Wrong.", "type": "invalid_request_error", "param": told, "code": None, "request_id": "req_1"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProviderThrottledError("Slow."), "rate_limit_exceeded"),
        (BudgetExhaustedError("Spent."), "rate_limit_exceeded"),
        (ProviderUnavailableError("Gone."), "server_error"),
        (ProviderDeniedError("No.", code="invalid_api_key"), "server_error"),
    ],
)
def test_a_failure_has_one_of_the_few_codes(error, code):
    assert render_failure(error) == {"code": code, "message": error.message}
