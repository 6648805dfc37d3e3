"""providers/bedrock/read: replies in the shapes of Converse."""

import copy
import json
from pathlib import Path

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import Choice, Reasoning, ResponseFormat, StopReason, Text, Tool, ToolCall
from sallyport.errors import ProviderReplyError
from sallyport.providers.bedrock.read import read, usage_of
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
        return read(response, request_of(*fields.pop("turns", ()), **fields), target_of("nova", "bedrock"))

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


THING = ResponseFormat(type="json_schema", name="thing", json_schema={"type": "object", "properties": {"a": {}}})
NOVA_LITE = "us.amazon.nova-lite-v1:0"


@pytest.fixture
def formed(request_of, target_of):
    """What is read of these blocks where a tool was there for the answer."""

    def make(*contents, stop="tool_use", model=NOVA_LITE, **fields):
        response = reply("text") | {"stopReason": stop, "output": {"message": {"content": list(contents)}}}
        request = request_of(response_format=THING, tools=(Tool(name="find"),), **fields)
        return read(response, request, target_of(model, "bedrock")).choices[0]

    return make


def use(name, identity="c", **arguments):
    return {"toolUse": {"toolUseId": identity, "name": name, "input": arguments}}


def test_what_is_given_to_the_answers_tool_is_the_answer(formed):
    choice = formed({"text": "Here it is:"}, use("thing", a="ü"), use("thing", a=2))

    assert choice.blocks == (Text(text='{"a": "ü"}'),)
    assert choice.stop_reason is StopReason.END


def test_calls_of_the_clients_own_tools_stay_calls(formed):
    assert formed(use("find")) == Choice(
        blocks=(ToolCall(id="c", name="find", arguments="{}"),), stop_reason=StopReason.TOOL_CALLS
    )
    both = formed(use("find"), use("thing", a=1))
    assert [block.type for block in both.blocks] == ["text", "tool_call"]
    assert both.stop_reason is StopReason.TOOL_CALLS


def test_words_stay_words_when_no_answer_was_given(formed):
    assert formed({"text": "No."}, stop="guardrail_intervened") == Choice(
        blocks=(Text(text="No."),), stop_reason=StopReason.FILTERED
    )


def test_a_cut_answer_is_cut(formed):
    assert formed(use("thing", a=1), stop="max_tokens").stop_reason is StopReason.LENGTH


def test_a_family_that_enforces_schemas_has_no_tool_for_them(formed):
    choice = formed(use("thing", a=1), model="us.anthropic.claude-sonnet-4-5-20250929-v1:0")

    assert [block.type for block in choice.blocks] == ["tool_call"]


@pytest.mark.parametrize(
    ("stop", "sent", "additional", "met"),
    [
        ("stop_sequence", ("a", "b"), {"stop_sequence": "b"}, "b"),
        ("stop_sequence", ("a", "b"), {"delta": {"stop_sequence": "b"}}, "b"),
        ("stop_sequence", ("a", "b"), None, None),
        ("stop_sequence", ("a", ""), None, "a"),
        ("stop_sequence", ("a",), {"stop_sequence": None}, "a"),
        ("stop_sequence", ("a", "b"), {"stop_sequence": 7}, None),
        ("end_turn", ("a",), {"stop_sequence": None}, None),
    ],
)
def test_which_stop_sequence_was_met(answer, stop, sent, additional, met):
    response = reply("text") | {"stopReason": stop, "additionalModelResponseFields": additional}

    assert answer(response, stop=sent).choices[0].stop_sequence == met


@pytest.mark.parametrize(
    ("usage", "whole_input", "expected"),
    [
        ({"inputTokens": 2, "cacheWriteInputTokens": 4993}, False, (4995, 0, 4993)),
        ({"inputTokens": 4995, "cacheWriteInputTokens": 4993}, True, (4995, 0, 4993)),
        ({"inputTokens": 4995, "cacheReadInputTokens": 4000, "cacheWriteInputTokens": 993}, True, (4995, 4000, 993)),
        ({"inputTokens": 2, "cacheWriteInputTokens": 4993}, True, (4995, 0, 4993)),
        ({"inputTokens": 12}, True, (12, 0, 0)),
        (
            {"inputTokens": 1, "cacheDetails": [{"ttl": "1h", "inputTokens": 5}, {"ttl": "5m", "inputTokens": 6}]},
            False,
            (12, 0, 11),
        ),
    ],
)
def test_what_was_cached_is_counted_once(usage, whole_input, expected):
    counted = usage_of({"outputTokens": 1} | usage, None, whole_input=whole_input)

    assert (counted.input_tokens, counted.cached_input_tokens, counted.cache_write_tokens) == expected


def test_a_call_of_a_tool_that_only_the_history_has_gets_its_name_back(answer, turn):
    response = reply("tools")
    response["output"]["message"]["content"][1]["toolUse"]["name"] = tool_name("lost.tool")
    history = turn("user", "a"), turn("assistant", ToolCall(id="c", name="lost.tool", arguments=""))

    assert answer(response, turns=history).choices[0].blocks[1].name == "lost.tool"
