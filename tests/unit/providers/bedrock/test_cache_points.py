"""providers/bedrock/cache_points: every mark becomes a point after its block, a warning, or a refusal."""

import pytest

from sallyport.conversation import Document, Image, Reasoning, Text, Tool, ToolCall, ToolChoice, ToolResult
from sallyport.errors import ProviderRejectedError

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
SONNET_4 = "us.anthropic.claude-sonnet-4-20250514-v1:0"
HAIKU_3 = "anthropic.claude-3-haiku-20240307-v1:0"
NOVA = "us.amazon.nova-lite-v1:0"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"
HIDDEN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
POINT = {"cachePoint": {"type": "default"}}
HOUR = {"cachePoint": {"type": "default", "ttl": "1h"}}
PNG = "iVBORw0KGgo="


def marked(text="a", ttl="5m"):
    return Text(text=text, cache=ttl)


def kinds(arguments):
    """What stands where: the kinds of the tools, of the system's blocks, and of each message's."""
    messages = [[next(iter(block)) for block in message["content"]] for message in arguments["messages"]]
    tools = [next(iter(tool)) for tool in arguments.get("toolConfig", {}).get("tools", [])]
    return tools, [next(iter(block)) for block in arguments.get("system", [])], messages


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        (marked(), "text"),
        (Image(data=PNG, cache="5m"), "image"),
        (Document(data="aGk=", name="a.txt", cache="5m"), "document"),
    ],
)
def test_a_point_follows_its_block(built, left_out, request_of, turn, block, kind):
    request = request_of(turn("user", block, "b"))

    assert kinds(built(request))[2] == [[kind, "cachePoint", "text"]]
    assert built(request)["messages"][0]["content"][1] == POINT
    assert left_out(request) == []


@pytest.mark.parametrize(
    "result",
    [
        ToolResult(tool_call_id="c", content=(Text(text="1"),), cache="5m"),
        ToolResult(tool_call_id="c", content=(marked("1"), Text(text="2"))),
    ],
    ids=["the result's", "inside"],
)
def test_points_keep_their_place_in_a_loop_of_tools(built, request_of, turn, result):
    request = request_of(
        turn("system", marked(), "later"),
        turn("user", "a"),
        turn("assistant", ToolCall(id="c", name="f", arguments="", cache="5m"), "b"),
        turn("user", "c", result),
        tools=(Tool(name="f", cache="5m"), Tool(name="g")),
    )

    assert kinds(built(request)) == (
        ["toolSpec", "cachePoint", "toolSpec"],
        ["text", "cachePoint", "text"],
        [["text"], ["text", "toolUse", "cachePoint"], ["toolResult", "cachePoint", "text"]],
    )


def test_a_late_result_keeps_its_mark(built, request_of, turn):
    late = ToolResult(tool_call_id="c", content=(Text(text="1"),), cache="5m")

    assert kinds(built(request_of(turn("user", "a"), turn("tool", late))))[2] == [
        ["text", "text", "text", "cachePoint"]
    ]


def test_our_own_instructions_come_after_the_clients_point(built, request_of, turn):
    call = ToolCall(id="c", name="f", arguments="")
    request = request_of(
        turn("system", marked()), turn("user", "a"), turn("assistant", call), tool_choice=ToolChoice(mode="none")
    )

    assert kinds(built(request))[1] == ["text", "cachePoint", "text"]


def test_the_mark_of_a_blank_text_is_what_is_before_its(built, request_of, turn):
    assert kinds(built(request_of(turn("user", "a", marked(" ")))))[2] == [["text", "cachePoint"]]
    assert kinds(built(request_of(turn("user", marked(" "), "a"))))[2] == [["text"]]


@pytest.mark.parametrize(
    ("ttl", "model", "made", "warned"),
    [
        ("5m", SONNET, POINT, []),
        ("1h", SONNET, HOUR, []),
        ("5m", SONNET_4, POINT, []),
        ("1h", SONNET_4, POINT, ["cache_control.ttl"]),
        ("1h", NOVA, POINT, ["cache_control.ttl"]),
    ],
)
def test_an_hour_where_there_is_one(built, left_out, request_of, turn, ttl, model, made, warned):
    request = request_of(turn("user", marked(ttl=ttl)))

    assert built(request, model)["messages"][0]["content"][1] == made
    assert left_out(request, model) == warned


@pytest.mark.parametrize(
    "model", [HAIKU_3, LLAMA, "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a"]
)
def test_marks_are_stripped_where_nothing_is_remembered(built, left_out, request_of, turn, model):
    request = request_of(
        turn("system", *[marked()] * 5), turn("user", marked()), tools=(Tool(name="f", cache="1h"),), cache="5m"
    )

    assert "cachePoint" not in str(built(request, model))
    assert left_out(request, model) == ["cache_control"]


def test_nova_remembers_no_tools(built, left_out, request_of, turn):
    request = request_of(turn("system", marked()), turn("user", "a"), tools=(Tool(name="f", cache="5m"),))

    assert kinds(built(request, NOVA))[:2] == (["toolSpec"], ["text", "cachePoint"])
    assert left_out(request, NOVA) == ["cache_control"]


def test_a_mark_of_the_request_is_one_of_its_last_block(built, left_out, request_of, turn):
    request = request_of(turn("user", "a"), turn("assistant", "b"), turn("user", "c", "d"), cache="1h")

    assert built(request)["messages"][-1]["content"][-1] == HOUR
    assert kinds(built(request))[2] == [["text"], ["text"], ["text", "text", "cachePoint"]]
    assert left_out(request) == []


def test_a_last_block_that_is_marked_stays_as_it_is(built, request_of, turn):
    request = request_of(turn("user", marked()), cache="1h")

    assert built(request)["messages"][0]["content"] == [{"text": "a"}, POINT]


def test_thoughts_carry_no_mark(built, request_of, turn):
    thought = Reasoning(text="hm", signature="s")
    request = request_of(turn("user", "a"), turn("assistant", "b", thought), cache="5m")

    assert kinds(built(request))[2] == [["text"], ["reasoningContent", "text", "cachePoint"]]


@pytest.mark.parametrize(("marks", "of_request", "refuses"), [(4, None, False), (5, None, True), (4, "5m", True)])
def test_more_than_four_are_refused_by_name(built, request_of, turn, marks, of_request, refuses):
    request = request_of(turn("user", *[marked()] * marks, "b"), cache=of_request)

    if not refuses:
        assert str(built(request)).count("cachePoint") == marks
        return
    with pytest.raises(ProviderRejectedError) as error:
        built(request)
    assert error.value.details == {"param": "cache_control"}


@pytest.mark.parametrize(("first", "second", "refuses"), [("1h", "5m", False), ("5m", "1h", True)])
def test_hours_come_before_minutes(built, request_of, turn, first, second, refuses):
    request = request_of(turn("system", marked(ttl=first)), turn("user", marked(ttl=second)))

    if not refuses:
        assert built(request)["system"][1] == HOUR
        return
    with pytest.raises(ProviderRejectedError) as error:
        built(request)
    assert error.value.details == {"param": "cache_control.ttl"}
    assert built(request, SONNET_4)["system"][1] == POINT
