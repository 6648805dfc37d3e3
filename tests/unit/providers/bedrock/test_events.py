"""providers/bedrock/events: recorded event streams, byte-true through botocore's own parser."""

import json
from pathlib import Path

import botocore.session
import pytest
from botocore.eventstream import EventStream
from botocore.parsers import EventStreamJSONParser
from hypothesis import given
from hypothesis import strategies as st

from sallyport.conversation import ChatRequest, Role, StopReason, Text, Tool, Turn
from sallyport.errors import ProviderReplyError, ProviderUnavailableError
from sallyport.providers.bedrock.events import ConverseEvents
from sallyport.providers.bedrock.read import read
from sallyport.providers.names import tool_name
from sallyport.routing import Privacy, Target
from sallyport.stream import (
    Counted,
    ReasoningDelta,
    ReasoningSeal,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
    collect,
)

STREAMS = Path(__file__).parents[3] / "data/providers/bedrock"
RECORDED = sorted(path.stem for path in STREAMS.glob("*.eventstream"))
SHAPE = (
    botocore.session.get_session()
    .get_service_model("bedrock-runtime")
    .operation_model("ConverseStream")
    .output_shape.members["stream"]
)
HELLO = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="hello"),)),))
TARGET = Target(provider="bedrock", model="nova", privacy=Privacy.PRIVATE)
START = {"messageStart": {"role": "assistant"}}
END = {"messageStop": {"stopReason": "end_turn"}}


class Pieces:
    """In the place of a socket's stream."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def stream(self):
        return iter(self._pieces)


def parsed(*pieces: bytes) -> list[dict]:
    return list(EventStream(Pieces(*pieces), SHAPE, EventStreamJSONParser(), "ConverseStream"))


def recorded(name: str) -> bytes:
    return (STREAMS / f"{name}.eventstream").read_bytes()


def replay(*events: dict, **fields) -> list:
    converse = ConverseEvents(HELLO.model_copy(update=fields), TARGET)
    taken = [each for event in events for each in converse.take(event)]
    converse.end()
    return taken


def delta(index: int, **of) -> dict:
    return {"contentBlockDelta": {"contentBlockIndex": index, "delta": of}}


def start(index: int, identity: str, name: str) -> dict:
    use = {"toolUseId": identity, "name": name}
    return {"contentBlockStart": {"contentBlockIndex": index, "start": {"toolUse": use}}}


def stop(index: int) -> dict:
    return {"contentBlockStop": {"contentBlockIndex": index}}


@pytest.mark.parametrize("name", RECORDED)
def test_a_stream_amounts_to_the_answer_of_converse(name):
    reply = json.loads((STREAMS / f"{name}.json").read_text())
    for block in reply["output"]["message"]["content"]:
        if "redactedContent" in block.get("reasoningContent", {}):
            block["reasoningContent"]["redactedContent"] = b"hidden"
    answer = read(reply, HELLO, TARGET)

    collected = collect(replay(*parsed(recorded(name))))

    assert collected.whole
    assert collected.counted == Counted(usage=answer.usage)
    assert collected.answer(answer.usage) == answer


@given(data=st.data(), name=st.sampled_from(RECORDED))
def test_the_cuts_do_not_matter(data, name):
    whole = recorded(name)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=20)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    assert replay(*parsed(*pieces)) == replay(*parsed(whole))


def test_calls_are_numbered_from_0_and_get_their_own_names_back():
    tools = Tool(name="find"), Tool(name="my.tool")
    calls = start(1, "a", "find"), delta(1, toolUse={"input": '{"x"'}), start(3, "b", tool_name("my.tool"))
    more = delta(1, toolUse={"input": ": 1}"}), stop(1), stop(3)

    assert replay(START, *calls, *more, {"messageStop": {"stopReason": "tool_use"}}, tools=tools) == [
        Started(model="nova"),
        ToolCallStarted(index=0, id="a", name="find"),
        ToolCallDelta(index=0, arguments='{"x"'),
        ToolCallStarted(index=1, id="b", name="my.tool"),
        ToolCallDelta(index=0, arguments=": 1}"),
        ToolCallDelta(index=1, arguments="{}"),
        Stopped(reason=StopReason.TOOL_CALLS),
    ]


def test_who_wants_one_call_at_a_time_gets_one():
    events = replay(*parsed(recorded("tools")), parallel_tool_calls=False)

    assert [each.name for each in events if isinstance(each, ToolCallStarted)] == ["find"]
    assert {each.index for each in events if isinstance(each, ToolCallDelta)} == {0}


@pytest.mark.parametrize("pieces", [[], [""], ["", ""]])
def test_no_arguments_are_an_empty_object(pieces):
    deltas = [delta(0, toolUse={"input": piece}) for piece in pieces]

    assert ToolCallDelta(index=0, arguments="{}") in replay(START, start(0, "a", "f"), *deltas, stop(0), END)


def test_thoughts_are_sealed_at_their_end():
    assert replay(*parsed(recorded("thinking")))[1:5] == [
        ReasoningDelta(text="Two and"),
        ReasoningDelta(text=" two."),
        ReasoningSeal(signature="EqoBCkgIARABGAIiQL8="),
        ReasoningSeal(redacted="aGlkZGVu"),
    ]


def test_a_seal_in_pieces_is_one():
    pieces = delta(0, reasoningContent={"signature": "Eq"}), delta(0, reasoningContent={"signature": "oB"})

    assert ReasoningSeal(signature="EqoB") in replay(START, *pieces, END)


def test_halves_of_a_character_meet_again():
    events = replay(START, delta(0, text="a\ud83d"), delta(0, text="\ude00"), delta(0, text="\ud83d"), stop(0), END)

    assert [each.text for each in events if isinstance(each, TextDelta)] == ["a", "\U0001f600", "\ufffd"]


def test_events_of_an_unknown_kind_are_ignored():
    assert replay(START, {"somethingNew": {"a": 1}}, delta(0, somethingNew={"a": 1}), END) == [
        Started(model="nova"),
        Stopped(reason=StopReason.END),
    ]


def test_a_stream_is_whole_without_its_usage():
    assert replay(*parsed(recorded("text")))[:-1] == replay(*parsed(recorded("text"))[:-1])


@pytest.mark.parametrize(("events", "kind"), [([], ProviderReplyError), ([START], ProviderUnavailableError)])
def test_half_an_answer_is_none(events, kind):
    with pytest.raises(kind):
        replay(*events)


@pytest.mark.parametrize("reason", ["malformed_model_output", "malformed_tool_use"])
def test_a_malformed_answer_is_none(reason):
    with pytest.raises(ProviderReplyError, match="malformed"):
        replay(START, {"messageStop": {"stopReason": reason}})


@pytest.mark.parametrize(
    "event",
    [
        delta(0, text=7),
        delta(0, reasoningContent={"text": 7}),
        {"contentBlockStart": {"contentBlockIndex": 0, "start": {"toolUse": {"name": "canary"}}}},
        {"messageStop": {"stopReason": ["canary"]}},
        {"metadata": {"usage": {"inputTokens": "canary", "outputTokens": 1}}},
        {"metadata": {"usage": {"inputTokens": -1, "outputTokens": 1}}},
        {"metadata": {"usage": {}}},
    ],
)
def test_wrong_shapes_are_refused_without_quoting_them(event):
    with pytest.raises(ProviderReplyError) as error:
        replay(START, event)
    assert "canary" not in str(error.value)
    assert error.value.__suppress_context__
