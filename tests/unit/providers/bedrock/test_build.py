"""providers/bedrock/build: parameters, tools and formats, each mapped, dropped for a reason, or refused by name."""

import json

import pytest

from sallyport.conversation import ResponseFormat, Tool, ToolCall, ToolChoice, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.limits import DROPPED, REFUSED

HAIKU_3 = "anthropic.claude-3-haiku-20240307-v1:0"
NOVA = "us.amazon.nova-lite-v1:0"
FIND = Tool(name="find", description="Find it", parameters={"type": "object", "properties": {"a": {}}})
SCHEMA = {"type": "object", "properties": {"a": {"anyOf": [{"type": "object"}, {"type": "null"}]}}}


def test_max_tokens_is_always_sent(built, request_of):
    assert built(request_of(max_tokens=5), max_tokens=77)["inferenceConfig"] == {"maxTokens": 77}


@pytest.mark.parametrize(
    ("fields", "model", "expected"),
    [
        ({"temperature": 0.5}, HAIKU_3, {"temperature": 0.5}),
        ({"temperature": 1.0, "top_p": 0.5}, HAIKU_3, {"temperature": 1.0, "topP": 0.5}),
        ({"temperature": 1.0, "top_p": 0.5}, "anthropic.claude-sonnet-4-5-20250929-v1:0", {"topP": 0.5}),
        ({"temperature": 0.5, "top_p": 1.0}, "anthropic.claude-opus-4-6-v1", {"temperature": 0.5}),
        (
            {"temperature": 0.5, "top_p": 0.5},
            "anthropic.claude-opus-4-20250514-v1:0",
            {"temperature": 0.5, "topP": 0.5},
        ),
        ({"stop": ("a", "", "b")}, HAIKU_3, {"stopSequences": ["a", "b"]}),
        ({"stop": ("",)}, HAIKU_3, {}),
    ],
)
def test_inference_parameters(built, request_of, fields, model, expected):
    assert built(request_of(**fields), model)["inferenceConfig"] == {"maxTokens": 100, **expected}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"temperature": 1.01}, "temperature"),
        ({"temperature": 0.5, "top_p": 0.5}, "top_p"),
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"logit_bias": {"1": 1.0}}, "logit_bias"),
        ({"presence_penalty": 0.1}, "presence_penalty"),
        ({"frequency_penalty": -0.1}, "frequency_penalty"),
        ({"tools": (Tool(name="a", parameters={"type": "array"}),)}, "tools"),
    ],
)
def test_refuses_what_bedrock_cannot_honour(built, request_of, fields, param):
    with pytest.raises(ProviderRejectedError, match=f"cannot honour {param}") as error:
        built(request_of(**fields))

    assert error.value.details == {"param": param}


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 1}, {"logprobs": False}, {"logit_bias": {}}, {"presence_penalty": 0.0}, {"frequency_penalty": 0.0},
        {"seed": 1}, {"user": "u"}, {"metadata": {"a": "b"}}, {"extras": {"store": True}}, {"reasoning_effort": "none"},
        {"parallel_tool_calls": False}, {"response_format": ResponseFormat(type="text")},
    ],
    ids=str,
)  # fmt: skip
def test_what_does_no_harm_is_left_out(built, request_of, fields):
    assert built(request_of(**fields)) == built(request_of())


def test_the_table_names_real_fields(request_of):
    assert {*REFUSED, *DROPPED} <= type(request_of()).model_fields.keys()


def test_tools(built, request_of):
    arguments = built(request_of(tools=(FIND, Tool(name="my.tool", description=" "))))

    find, other = (tool["toolSpec"] for tool in arguments["toolConfig"]["tools"])
    assert find == {"name": "find", "description": "Find it", "inputSchema": {"json": FIND.parameters}}
    assert other["name"].startswith("my_tool_")
    assert other["description"] == "my.tool"
    assert other["inputSchema"] == {"json": {"type": "object", "properties": {}}}
    assert "toolChoice" not in arguments["toolConfig"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (ToolChoice(mode="auto"), {"auto": {}}),
        (ToolChoice(mode="required"), {"any": {}}),
        (ToolChoice(mode="one", name="find"), {"tool": {"name": "find"}}),
    ],
)
def test_tool_choices(built, request_of, choice, expected):
    assert built(request_of(tools=(FIND,), tool_choice=choice))["toolConfig"]["toolChoice"] == expected


def test_without_a_choice_to_call_none_there_are_no_tools(built, request_of):
    assert built(request_of(tools=(FIND,), tool_choice=ToolChoice(mode="none"))) == built(request_of())


def test_a_conversation_that_used_tools_keeps_them_and_is_told_to_call_none(built, request_of, turn):
    history = (
        turn("user", "a"),
        turn("assistant", ToolCall(id="c", name="find", arguments="")),
        turn("tool", ToolResult(tool_call_id="c", content=())),
    )

    arguments = built(request_of(*history, tools=(FIND,), tool_choice=ToolChoice(mode="none")))

    assert arguments["toolConfig"]["tools"][0]["toolSpec"]["name"] == "find"
    assert "toolChoice" not in arguments["toolConfig"]
    assert arguments["system"] == [{"text": "Do not call any tool in this answer."}]


@pytest.mark.parametrize("choice", [None, ToolChoice(mode="auto")])
def test_tools_that_only_the_history_knows_are_specified(built, request_of, turn, choice):
    history = turn("user", "a"), turn("assistant", ToolCall(id="c", name="lost.tool", arguments="")), turn("user", "b")

    config = built(request_of(*history, tool_choice=choice))["toolConfig"]

    assert config["tools"][0]["toolSpec"]["description"] == "lost.tool"
    assert "toolChoice" not in config


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, {"type": "auto", "disable_parallel_tool_use": True}),
        (ToolChoice(mode="required"), {"disable_parallel_tool_use": True}),
    ],
)
def test_claude_can_be_told_to_call_one_tool_at_a_time(built, request_of, choice, expected):
    request = request_of(tools=(FIND,), tool_choice=choice, parallel_tool_calls=False)

    assert built(request)["additionalModelRequestFields"] == {"tool_choice": expected}
    assert "additionalModelRequestFields" not in built(request, NOVA)


def test_a_json_schema_is_a_string_of_closed_objects(built, request_of):
    response = ResponseFormat(type="json_schema", name="thing", description="One", json_schema=SCHEMA)

    text_format = built(request_of(response_format=response))["outputConfig"]["textFormat"]

    structure = text_format["structure"]["jsonSchema"]
    assert (text_format["type"], structure["name"], structure["description"]) == ("json_schema", "thing", "One")
    assert json.loads(structure["schema"]) == {
        "type": "object",
        "properties": {"a": {"anyOf": [{"type": "object", "additionalProperties": False}, {"type": "null"}]}},
        "additionalProperties": False,
    }


def test_a_json_object_is_asked_for_in_words(built, request_of, turn):
    request = request_of(turn("system", "a"), turn("user", "b"), response_format=ResponseFormat(type="json_object"))

    assert built(request)["system"][1]["text"].startswith("Answer with one JSON object")
