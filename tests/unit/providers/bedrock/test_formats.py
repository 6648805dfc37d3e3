"""providers/bedrock/formats: which way to a given form, for each family."""

import json

import pytest

from sallyport.conversation import ResponseFormat, Tool, ToolCall, ToolChoice
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.families import family_of
from sallyport.providers.bedrock.formats import Way, answer_tool, way_of

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
SONNET_4 = "us.anthropic.claude-sonnet-4-20250514-v1:0"
NOVA = "us.amazon.nova-lite-v1:0"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"
HIDDEN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
SCHEMA = {"type": "object", "properties": {"a": {"anyOf": [{"type": "object"}, {"type": "null"}]}}}
OPEN = {"type": "object", "additionalProperties": {"type": "string"}}
ENDLESS = {"type": "object", "properties": {"a": {"$ref": "#"}}}
FIND = Tool(name="find")


def schema_format(schema=SCHEMA, **fields):
    return ResponseFormat(type="json_schema", **({"name": "thing", "json_schema": schema} | fields))


@pytest.mark.parametrize(
    ("response", "model", "way"),
    [
        (None, SONNET, Way.FREE),
        (ResponseFormat(type="text"), NOVA, Way.FREE),
        (ResponseFormat(type="json_object"), SONNET, Way.ASKED),
        (ResponseFormat(type="json_object"), LLAMA, Way.ASKED),
        (schema_format(), SONNET, Way.ENFORCED),
        (schema_format(None), SONNET, Way.ENFORCED),
        (schema_format(), "openai.gpt-oss-20b-1:0", Way.ENFORCED),
        (schema_format(OPEN), SONNET, Way.CALLED),
        (schema_format(ENDLESS), SONNET, Way.CALLED),
        (schema_format(), SONNET_4, Way.CALLED),
        (schema_format(), NOVA, Way.CALLED),
        (schema_format(), HIDDEN, Way.CALLED),
    ],
)
def test_ways(request_of, response, model, way):
    assert way_of(request_of(response_format=response), family_of(model)) is way


def test_refuses_a_schema_that_nothing_can_bring_about(built, request_of):
    with pytest.raises(ProviderRejectedError) as error:
        built(request_of(response_format=schema_format()), LLAMA)

    assert error.value.details == {"param": "response_format"}


@pytest.mark.parametrize("choice", [ToolChoice(mode="required"), ToolChoice(mode="one", name="find")])
def test_a_forced_tool_leaves_no_answer_to_form(left_out, request_of, choice):
    request = request_of(tools=(FIND,), tool_choice=choice, response_format=schema_format())

    assert way_of(request, family_of(NOVA)) is Way.MOOT
    assert left_out(request, NOVA) == ["response_format"]
    assert left_out(request, SONNET) == []


@pytest.mark.parametrize(("strict", "warned"), [(True, ["response_format"]), (False, []), (None, [])])
def test_a_tool_is_told_to_be_less_than_strict(left_out, request_of, strict, warned):
    request = request_of(response_format=schema_format(strict=strict))

    assert left_out(request, NOVA) == warned
    assert left_out(request, SONNET) == []


def test_the_tools_name_is_nobody_elses(request_of, turn):
    response = schema_format()
    called = turn("user", "a"), turn("assistant", ToolCall(id="c", name="thing", arguments=""))
    names = {
        answer_tool(request_of(response_format=response), family_of(NOVA)),
        answer_tool(request_of(response_format=response, tools=(Tool(name="thing"),)), family_of(NOVA)),
        answer_tool(request_of(*called, response_format=schema_format(name=None)), family_of(NOVA)),
    }

    assert {"thing", "answer"} < names
    assert len(names) == 3
    assert answer_tool(request_of(*called, response_format=response), family_of(NOVA)) != "thing"


def test_a_json_schema_is_a_string_of_closed_objects(built, request_of):
    response = schema_format(description="One")

    text_format = built(request_of(response_format=response))["outputConfig"]["textFormat"]

    structure = text_format["structure"]["jsonSchema"]
    assert (text_format["type"], structure["name"], structure["description"]) == ("json_schema", "thing", "One")
    assert json.loads(structure["schema"]) == {
        "type": "object",
        "properties": {"a": {"anyOf": [{"type": "object", "additionalProperties": False}, {"type": "null"}]}},
        "additionalProperties": False,
    }


def test_the_answers_tool_has_the_schema_and_what_the_client_says_of_it(built, request_of):
    response = schema_format(description="One.")

    ((tool,), _) = built(request_of(response_format=response), NOVA)["toolConfig"].values()

    assert tool["toolSpec"]["inputSchema"] == {"json": SCHEMA}
    assert tool["toolSpec"]["description"].endswith("with the whole answer. One.")


def test_a_schema_that_is_no_objects_is_refused_as_the_forms(built, request_of):
    with pytest.raises(ProviderRejectedError) as error:
        built(request_of(response_format=schema_format({"type": "array"})), NOVA)

    assert error.value.details == {"param": "response_format"}


def test_a_json_object_is_asked_for_in_words(built, request_of, turn):
    request = request_of(turn("system", "a"), turn("user", "b"), response_format=ResponseFormat(type="json_object"))

    assert built(request)["system"][1]["text"].startswith("Answer with one JSON object")
