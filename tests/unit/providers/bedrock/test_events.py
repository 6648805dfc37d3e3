"""providers/bedrock/events: recorded event streams, byte-true through botocore's own parser."""

import json
from pathlib import Path

import botocore.session
import pytest
from botocore.eventstream import EventStream
from botocore.parsers import EventStreamJSONParser
from hypothesis import given
from hypothesis import strategies as st

from sallyport.conversation import ChatRequest, ResponseFormat, Role, StopReason, Text, Tool, Turn
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
from tests.unit.cutting import cut

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


def replay(*events: dict, target: Target = TARGET, **fields) -> list:
    converse = ConverseEvents(HELLO.model_copy(update=fields), target)
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
    pieces = data.draw(cut(whole))

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


THING = ResponseFormat(type="json_schema", name="thing", json_schema={"type": "object", "properties": {"a": {}}})
LITE = TARGET.model_copy(update={"model": "us.amazon.nova-lite-v1:0"})
CALLED = {"messageStop": {"stopReason": "tool_use"}}


def formed(*events: dict, **fields) -> list:
    """The events after the first where a tool is there for the answer."""
    asked = {"response_format": THING, "tools": (Tool(name="find"),)} | fields
    return replay(START, *events, target=LITE, **asked)[1:]


def inputs(index: int, *pieces: str) -> list[dict]:
    return [delta(index, toolUse={"input": piece}) for piece in pieces]


def test_what_is_given_to_the_answers_tool_flows_as_the_answer():
    first = start(1, "a", "thing"), *inputs(1, '{"a"', ": 1}"), stop(1)
    second = start(2, "b", "thing"), *inputs(2, "{}"), stop(2)

    assert formed(delta(0, text="Here:"), stop(0), *first, *second, CALLED) == [
        TextDelta(text='{"a"'), TextDelta(text=": 1}"), Stopped(reason=StopReason.END),
    ]  # fmt: skip


def test_an_answer_of_nothing_is_an_empty_object():
    assert formed(start(0, "a", "thing"), stop(0), CALLED)[0] == TextDelta(text="{}")


def test_words_wait_until_it_is_known_that_no_answer_was_given():
    events = formed(
        delta(0, text="No"), delta(0, text="."), stop(0), {"messageStop": {"stopReason": "content_filtered"}}
    )

    assert events == [TextDelta(text="No."), Stopped(reason=StopReason.FILTERED)]


def test_calls_of_the_clients_own_tools_beside_an_answer_are_numbered_from_0():
    answer = start(0, "a", "thing"), *inputs(0, "{}"), stop(0)
    call = start(1, "b", "find"), *inputs(1, "{}"), stop(1)

    assert formed(*answer, *call, CALLED) == [
        TextDelta(text="{}"),
        ToolCallStarted(index=0, id="b", name="find"),
        ToolCallDelta(index=0, arguments="{}"),
        Stopped(reason=StopReason.TOOL_CALLS),
    ]


def test_an_answer_is_no_call_too_many():
    answer = start(0, "a", "thing"), *inputs(0, "{}"), stop(0)

    assert [type(each) for each in formed(*answer, start(1, "b", "find"), CALLED, parallel_tool_calls=False)] == [
        TextDelta, ToolCallStarted, ToolCallDelta, Stopped,
    ]  # fmt: skip


@pytest.mark.parametrize("told", [{"stop_sequence": "b"}, {"delta": {"stop_sequence": "b"}}])
def test_which_stop_sequence_was_met(told):
    end = {"messageStop": {"stopReason": "stop_sequence", "additionalModelResponseFields": told}}

    assert replay(START, end, stop=("a", "b"))[-1] == Stopped(StopReason.STOP_SEQUENCE, stop_sequence="b")
    assert replay(START, end)[-1].stop_sequence == "b"


@pytest.mark.parametrize(
    ("model", "input_tokens"), [("openai.gpt-oss-20b-1:0", 4995), ("us.amazon.nova-lite-v1:0", 9988)]
)
def test_streams_of_openais_models_count_what_was_cached_already(model, input_tokens):
    usage = {"inputTokens": 4995, "outputTokens": 1, "cacheWriteInputTokens": 4993}
    target = TARGET.model_copy(update={"model": model})

    counted = replay(START, END, {"metadata": {"usage": usage}}, target=target)[-1]

    assert (counted.usage.input_tokens, counted.usage.cache_write_tokens) == (input_tokens, 4993)


def test_an_answer_is_the_same_whole_and_streamed():
    """The recorded call of find, as if that tool were there for the answer, beside one of the client's own."""
    asked = HELLO.model_copy(update={"response_format": THING.model_copy(update={"name": "find"})})
    reply = json.loads((STREAMS / "tools.json").read_text())

    (whole,) = read(reply, asked, LITE).choices
    streamed = replay(*parsed(recorded("tools")), target=LITE, response_format=asked.response_format)
    (choice,) = collect(streamed).answer(read(reply, asked, LITE).usage).choices

    assert choice.stop_reason is whole.stop_reason is StopReason.TOOL_CALLS
    assert choice.blocks[1:] == whole.blocks[1:]
    assert (
        json.loads(choice.blocks[0].text) == json.loads(whole.blocks[0].text) == {"customer": "<PERSON_1>", "größe": 2}
    )
