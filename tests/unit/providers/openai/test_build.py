"""providers/openai/build: the body of a chat completion."""

import pytest

from sallyport.conversation import (
    Audio,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from sallyport.errors import ProviderRejectedError
from sallyport.providers.openai.build import build, limit_field

FIND = Tool(name="find", parameters={"type": "object"}, strict=True)


@pytest.fixture
def body(request_of, target_of):
    def make(*turns, **fields):
        return build(request_of(*turns, **fields), target_of(base_url="http://127.0.0.1:1/v1"), 50)

    return make


def test_the_least_body(body):
    assert body() == {
        "model": "model-1",
        "messages": [{"role": "user", "content": "hello"}],
        "stream": False,
        "max_tokens": 50,
    }


@pytest.mark.parametrize(
    ("base_url", "field"),
    [
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://eu.api.openai.com/v1", "max_completion_tokens"),
        ("https://acme.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("https://notopenai.com/v1", "max_tokens"),
        ("https://openai.com.example.test/v1", "max_tokens"),
        ("http://127.0.0.1:11434/v1", "max_tokens"),
        (None, "max_tokens"),
    ],
)
def test_the_limit_has_the_name_that_the_server_knows(target_of, base_url, field):
    assert limit_field(target_of(base_url=base_url)) == field


def test_what_was_asked_is_passed_on(body):
    fields = {
        "temperature": 1.5, "top_p": 0.5, "seed": 1, "presence_penalty": 0.0, "frequency_penalty": 1.0,
        "logit_bias": {"1": 2.0}, "logprobs": True, "top_logprobs": 3, "reasoning_effort": "low", "user": "u",
        "metadata": {"a": "b"},
    }  # fmt: skip

    assert body(**fields, n=2, stop=("a",)).items() >= {**fields, "n": 2, "stop": ["a"]}.items()


@pytest.mark.parametrize(
    ("base_url", "sent"),
    [("http://127.0.0.1:1/v1", {"top_k": 5}), ("https://api.openai.com/v1", {"service_tier": "default"})],
)
def test_a_server_gets_the_words_that_it_knows(request_of, target_of, base_url, sent):
    request = request_of(top_k=5, extras={"service_tier": "standard_only"}, extras_of="anthropic")
    target = target_of(base_url=base_url)

    assert build(request, target, 50) == build(request_of(), target, 50) | sent


def test_biases_are_whole_numbers_where_they_can_be(body):
    assert str(body(logit_bias={"1": -100.0, "2": 0.5})["logit_bias"]) == "{'1': -100, '2': 0.5}"


def test_extras_are_passed_on_and_override_nothing(body):
    made = body(extras={"guided_json": {}, "stream": True, "model": "other", "max_tokens": 1})

    assert made == body() | {"guided_json": {}}


def test_what_only_anthropic_understands_goes_to_nobody_else(body):
    assert body(extras={"speed": "fast", "service_tier": "auto"}, extras_of="anthropic") == body()
    assert body(tools=(FIND.model_copy(update={"cache": "5m"}),)) == body(tools=(FIND,))


def test_a_conversation(body, turn):
    call = ToolCall(id="c", name="find", arguments="")
    made = body(
        turn("system", "a"),
        Turn(role=Role.USER, blocks=(Text(text="b"), Text(text="c")), name="<PERSON_1>"),
        turn("assistant", Reasoning(text="hm", signature="s"), "d", call),
        turn("tool", ToolResult(tool_call_id="c", content=(Text(text="4"), Text(text="2")))),
        turn("assistant", Refusal(text="no")),
    )

    assert made["messages"] == [
        {"role": "system", "content": "a"},
        {"role": "user", "name": "_PERSON_1_", "content": [{"type": "text", "text": t} for t in "bc"]},
        {
            "role": "assistant",
            "content": "d",
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "find", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c", "content": "42"},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
    ]


def test_a_tool_call_without_words_has_null_content(body, turn):
    (message,) = body(turn("assistant", ToolCall(id="c", name="find", arguments="{}")))["messages"]

    assert message["content"] is None


def test_results_among_a_users_words_become_messages_before_them(body, turn):
    result = ToolResult(tool_call_id="c", content=(Text(text="1"), Image(data="aGk=", media_type="image/png")))

    assert body(turn("user", "so?", result))["messages"] == [
        {"role": "tool", "tool_call_id": "c", "content": "1"},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
                {"type": "text", "text": "so?"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (
            Image(data="aGk=", media_type="image/gif", detail="low"),
            {"type": "image_url", "image_url": {"url": "data:image/gif;base64,aGk=", "detail": "low"}},
        ),
        (
            Document(data="aGk=", name="a.pdf"),
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="}},
        ),
        (Document(data="aGk=", name="a.csv", media_type="text/csv"), {"type": "text", "text": "a.csv\n\nhi"}),
        (Document(data="aGn/", media_type="application/json"), {"type": "text", "text": "hi\ufffd"}),
        (
            Document(data="aGk=", media_type="application/textile"),
            {
                "type": "file",
                "file": {"filename": "document.pdf", "file_data": "data:application/textile;base64,aGk="},
            },
        ),
        (Audio(data="aGk=", format="wav"), {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}}),
    ],
)
def test_parts(body, turn, block, part):
    assert body(turn("user", block))["messages"][0]["content"] == [part]


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        (ToolChoice(mode="none"), "none"),
        (ToolChoice(mode="required"), "required"),
        (ToolChoice(mode="one", name="find"), {"type": "function", "function": {"name": "find"}}),
    ],
)
def test_tools(body, choice, sent):
    made = body(tools=(FIND,), tool_choice=choice, parallel_tool_calls=False)

    function = {"name": "find", "parameters": {"type": "object"}, "strict": True}
    assert made["tools"] == [{"type": "function", "function": function}]
    assert (made["tool_choice"], made["parallel_tool_calls"]) == (sent, False)


def test_without_tools_nothing_is_said_about_them(body):
    assert body(tool_choice=ToolChoice(mode="none"), parallel_tool_calls=False) == body()


@pytest.mark.parametrize(
    ("response", "sent"),
    [
        (ResponseFormat(type="json_object"), {"type": "json_object"}),
        (
            ResponseFormat(type="json_schema", name="a", json_schema={"type": "object"}, strict=False),
            {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}, "strict": False}},
        ),
    ],
)
def test_response_formats(body, response, sent):
    assert body(response_format=response)["response_format"] == sent


def test_a_stream_ends_with_its_usage_whatever_was_asked_for(request_of, target_of):
    request = request_of(extras={"stream_options": {"include_usage": False}})

    streamed, whole = (build(request, target_of(), 50, stream=stream) for stream in (True, False))
    assert (streamed["stream"], streamed["stream_options"]) == (True, {"include_usage": True})
    assert whole["stream"] is False
    assert "stream_options" not in whole


@pytest.mark.parametrize("block", [Image(url="https://canary.test/a"), Document(url="https://canary.test/a")])
def test_no_provider_is_handed_a_clients_url(block, body, turn):
    with pytest.raises(ProviderRejectedError) as error:
        body(turn("user", block))

    assert "canary" not in str(error.value)
