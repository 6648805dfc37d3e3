"""providers/anthropic/events: recorded streams, and what servers do that they should not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.conversation import ChatRequest, Role, StopReason, Text, Tool, Turn
from sallyport.errors import (
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderUnavailableError,
)
from sallyport.providers.anthropic.events import MessageEvents
from sallyport.providers.anthropic.read import read
from sallyport.providers.names import tool_name
from sallyport.providers.sse import EventParser
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

STREAMS = Path(__file__).parents[3] / "data/providers/anthropic"
RECORDED = sorted(path.stem for path in STREAMS.glob("*.sse"))
HELLO = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="hello"),)),))
TARGET = Target(provider="anthropic", model="model-1", privacy=Privacy.PRIVATE)
START = {"type": "message_start", "message": {"model": "claude", "usage": {"input_tokens": 5, "output_tokens": 1}}}
END = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}
OVER = {"type": "message_stop"}
SIGNATURE = "EqoBCkgIARABGAIiQL8gfhbT0BYy5wQ0rbBXWz6TzfnLL1ZcM9oC"


def replay(*pieces: bytes) -> list:
    """The events of a stream that came in these pieces."""
    parser, events, taken = EventParser(), MessageEvents(HELLO, TARGET), []
    sent = [each for piece in pieces for each in parser.feed(piece)]
    for each in [*sent, *parser.end()]:
        taken += events.take(each.data)
    return [*taken, *events.end()]


def said(*events: dict, **fields) -> list:
    taken = MessageEvents(HELLO.model_copy(update=fields), TARGET)
    out = [each for event in events for each in taken.take(json.dumps(event))]
    return [*out, *taken.end()]


def opened(index: int, kind: str, **fields) -> dict:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, **fields}}


def delta(index: int, kind: str, **fields) -> dict:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def closed(index: int) -> dict:
    return {"type": "content_block_stop", "index": index}


def words(index: int, text: str) -> dict:
    return delta(index, "text_delta", text=text)


def written(index: int, piece: str) -> dict:
    return delta(index, "input_json_delta", partial_json=piece)


@pytest.mark.parametrize("name", RECORDED)
def test_a_stream_amounts_to_the_answer_of_chat(name):
    answer = read((STREAMS / f"{name}.json").read_bytes(), HELLO, TARGET)

    collected = collect(replay((STREAMS / f"{name}.sse").read_bytes()))

    assert collected.whole
    assert collected.counted == Counted(usage=answer.usage)
    assert collected.answer(answer.usage) == answer


@given(data=st.data(), name=st.sampled_from(RECORDED))
def test_the_cuts_do_not_matter(data, name):
    recorded = (STREAMS / f"{name}.sse").read_bytes()
    pieces = data.draw(cut(recorded))

    assert replay(*pieces) == replay(recorded)


def test_the_order_of_events():
    events = replay((STREAMS / "thinking.sse").read_bytes())

    assert events[:4] == [
        Started(model="claude-sonnet-4-5-20250929"),
        ReasoningDelta(text="Two and"),
        ReasoningDelta(text=" two."),
        ReasoningSeal(signature=SIGNATURE),
    ]
    assert [type(event) for event in events[4:]] == [ReasoningSeal, TextDelta, Stopped, Counted]


def test_an_event_gives_its_own_at_once():
    events = MessageEvents(HELLO, TARGET)

    assert list(events.take(json.dumps(START))) == [Started(model="claude")]
    assert list(events.take(json.dumps(opened(0, "text", text="")))) == []
    assert list(events.take(json.dumps(words(0, "a")))) == [TextDelta(text="a")]
    assert not events.whole


def test_calls_are_numbered_from_0_and_get_their_own_names_back():
    calls = (
        opened(1, "tool_use", id="a", name="find", input={}),
        opened(3, "tool_use", id="b", name=tool_name("my.tool")),
    )
    pieces = written(1, '{"x"'), written(3, ""), written(1, ": 1}"), closed(1), closed(3)

    assert said(START, *calls, *pieces, END, tools=(Tool(name="find"), Tool(name="my.tool")))[:-2] == [
        Started(model="claude"),
        ToolCallStarted(index=0, id="a", name="find"),
        ToolCallStarted(index=1, id="b", name="my.tool"),
        ToolCallDelta(index=0, arguments='{"x"'),
        ToolCallDelta(index=0, arguments=": 1}"),
        ToolCallDelta(index=1, arguments="{}"),
    ]


@pytest.mark.parametrize("pieces", [[], [""], ["", ""]])
@pytest.mark.parametrize("end", [[closed(0)], []], ids=["closed", "left open"])
def test_no_arguments_are_an_empty_object(pieces, end):
    call = opened(0, "tool_use", id="a", name="f", input={})
    sent = [written(0, piece) for piece in pieces]

    assert ToolCallDelta(index=0, arguments="{}") in said(START, call, *sent, *end, END)


def test_what_a_block_begins_with_counts():
    blocks = [
        opened(0, "thinking", thinking="hm", signature="sig"),
        closed(0),
        opened(1, "text", text="a"),
        closed(1),
        opened(2, "tool_use", id="t", name="f", input={"a": 1}),
        closed(2),
    ]
    assert said(START, *blocks, END)[1:-2] == [
        ReasoningDelta(text="hm"),
        ReasoningSeal(signature="sig"),
        TextDelta(text="a"),
        ToolCallStarted(index=0, id="t", name="f"),
        ToolCallDelta(index=0, arguments='{"a": 1}'),
    ]


def test_a_signature_in_pieces_is_one():
    pieces = [delta(0, "signature_delta", signature=each) for each in ("Eq", "oB")]
    assert ReasoningSeal(signature="EqoB") in said(START, opened(0, "thinking"), *pieces, closed(0), END)


def test_halves_of_a_character_meet_again():
    pieces = [words(0, each) for each in ("a\ud83d", "\ude00", "\ud83d")]
    events = said(START, opened(0, "text"), *pieces, closed(0), END)

    assert [each.text for each in events if isinstance(each, TextDelta)] == ["a", "\U0001f600", "\ufffd"]


def test_pings_and_what_nobody_knows_are_passed_over():
    new = {"type": "something_new", "a": 1}, delta(0, "citations_delta", citation={}), opened(1, "server_tool_use")
    assert said({"type": "ping"}, START, opened(0, "text"), *new, END, OVER)[:-1] == [
        Started(model="claude"),
        Stopped(reason=StopReason.END),
    ]


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ({"input_tokens": 5, "output_tokens": 1}, {"output_tokens": 7}, (5, 7, 0)),
        ({"input_tokens": 5, "output_tokens": 1}, {"input_tokens": 6, "output_tokens": 7}, (6, 7, 0)),
        ({"input_tokens": 0}, {"input_tokens": 6, "cache_read_input_tokens": 4, "output_tokens": 7}, (10, 7, 4)),
        ({"input_tokens": 5, "cache_read_input_tokens": 4}, {"input_tokens": None, "output_tokens": 7}, (9, 7, 4)),
        (None, {"input_tokens": 6, "output_tokens": 7}, (6, 7, 0)),
        (None, {"output_tokens": 7}, None),
        (None, None, None),
    ],
)
def test_the_last_count_is_right(start, end, counted):
    events = said({"type": "message_start", "message": {"usage": start}}, END | {"usage": end}, OVER)

    assert events[0] == Started(model="model-1")
    if counted is None:
        assert events[-1] == Stopped(reason=StopReason.END)
        return
    given, made, cached = counted
    assert events[-1] == Counted(usage=Usage(input_tokens=given, output_tokens=made, cached_input_tokens=cached))


def test_the_stop_sequence_that_was_met_is_told():
    stop = {"type": "message_delta", "delta": {"stop_reason": "stop_sequence", "stop_sequence": "END"}}
    assert said(START, stop)[-2] == Stopped(reason=StopReason.STOP_SEQUENCE, stop_sequence="END")


@pytest.mark.parametrize("last", [[], [OVER]], ids=["without a word", "with one"])
def test_who_says_why_it_ends_has_ended(last):
    assert said(START, opened(0, "text"), words(0, "a"), END, *last)[-2] == Stopped(reason=StopReason.END)


@pytest.mark.parametrize(
    "events",
    [
        [START],
        [START, opened(0, "text"), words(0, "canary")],
        [START, opened(0, "text"), words(0, "canary"), closed(0), OVER],
        [START, END | {"delta": {"stop_reason": None}}],
    ],
)
def test_half_an_answer_is_a_broken_one(events):
    with pytest.raises(ProviderUnavailableError) as error:
        said(*events)
    assert "canary" not in str(error.value)


@pytest.mark.parametrize("stream", [b"", b"<html>canary</html>", b": canary\n\n", b'data: {"type": "ping"}\n\n'])
def test_a_stream_without_a_message_is_no_answer(stream):
    with pytest.raises(ProviderReplyError) as error:
        replay(stream)
    assert "canary" not in str(error.value)


@pytest.mark.parametrize(
    "event",
    [
        "canary", "", "{", "null", "[]", '"canary"', "7", "[" * 100_000, "{}", '{"type": 7}', "[DONE]",
        json.dumps(START),
        json.dumps(opened(0, "tool_use", name="canary")),
        json.dumps(opened(0, "tool_use", id=7, name="canary")),
        json.dumps(opened(0, "tool_use", id="a", name="")),
        json.dumps(opened(0, "tool_use", id="a", name="f", input="canary")),
        json.dumps(opened(0, "redacted_thinking", data=7)),
        json.dumps(opened("canary", "text")),
        json.dumps(words(7, "canary")),
        json.dumps(words([], "canary")),
        json.dumps(delta(0, "text_delta", text=7)),
        json.dumps(delta(0, "thinking_delta", canary=7)),
        json.dumps(delta(0, "signature_delta", signature=7)),
        '{"type": "content_block_start", "index": 0}',
        '{"type": "message_delta", "delta": {"stop_reason": ["canary"]}}',
        '{"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": 7}}',
        '{"type": "message_delta", "delta": {}, "usage": "canary"}',
        '{"type": "message_delta", "delta": {}, "usage": {"output_tokens": -1}}',
        '{"type": "message_delta", "delta": {}, "usage": {"output_tokens": 2147483648}}',
        '{"type": "message_delta"}',
    ],
)  # fmt: skip
def test_refuses_what_is_no_event_without_quoting_it(event):
    events = MessageEvents(HELLO, TARGET)
    for each in (START, opened(0, "text")):
        list(events.take(json.dumps(each)))

    with pytest.raises(ProviderReplyError) as error:
        list(events.take(event))

    assert "canary" not in str(error.value)
    assert error.value.__suppress_context__


@pytest.mark.parametrize("event", [opened(0, "text"), END, OVER])
def test_nothing_comes_before_the_start(event):
    with pytest.raises(ProviderReplyError):
        said(event)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "overloaded_error", "message": "canary"}, ProviderUnavailableError),
        ({"type": "rate_limit_error", "message": "canary"}, ProviderThrottledError),
        ({"type": "invalid_request_error", "message": "canary"}, ProviderRejectedError),
    ],
)
@pytest.mark.parametrize("before", [[], [START]], ids=["first", "later"])
def test_error_events_are_errors_of_their_kind(error, kind, before):
    with pytest.raises(kind) as raised:
        said(*before, {"type": "error", "error": error})
    assert "canary" not in str(raised.value)
