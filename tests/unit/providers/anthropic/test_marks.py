"""providers/anthropic/marks: what is remembered, and which marks Anthropic would refuse."""

import pytest

from sallyport.conversation import Reasoning, Text, Tool, ToolCall, ToolResult
from sallyport.errors import ProviderRejectedError

MINUTES, HOUR = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}


def marked(text="a", ttl="5m") -> Text:
    return Text(text=text, cache=ttl)


@pytest.fixture
def marks(built, request_of):
    """The kinds of outer blocks with their marks, in order."""

    def make(*turns, **fields):
        body = built(request_of(*turns, **fields))
        blocks = [*body.get("tools", ()), *body.get("system", ())]
        blocks += [block for message in body["messages"] for block in message["content"]]
        return [(block.get("type", "tool"), block["cache_control"]) for block in blocks if "cache_control" in block]

    return make


def test_marks_stay_where_they_were_put(marks, turn):
    tools = (Tool(name="a"), Tool(name="b", cache="1h"))
    said = turn("system", marked(ttl="1h"), "b"), turn("user", "c", marked()), turn("assistant", marked("d"))

    assert marks(*said, tools=tools) == [("tool", HOUR), ("text", HOUR), ("text", MINUTES), ("text", MINUTES)]


@pytest.mark.parametrize("ttl", ["5m", "1h"])
def test_the_whole_request_is_marked_at_its_end(marks, turn, ttl):
    said = turn("system", "s"), turn("user", "a"), turn("assistant", "b"), turn("user", "c", "d")
    assert marks(*said, cache=ttl) == [("text", HOUR if ttl == "1h" else MINUTES)]


def test_thoughts_cannot_be_marked_so_what_is_before_them_is(built, request_of, turn):
    said = turn("user", "a"), turn("assistant", "b", Reasoning(text="hm", signature="s"), Reasoning(redacted="aGk="))
    [_, last] = built(request_of(*said, cache="5m"))["messages"]

    assert ["cache_control" in block for block in last["content"]] == [True, False, False]


def test_a_results_own_mark_outlives_that_of_the_whole_request(marks, turn):
    result = ToolResult(tool_call_id="c", content=(), cache="1h")
    said = turn("user", "a"), turn("assistant", ToolCall(id="c", name="f", arguments="")), turn("tool", result)

    assert marks(*said, cache="5m") == [("tool_result", HOUR)]


def test_four_marks_are_taken_and_five_refused(marks, turn):
    assert len(marks(turn("user", *[marked()] * 4))) == 4
    assert len(marks(turn("user", *[marked()] * 4), cache="5m")) == 4
    for turns, fields in (
        ([turn("user", *[marked()] * 5)], {}),
        ([turn("user", *[marked()] * 4, "b")], {"cache": "5m"}),
        ([turn("system", marked()), turn("user", *[marked()] * 3)], {"tools": (Tool(name="a", cache="5m"),)}),
    ):
        with pytest.raises(ProviderRejectedError, match="takes 4 marks") as error:
            marks(*turns, **fields)
        assert error.value.details["param"] == "cache_control"


def test_marks_inside_a_result_count(marks, turn):
    result = ToolResult(tool_call_id="c", content=tuple([marked()] * 4), cache="5m")
    with pytest.raises(ProviderRejectedError, match="takes 4 marks"):
        marks(turn("user", "a"), turn("assistant", ToolCall(id="c", name="f", arguments="")), turn("tool", result))


@pytest.mark.parametrize(
    ("ttls", "refused"),
    [(("1h", "1h", "5m"), False), (("5m", "5m"), False), (("5m", "1h"), True), (("1h", "5m", "1h"), True)],
)
def test_hours_come_before_minutes(marks, turn, ttls, refused):
    said = turn("user", *(marked(ttl=ttl) for ttl in ttls))
    if not refused:
        assert len(marks(said)) == len(ttls)
        return
    with pytest.raises(ProviderRejectedError, match="must come before"):
        marks(said)


@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_an_empty_text_cannot_be_marked(marks, turn, role):
    with pytest.raises(ProviderRejectedError, match="empty text"):
        marks(turn("user", "a"), turn(role, marked(" ")))
