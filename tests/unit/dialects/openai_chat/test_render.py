"""dialects/openai_chat/render: what the official SDK reads."""

import pytest
from openai.types import Model
from openai.types.chat import ChatCompletion

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.dialects.openai_chat.render import render, render_error, render_models
from sallyport.errors import FACTS, ProviderDeniedError, ProviderRejectedError

USAGE = Usage(input_tokens=10, output_tokens=4, cached_input_tokens=3, cache_write_tokens=2, reasoning_tokens=1)


def completion(*blocks, stop=StopReason.END, **options) -> ChatCompletion:
    answer = ChatAnswer(model="m", choices=(Choice(blocks=blocks, stop_reason=stop),), usage=USAGE)
    return ChatCompletion.model_validate(
        render(answer, id="chatcmpl-1", created=7, model="demo", sallyport={"cache": "miss"}, **options), strict=True
    )


def test_the_sdk_reads_an_answer():
    read = completion(Reasoning(text="hm"), Text(text="Hello "), Text(text="you"))

    assert (read.id, read.object, read.created, read.model) == ("chatcmpl-1", "chat.completion", 7, "demo")
    message = read.choices[0].message
    assert (message.role, message.content, message.refusal, message.tool_calls) == (
        "assistant",
        "Hello you",
        None,
        None,
    )
    assert read.choices[0].finish_reason == "stop"
    assert message.model_extra == {"reasoning_content": "hm"}
    assert read.model_extra == {"sallyport": {"cache": "miss"}}


def test_usage_in_detail():
    usage = completion(Text(text="a")).usage

    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (10, 4, 14)
    assert (usage.prompt_tokens_details.cached_tokens, usage.prompt_tokens_details.cache_write_tokens) == (3, 2)
    assert usage.completion_tokens_details.reasoning_tokens == 1


def test_tool_calls_without_words():
    choice = completion(
        ToolCall(id="a", name="find", arguments="{}"),
        ToolCall(id="b", name="keep", arguments=""),
        stop=StopReason.TOOL_CALLS,
    ).choices[0]

    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    assert [
        (call.id, call.type, call.function.name, call.function.arguments) for call in choice.message.tool_calls
    ] == [
        ("a", "function", "find", "{}"),
        ("b", "function", "keep", ""),
    ]


def test_who_sent_functions_gets_a_function_call():
    choice = completion(
        ToolCall(id="a", name="find", arguments="{}"), stop=StopReason.TOOL_CALLS, legacy_functions=True
    ).choices[0]

    assert (choice.finish_reason, choice.message.tool_calls) == ("function_call", None)
    assert (choice.message.function_call.name, choice.message.function_call.arguments) == ("find", "{}")


def test_a_refusal_is_not_content():
    message = completion(Refusal(text="I won't")).choices[0].message

    assert (message.content, message.refusal) == (None, "I won't")


@pytest.mark.parametrize("blocks", [(), (Reasoning(text="hm"),)])
def test_an_answer_without_words_is_empty_rather_than_null(blocks):
    assert completion(*blocks, stop=StopReason.LENGTH).choices[0].message.content == ""


@pytest.mark.parametrize(
    ("stop", "finish"),
    [
        (StopReason.END, "stop"),
        (StopReason.STOP_SEQUENCE, "stop"),
        (StopReason.LENGTH, "length"),
        (StopReason.FILTERED, "content_filter"),
    ],
)
def test_finish_reasons(stop, finish):
    assert completion(Text(text="a"), stop=stop).choices[0].finish_reason == finish


def test_every_choice_has_its_index():
    choice = Choice(blocks=(Text(text="a"),), stop_reason=StopReason.END, logprobs={"content": []})
    answer = ChatAnswer(model="m", choices=(choice,) * 2, usage=USAGE, system_fingerprint="fp")

    read = ChatCompletion.model_validate(render(answer, id="i", created=1, model="demo", sallyport={}), strict=True)

    assert [each.index for each in read.choices] == [0, 1]
    assert read.choices[1].logprobs.content == []
    assert read.system_fingerprint == "fp"


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_an_error_of_every_class(kind):
    error = render_error(kind("Do this.", param="messages[0]"), "req-1")["error"]

    assert error == {
        "message": "Do this.",
        "type": FACTS[kind].openai_type,
        "param": "messages[0]",
        "code": FACTS[kind].code,
        "request_id": "req-1",
    }


def test_a_more_exact_code_wins():
    error = render_error(ProviderRejectedError("Too long.", code="context_length_exceeded"), "req-1")["error"]

    assert (error["code"], error["param"]) == ("context_length_exceeded", None)


def test_credentials_that_a_provider_refuses_are_not_the_clients():
    error = render_error(ProviderDeniedError("Check the target's secret.", code="invalid_api_key"), "req-1")["error"]

    assert error["code"] == "provider_denied"


def test_models():
    listed = render_models(["a", "b"])

    assert listed["object"] == "list"
    assert [Model.model_validate(each, strict=True).id for each in listed["data"]] == ["a", "b"]
