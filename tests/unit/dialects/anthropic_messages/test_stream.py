"""dialects/anthropic_messages/stream: whatever a provider mixes, events come in the order that the SDK asserts."""

import json
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.conversation import StopReason
from sallyport.dialects.anthropic_messages.stream import KEEP_ALIVE, EventWriter
from sallyport.errors import ProviderTimeoutError
from sallyport.stream import (
    Counted,
    LogProbs,
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)
from tests.unit.dialects.anthropic_messages.shapes import accumulated, events_of

USAGE = Usage(input_tokens=10, output_tokens=4, cached_input_tokens=3, cache_write_tokens=2, reasoning_tokens=1)
ACCOUNT = {"cost_usd": 0.1}


def sent(*events, stop=StopReason.END, ends=True) -> bytes:
    writer = EventWriter(id="msg_1")
    body = [writer.write(each) for each in (Started("m"), *events, Stopped(stop), Counted(USAGE))]
    return b"".join(body) + (writer.end(USAGE, ACCOUNT) if ends else b"")


def message(*events, **options):
    return accumulated(sent(*events, **options))


def contents(*events) -> list[dict]:
    return [each.model_dump(exclude_none=True) for each in message(*events).content]


def text(words):
    return {"type": "text", "text": words}


def use(id, input):
    return {"type": "tool_use", "id": id, "name": "n", "input": input}


def call(index):
    return ToolCallStarted(index, f"c{index}", "n")


def test_how_likely_tokens_were_is_passed_over():
    likely = LogProbs(content=[{"token": "Hi", "logprob": -0.5}])
    events = (TextDelta("Hi"), likely, call(0), ToolCallDelta(0, '{"a":'), likely, ToolCallDelta(0, " 1}"), likely)
    assert sent(*events) == sent(*(event for event in events if event is not likely))


def test_a_stream_as_it_is_sent():
    assert sent(TextDelta("Hi"), ends=False).decode() == (
        "event: message_start\n"
        'data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m",'
        '"content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,'
        '"usage":{"input_tokens":0,"output_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,'
        '"output_tokens_details":{"thinking_tokens":0},"server_tool_use":null}}}\n\n'
        "event: content_block_start\n"
        'data: {"type":"content_block_start","index":0,'
        '"content_block":{"type":"text","text":"","citations":null}}\n\n'
        "event: content_block_delta\n"
        'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}\n\n'
        "event: content_block_stop\n"
        'data: {"type":"content_block_stop","index":0}\n\n'
    )


def test_the_end_has_the_usage_and_our_account():
    ended = sent(TextDelta("Hi"), stop=StopReason.LENGTH)
    read = accumulated(ended)

    assert events_of(ended)[-2].sallyport == ACCOUNT
    assert read.stop_reason == "max_tokens"
    assert (read.usage.input_tokens, read.usage.cache_read_input_tokens, read.usage.output_tokens) == (5, 3, 4)


def test_nothing_ends_before_the_usage_is_known():
    assert [event.type for event in events_of(sent(ends=False))] == ["message_start"]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], []),
        ([TextDelta("")], []),
        ([TextDelta("a"), TextDelta("b")], [text("ab")]),
        ([TextDelta("é😀\n")], [text("é😀\n")]),
        ([ReasoningDelta("hm"), ReasoningSeal("s"), TextDelta("a")],
         [{"type": "thinking", "thinking": "hm", "signature": "s"}, text("a")]),
        ([ReasoningDelta("hm"), TextDelta("a")], [{"type": "thinking", "thinking": "hm", "signature": ""}, text("a")]),
        ([ReasoningDelta("a"), ReasoningSeal(), ReasoningDelta("b"), ReasoningSeal("s")],
         [{"type": "thinking", "thinking": "a", "signature": ""},
          {"type": "thinking", "thinking": "b", "signature": "s"}]),
        ([ReasoningSeal("s")], [{"type": "thinking", "thinking": "", "signature": "s"}]),
        ([ReasoningSeal(redacted="r"), ReasoningSeal(redacted="q")],
         [{"type": "redacted_thinking", "data": "r"}, {"type": "redacted_thinking", "data": "q"}]),
        ([call(0)], [use("c0", {})]),
        ([call(0), ToolCallDelta(0, ""), ToolCallDelta(0, " ")], [use("c0", {})]),
        ([call(0), ToolCallDelta(0, " "), ToolCallDelta(0, '\n{"a": 1}')], [use("c0", {"a": 1})]),
        ([TextDelta("a"), call(0), ToolCallDelta(0, '{"a"'), ToolCallDelta(0, ":1}"), TextDelta("b")],
         [text("a"), use("c0", {"a": 1}), text("b")]),
        # Two at once, as some servers send them.
        ([call(0), call(1), ToolCallDelta(0, '{"a":'), ToolCallDelta(1, "{}"), TextDelta("b"), ToolCallDelta(0, "1}")],
         [use("c0", {"a": 1}), use("c1", {}), text("b")]),
        ([call(0), call(1), ToolCallDelta(1, "{}"), TextDelta("b")], [use("c0", {}), use("c1", {}), text("b")]),
        ([call(0), ToolCallDelta(0, "{}"), call(1), ToolCallDelta(0, "\n"), ToolCallDelta(1, "{}")],
         [use("c0", {}), use("c1", {})]),
        # There is room for one choice.
        ([TextDelta("a"), TextDelta("b", 1), Stopped(StopReason.LENGTH, 1)], [text("a")]),
    ],
)  # fmt: skip
def test_blocks_come_one_after_the_other(events, expected):
    assert contents(*events) == expected


def test_a_call_is_not_kept_waiting_by_one_that_is_whole():
    writer = EventWriter(id="msg_1")
    for event in (Started("m"), call(0), ToolCallDelta(0, '{"a":{}}')):
        writer.write(event)

    assert [each.type for each in events_of(writer.write(call(1)))] == ["content_block_stop", "content_block_start"]
    assert [each.type for each in events_of(writer.write(ToolCallDelta(1, "{")))] == ["content_block_delta"]


def test_a_refusal_in_words_is_one():
    read = message(RefusalDelta("I "), RefusalDelta("won't"))
    assert ([each.text for each in read.content], read.stop_reason) == (["I won't"], "refusal")


def test_the_stop_sequence_that_was_met():
    writer = EventWriter(id="msg_1")
    body = writer.write(Started("m")) + writer.write(Stopped(StopReason.STOP_SEQUENCE, stop_sequence="###"))
    read = accumulated(body + writer.end(USAGE, ACCOUNT))
    assert (read.stop_reason, read.stop_sequence) == ("stop_sequence", "###")


def test_a_failure_in_mid_stream_is_an_event():
    writer = EventWriter(id="msg_1")
    begun = writer.write(Started("m")) + writer.write(TextDelta("a"))
    [*_, error] = events_of(begun + writer.failed(ProviderTimeoutError("Too long."), "req_1"))

    assert (error.type, error.error.type, error.request_id) == ("error", "timeout_error", "req_1")


def test_silence_is_filled_with_what_every_client_passes_over():
    assert [event.type for event in events_of(KEEP_ALIVE)] == ["ping"]


ARGUMENTS = st.dictionaries(st.text('ab{}"\\ ü', max_size=4), st.text('ab{}"\\ ü', max_size=4), max_size=3)


@st.composite
def mixed(draw):
    """What is said block by block, and the arguments of tools, mixed as a provider may: each in its own order."""
    said = st.sampled_from([TextDelta("x"), TextDelta("y "), ReasoningDelta("z"), ReasoningSeal("s"), ReasoningSeal()])
    inputs = draw(st.lists(ARGUMENTS, max_size=4))
    lanes = [draw(st.lists(said, max_size=6))]
    for index, value in enumerate(inputs):
        written = json.dumps(value) if value or draw(st.booleans()) else ""
        cut = sorted(draw(st.lists(st.integers(0, len(written)), max_size=4)))
        parts = [written[a:b] for a, b in zip([0, *cut], [*cut, len(written)], strict=True)]
        lanes.append([call(index), *(ToolCallDelta(index, part) for part in parts)])
    events, started = [], 0
    while any(lanes):
        # Calls are numbered in the order in which they start.
        open_ = [lane for number, lane in enumerate(lanes) if lane and number <= started + 1]
        lane = draw(st.sampled_from(open_))
        event = lane.pop(0)
        started += isinstance(event, ToolCallStarted)
        events.append(event)
    return events, inputs


@given(mixed())
@settings(max_examples=300)
def test_any_mixture_is_in_order_and_loses_nothing(mixture):
    events, inputs = mixture
    read = message(*events)

    assert [each.input for each in read.content if each.type == "tool_use"] == inputs
    for kind, delta in (("text", TextDelta), ("thinking", ReasoningDelta)):
        said = "".join(event.text for event in events if isinstance(event, delta))
        assert "".join(getattr(each, kind) for each in read.content if each.type == kind) == said
    signed = [each.signature for each in read.content if each.type == "thinking" and each.signature]
    assert len(signed) == sum(event == ReasoningSeal("s") for event in events)
    runs = [kind for kind, _ in groupby(each.type for each in read.content)]
    assert runs.count("text") == sum(each.type == "text" for each in read.content)
