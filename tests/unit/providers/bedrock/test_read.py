"""providers/bedrock/read: replies in the shapes of Converse."""

import copy
import json
from pathlib import Path

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import Reasoning, StopReason, Text, Tool, ToolCall
from sallyport.errors import ProviderReplyError
from sallyport.providers.bedrock.read import read
from sallyport.providers.names import tool_name

REPLIES = Path(__file__).parents[3] / "data/providers/bedrock"


def reply(name: str) -> dict:
    """A reply as botocore hands it over: blobs are bytes."""
    recorded = json.loads((REPLIES / f"{name}.json").read_text())
    for block in recorded["output"]["message"]["content"]:
        if "redactedContent" in block.get("reasoningContent", {}):
            block["reasoningContent"]["redactedContent"] = b"hidden"
    return recorded


@pytest.fixture
def answer(request_of, target_of):
    def make(response, **fields):
        return read(response, request_of(**fields), target_of("nova", "bedrock"))

    return make


def test_text(answer):
    read = answer(reply("text"))

    assert read.model == "nova"
    (choice,) = read.choices
    assert choice.blocks == (Text(text="The invoice of <PERSON_1> is due on Friday."),)
    assert choice.stop_reason is StopReason.END
    assert read.usage == Usage(input_tokens=21, output_tokens=9)


def test_tool_calls_get_their_own_names_back(answer):
    response = reply("tools")
    response["output"]["message"]["content"][2]["toolUse"]["name"] = tool_name("my.tool")

    (choice,) = answer(response, tools=(Tool(name="find"), Tool(name="my.tool"))).choices

    assert choice.stop_reason is StopReason.TOOL_CALLS
    assert choice.blocks == (
        Text(text="I will look both up."),
        ToolCall(id="tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", name="find", arguments='{"customer": "<PERSON_1>", "größe": 2}'),
        ToolCall(id="tooluse_Yq1pTJ3cQ7mWv0b8lY2aRg", name="my.tool", arguments="{}"),
    )


def test_who_wants_one_call_at_a_time_gets_one(answer):
    (choice,) = answer(reply("tools"), parallel_tool_calls=False).choices

    assert [block.type for block in choice.blocks] == ["text", "tool_call"]


def test_thoughts_keep_their_signature(answer):
    read = answer(reply("thinking"))

    assert read.choices[0].blocks == (
        Reasoning(text="Two and two.", signature="EqoBCkgIARABGAIiQL8="),
        Reasoning(redacted="aGlkZGVu"),
        Text(text="4"),
    )
    assert read.usage.reasoning_tokens == 101


def test_input_tokens_are_the_sum_of_new_read_and_written(answer):
    assert answer(reply("cached")).usage == Usage(
        input_tokens=4124, output_tokens=3, cached_input_tokens=4000, cache_write_tokens=112
    )


def test_cited_text_is_text(answer):
    assert answer(reply("citations")).choices[0].blocks == (Text(text="Due Friday."),)


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        ("end_turn", StopReason.END),
        ("stop_sequence", StopReason.STOP_SEQUENCE),
        ("max_tokens", StopReason.LENGTH),
        ("model_context_window_exceeded", StopReason.LENGTH),
        ("tool_use", StopReason.TOOL_CALLS),
        ("guardrail_intervened", StopReason.FILTERED),
        ("content_filtered", StopReason.FILTERED),
        ("something_new", StopReason.END),
    ],
)
def test_stop_reasons(answer, stop, expected):
    assert answer(reply("guardrail") | {"stopReason": stop}).choices[0].stop_reason is expected


@pytest.mark.parametrize("stop", ["malformed_model_output", "malformed_tool_use"])
def test_a_malformed_answer_is_none(answer, stop):
    with pytest.raises(ProviderReplyError, match="malformed"):
        answer(reply("text") | {"stopReason": stop})


def test_blocks_of_an_unknown_kind_are_ignored(answer):
    response = reply("text")
    response["output"]["message"]["content"].append({"somethingNew": {"a": 1}})

    assert len(answer(response).choices[0].blocks) == 1


def test_half_a_character_is_replaced(answer):
    response = reply("text")
    response["output"]["message"]["content"][0]["text"] = "ok \ud83d"

    assert answer(response).choices[0].blocks == (Text(text="ok �"),)


@pytest.mark.parametrize("missing", ["output", "stopReason", "usage"])
def test_a_reply_without_the_essential_is_refused(answer, missing):
    response = reply("text")
    del response[missing]

    with pytest.raises(ProviderReplyError):
        answer(response)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("output",), None),
        (("output", "message", "content"), "canary"),
        (("output", "message", "content"), [{"toolUse": {"name": "canary"}}]),
        (("output", "message", "content"), [{"text": 7}]),
        (("usage", "inputTokens"), "canary"),
        (("usage", "outputTokens"), -1),
    ],
)
def test_wrong_shapes_are_refused_without_quoting_them(answer, path, value):
    response = copy.deepcopy(reply("text"))
    inner = response
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    with pytest.raises(ProviderReplyError) as error:
        answer(response)
    assert "canary" not in str(error.value)
