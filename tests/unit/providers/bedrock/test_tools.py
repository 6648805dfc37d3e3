"""providers/bedrock/tools: what may be called, what must be, and by which names."""

import pytest

from sallyport.conversation import ResponseFormat, Tool, ToolCall, ToolChoice, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.tools import own_names
from sallyport.providers.names import tool_name

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
SONNET_4 = "us.anthropic.claude-sonnet-4-20250514-v1:0"
OPUS_5_5 = "global.anthropic.claude-opus-5-5"
NOVA = "us.amazon.nova-lite-v1:0"
MISTRAL = "mistral.mistral-large-2407-v1:0"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"
FIND = Tool(name="find", description="Find it", parameters={"type": "object", "properties": {"a": {}}})
OTHER = Tool(name="other")
REQUIRED, NONE = ToolChoice(mode="required"), ToolChoice(mode="none")
ONE = ToolChoice(mode="one", name="find")
THING = ResponseFormat(type="json_schema", name="thing", json_schema={"type": "object", "properties": {"a": {}}})


def names(arguments):
    return [each["toolSpec"]["name"] for each in arguments["toolConfig"]["tools"]]


def test_tools(built, request_of):
    arguments = built(request_of(tools=(FIND, Tool(name="my.tool", description=" "))))

    find, other = (tool["toolSpec"] for tool in arguments["toolConfig"]["tools"])
    assert find == {"name": "find", "description": "Find it", "inputSchema": {"json": FIND.parameters}}
    assert other["name"].startswith("my_tool_")
    assert other["description"] == "my.tool"
    assert other["inputSchema"] == {"json": {"type": "object", "properties": {}}}
    assert "toolChoice" not in arguments["toolConfig"]


@pytest.mark.parametrize(
    ("choice", "model", "expected"),
    [
        (ToolChoice(mode="auto"), SONNET, {"auto": {}}),
        (ToolChoice(mode="auto"), LLAMA, None),
        (None, SONNET, None),
        (REQUIRED, SONNET, {"any": {}}),
        (REQUIRED, MISTRAL, {"any": {}}),
        (ONE, NOVA, {"tool": {"name": "find"}}),
        (ToolChoice(mode="one", name="my.tool"), SONNET, {"tool": {"name": tool_name("my.tool")}}),
        (ONE, MISTRAL, {"any": {}}),
    ],
)
def test_tool_choices(built, request_of, choice, model, expected):
    config = built(request_of(tools=(FIND,), tool_choice=choice), model)["toolConfig"]

    assert config.get("toolChoice") == expected


@pytest.mark.parametrize(
    ("choice", "model"), [(REQUIRED, LLAMA), (ONE, LLAMA), (REQUIRED, OPUS_5_5), (ONE, OPUS_5_5), (ONE, MISTRAL)]
)
def test_refuses_to_promise_a_call_that_the_model_cannot_be_made_to_make(built, request_of, choice, model):
    with pytest.raises(ProviderRejectedError) as error:
        built(request_of(tools=(FIND, OTHER), tool_choice=choice), model)

    assert error.value.details == {"param": "tool_choice"}


def test_there_is_no_choice_to_call_none_so_there_are_no_tools(built, request_of):
    assert built(request_of(tools=(FIND,), tool_choice=NONE)) == built(request_of())


def used(turn):
    return (
        turn("user", "a"),
        turn("assistant", ToolCall(id="c", name="find", arguments="")),
        turn("tool", ToolResult(tool_call_id="c", content=())),
    )


def test_a_conversation_that_used_tools_keeps_them_and_is_told_to_call_none(built, request_of, turn):
    arguments = built(request_of(*used(turn), tools=(FIND,), tool_choice=NONE))

    assert names(arguments) == ["find"]
    assert "toolChoice" not in arguments["toolConfig"]
    assert arguments["system"] == [{"text": "Do not call any tool in this answer."}]


@pytest.mark.parametrize("choice", [None, ToolChoice(mode="auto")])
def test_tools_that_only_the_history_knows_are_specified(built, request_of, turn, choice):
    history = turn("user", "a"), turn("assistant", ToolCall(id="c", name="lost.tool", arguments="")), turn("user", "b")

    config = built(request_of(*history, tool_choice=choice))["toolConfig"]

    assert config["tools"][0]["toolSpec"]["description"] == "lost.tool"
    assert "toolChoice" not in config


def test_names_come_back_also_of_tools_that_only_the_history_knows(request_of, turn):
    history = turn("user", "a"), turn("assistant", ToolCall(id="c", name="lost.tool", arguments=""))

    assert own_names(request_of(*history, tools=(FIND,))) == {tool_name("lost.tool"): "lost.tool", "find": "find"}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, {"type": "auto", "disable_parallel_tool_use": True}),
        (REQUIRED, {"disable_parallel_tool_use": True}),
    ],
)
def test_claude_can_be_told_to_call_one_tool_at_a_time(built, left_out, request_of, choice, expected):
    request = request_of(tools=(FIND,), tool_choice=choice, parallel_tool_calls=False)

    assert built(request)["additionalModelRequestFields"] == {"tool_choice": expected}
    assert "additionalModelRequestFields" not in built(request, NOVA)
    assert (left_out(request), left_out(request, NOVA)) == ([], [])


@pytest.mark.parametrize(
    ("strict", "model", "sent", "warned"),
    [
        (True, SONNET, True, []),
        (False, SONNET, None, []),
        (None, SONNET, None, []),
        (True, SONNET_4, None, ["tools.strict"]),
        (True, NOVA, None, ["tools.strict"]),
        (False, NOVA, None, []),
    ],
)
def test_strict_where_there_is_such_a_thing(built, left_out, request_of, strict, model, sent, warned):
    request = request_of(tools=(FIND.model_copy(update={"strict": strict}),))
    (tool,) = built(request, model)["toolConfig"]["tools"]

    assert tool["toolSpec"].get("strict") is sent
    assert tool["toolSpec"]["inputSchema"]["json"].get("additionalProperties") is (False if sent else None)
    assert left_out(request, model) == warned


def test_references_are_written_out_where_the_family_knows_none(built, request_of):
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}}
    request = request_of(tools=(Tool(name="f", parameters=schema),))

    def sent(model):
        return built(request, model)["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]

    assert sent(SONNET) == schema
    assert sent(NOVA) == sent(LLAMA) == {"type": "object", "properties": {"a": {"type": "string"}}}


def test_a_schema_of_something_else_is_refused_by_name(built, request_of):
    with pytest.raises(ProviderRejectedError, match="cannot honour tools") as error:
        built(request_of(tools=(Tool(name="a", parameters={"type": "array"}),)))

    assert error.value.details == {"param": "tools"}


@pytest.mark.parametrize(
    ("model", "tools", "choice", "expected", "sent"),
    [
        (NOVA, (), None, ["thing"], {"tool": {"name": "thing"}}),
        (NOVA, (FIND,), None, ["find", "thing"], {"any": {}}),
        (NOVA, (FIND,), ToolChoice(mode="auto"), ["find", "thing"], {"any": {}}),
        (NOVA, (FIND,), NONE, ["thing"], {"tool": {"name": "thing"}}),
        (NOVA, (FIND,), REQUIRED, ["find"], {"any": {}}),
        (NOVA, (FIND,), ONE, ["find"], {"tool": {"name": "find"}}),
        (MISTRAL, (), None, ["thing"], {"any": {}}),
    ],
)
def test_the_answers_tool_beside_the_clients(built, request_of, model, tools, choice, expected, sent):
    arguments = built(request_of(tools=tools, tool_choice=choice, response_format=THING), model)

    assert names(arguments) == expected
    assert arguments["toolConfig"]["toolChoice"] == sent


def test_the_answers_tool_alone_is_forced_when_none_may_be_called(built, request_of, turn):
    arguments = built(request_of(*used(turn), tools=(FIND,), tool_choice=NONE, response_format=THING), NOVA)

    assert names(arguments) == ["find", "thing"]
    assert arguments["toolConfig"]["toolChoice"] == {"tool": {"name": "thing"}}
    assert "system" not in arguments
