"""dialects/openai_responses/stream: whatever a provider mixes, the SDK's helper accumulates what was said."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.attempts import Unmet, Usage
from sallyport.conversation import ChatAnswer, Choice, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.dialects.openai_responses.parse import parse
from sallyport.dialects.openai_responses.render import render
from sallyport.dialects.openai_responses.sealing import unwrap, wrap
from sallyport.dialects.openai_responses.stream import KEEP_ALIVE, EventWriter
from sallyport.errors import ProviderThrottledError, ProviderTimeoutError
from sallyport.stream import (
    Counted,
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
    collect,
    replay,
)
from tests.unit.dialects.openai_responses.shapes import events_of, final, response_of

USAGE = Usage(input_tokens=10, output_tokens=4, cached_input_tokens=3, reasoning_tokens=1)
ACCOUNT = {"cost_usd": 0.1, "warnings": []}
ECHO = parse(b'{"model": "demo", "input": "hi", "instructions": "Be kind."}').echo


def writer(**options) -> EventWriter:
    return EventWriter(stem="req_1", created=7, model="demo", echo=ECHO, **options)


def sent(*events, stop=StopReason.END) -> bytes:
    writing = writer()
    body = [writing.write(each) for each in (Started("m"), *events, Stopped(stop), Counted(USAGE))]
    return b"".join(body) + writing.end(USAGE, ACCOUNT)


def kinds(sent):
    return [event.type.removeprefix("response.") for event in events_of(sent)]


def response(*events, **options):
    return final(events_of(sent(*events, **options)))


def output(*events, **options):
    return [item.model_dump(exclude_none=True, exclude={"id"}) for item in response(*events, **options).output]


def text(words, status="completed"):
    part = {"type": "output_text", "text": words, "annotations": [], "logprobs": []}
    return {"type": "message", "role": "assistant", "status": status, "content": [part]}


def use(id, arguments, status="completed"):
    return {"type": "function_call", "status": status, "call_id": id, "name": "n", "arguments": arguments}


def thought(words, sealed=None):
    summary = [{"type": "summary_text", "text": words}] if words else []
    return {"type": "reasoning", "summary": summary} | ({"encrypted_content": sealed} if sealed else {})


def call(index):
    return ToolCallStarted(index, f"c{index}", "n")


def test_a_piece_as_it_is_sent():
    writing = writer()
    writing.write(TextDelta("H"))
    assert writing.write(TextDelta('"é\ud83d')).decode() == (
        "event: response.output_text.delta\n"
        'data: {"type":"response.output_text.delta","item_id":"msg_req_1_0","output_index":0,"content_index":0,'
        '"logprobs":[],"delta":"\\"\\u00e9\\ud83d","sequence_number":5}\n\n'
    )


def test_a_call_that_is_done_has_its_name_for_older_clients():
    [done] = [event for event in events_of(sent(call(0))) if event.type.endswith("arguments.done")]
    assert done.model_extra == {"name": "n"}


def test_the_order_of_events():
    assert kinds(sent(ReasoningDelta("hm"), ReasoningSeal("s"), TextDelta("a"), call(0), ToolCallDelta(0, "{}"))) == [
        "created", "in_progress",
        "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta",
        "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done",
        "output_item.added", "content_part.added", "output_text.delta", "output_text.done", "content_part.done",
        "output_item.done",
        "output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
        "completed",
    ]  # fmt: skip
    assert kinds(sent(RefusalDelta("no")))[3:7] == [
        "content_part.added", "refusal.delta", "refusal.done", "content_part.done",
    ]  # fmt: skip


def test_the_end_has_the_usage_and_our_account():
    read = response(TextDelta("Hi"), stop=StopReason.LENGTH)

    assert (read.status, read.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert (read.id, read.created_at, read.model, read.instructions) == ("resp_req_1", 7, "m", "Be kind.")
    assert (read.usage.input_tokens, read.usage.input_tokens_details.cached_tokens) == (10, 3)
    assert read.model_extra == {"sallyport": ACCOUNT, "store": False}


def test_what_nobody_can_honour_is_in_our_account():
    writing = writer(unmet=(Unmet(field="store", reason="n"),))
    read = final(events_of(writing.write(TextDelta("a")) + writing.end(USAGE, ACCOUNT)))
    assert read.model_extra["sallyport"]["warnings"] == [{"field": "store", "reason": "n"}]


def test_nothing_is_sent_before_something_is_said():
    """So long another target may be asked."""
    writing = writer()
    assert writing.write(Started("m")) == writing.write(TextDelta("")) == writing.write(ReasoningDelta("")) == b""
    assert writing.write(ReasoningSeal()) == b""
    assert kinds(writing.write(TextDelta("a")))[:2] == ["created", "in_progress"]


def test_nothing_ends_before_the_usage_is_known():
    writing = writer()
    begun = writing.write(TextDelta("a")) + writing.write(Stopped(StopReason.END))
    assert kinds(begun)[-1] == "output_item.done"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], []),
        ([TextDelta("")], []),
        ([TextDelta("a"), TextDelta("b")], [text("ab")]),
        ([TextDelta("é😀\n")], [text("é😀\n")]),
        ([ReasoningDelta("h"), ReasoningDelta("m"), ReasoningSeal("s"), TextDelta("a")],
         [thought("hm", wrap("s", None)), text("a")]),
        ([ReasoningDelta("hm"), TextDelta("a")], [thought("hm"), text("a")]),
        ([ReasoningDelta("a"), ReasoningSeal(), ReasoningDelta("b"), ReasoningSeal("s")],
         [thought("a"), thought("b", wrap("s", None))]),
        ([ReasoningSeal("s")], [thought("", wrap("s", None))]),
        ([ReasoningSeal(redacted="aGk="), ReasoningSeal(redacted="aGkh")],
         [thought("", wrap(None, "aGk=")), thought("", wrap(None, "aGkh"))]),
        ([call(0)], [use("c0", "{}")]),
        ([call(0), ToolCallDelta(0, ""), ToolCallDelta(0, " ")], [use("c0", " {}")]),
        ([TextDelta("a"), call(0), ToolCallDelta(0, '{"a"'), ToolCallDelta(0, ":1}"), TextDelta("b")],
         [text("a"), use("c0", '{"a":1}'), text("b")]),
        # Two at once, as some servers send them.
        ([call(0), call(1), ToolCallDelta(0, '{"a":'), ToolCallDelta(1, "{}"), TextDelta("b"), ToolCallDelta(0, "1}")],
         [use("c0", '{"a":1}'), use("c1", "{}"), text("b")]),
        # There is room for one choice.
        ([TextDelta("a"), TextDelta("b", 1), RefusalDelta("b", 1), ReasoningDelta("b", 1), ReasoningSeal("s", None, 1),
          ToolCallStarted(0, "c", "n", 1), ToolCallDelta(0, "b", 1), Stopped(StopReason.LENGTH, 1)], [text("a")]),
    ],
)  # fmt: skip
def test_items(events, expected):
    assert output(*events) == expected


def test_what_was_cut_is_the_last_item_alone():
    cut = output(call(0), ToolCallDelta(0, "{"), TextDelta("a"), stop=StopReason.LENGTH)
    assert cut == [use("c0", "{"), text("a", "incomplete")]


def test_a_call_is_done_when_the_next_begins():
    writing = writer()
    for event in (call(0), ToolCallDelta(0, '{"a":{}}')):
        writing.write(event)
    numbered = writing.write(call(1)).decode()

    assert numbered.index("output_item.done") < numbered.index("output_item.added")
    assert writing.write(ToolCallDelta(0, "\n")) == b""


@pytest.mark.parametrize(
    ("error", "code"),
    [(ProviderTimeoutError("Too long."), "server_error"), (ProviderThrottledError("Slow."), "rate_limit_exceeded")],
)
def test_a_failure_in_mid_stream_is_an_event_and_a_state(error, code):
    writing = writer()
    begun = b"".join(map(writing.write, (Started("m"), ReasoningDelta("hm"), TextDelta("a"), call(0))))
    *_, event, last = events = events_of(begun + writing.failed(error, "req_1"))

    assert (event.type, event.message) == ("error", error.message)
    assert event.code
    assert (last.type, last.response.error.code, last.response.error.message) == (
        "response.failed",
        code,
        error.message,
    )
    assert [getattr(item, "status", None) for item in final(events).output] == [None, "completed", "incomplete"]


def test_a_failure_before_anything_was_said_is_a_stream_all_the_same():
    [*begun, _, last] = events_of(writer().failed(ProviderTimeoutError("Too long."), "req_1"))
    assert [event.type for event in begun] == ["response.created", "response.in_progress"]
    assert (last.response.model, last.response.output) == ("demo", [])


def test_silence_is_filled_with_a_comment():
    assert KEEP_ALIVE == b": keep-alive\n\n"


ARGUMENTS = st.dictionaries(st.text('ab{}"\\ ü', max_size=4), st.text('ab{}"\\ ü', max_size=4), max_size=3)
BLOCKS = st.lists(
    st.builds(Text, text=st.text(max_size=3))
    | st.builds(Refusal, text=st.text(max_size=3))
    | st.builds(Reasoning, text=st.text(max_size=3), signature=st.none() | st.just("s"))
    | st.builds(Reasoning, redacted=st.just("aGk="))
    | st.builds(ToolCall, id=st.just("c"), name=st.just("n"), arguments=ARGUMENTS.map(json.dumps) | st.just("")),
    max_size=6,
)


@given(BLOCKS, st.sampled_from(StopReason))
def test_a_whole_answer_says_the_same_as_its_stream(blocks, stop):
    numbered = (
        each.model_copy(update={"id": f"c{number}"}) if isinstance(each, ToolCall) else each
        for number, each in enumerate(blocks)
    )
    answer = ChatAnswer(model="m", choices=(Choice(blocks=tuple(numbered), stop_reason=stop),), usage=USAGE)
    whole = render(answer, stem="req_1", created=7, model="m", echo=ECHO, sallyport=ACCOUNT)
    writing = writer()
    streamed = b"".join(map(writing.write, replay(answer))) + writing.end(USAGE, ACCOUNT)

    assert final(events_of(streamed)) == response_of(whole)


@st.composite
def mixed(draw):
    """What is said block by block, and the arguments of tools, mixed as a provider may: each in its own order."""
    said = st.sampled_from(
        [TextDelta("x"), TextDelta("y "), RefusalDelta("no"), ReasoningDelta("z"), ReasoningSeal("s"), ReasoningSeal()]
    )
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
        event = draw(st.sampled_from(open_)).pop(0)
        started += isinstance(event, ToolCallStarted)
        events.append(event)
    return events, inputs


@given(mixed())
@settings(max_examples=300)
def test_any_mixture_is_in_order_and_loses_nothing(mixture):
    events, inputs = mixture
    read = response(*events)
    items = read.output
    whole = collect([Started("m"), *events, Stopped(StopReason.END)]).answer(USAGE)
    rendered = response_of(render(whole, stem="req_1", created=7, model="m", echo=ECHO, sallyport=ACCOUNT))

    assert read.output_text == rendered.output_text
    assert [each.arguments.strip() for each in items if each.type == "function_call"] == [
        each.arguments.strip() for each in rendered.output if each.type == "function_call"
    ]

    assert [json.loads(each.arguments) for each in items if each.type == "function_call"] == inputs
    parts = [part for each in items if each.type == "message" for part in each.content]
    thoughts = [each for each in items if each.type == "reasoning"]
    assert "".join(getattr(each, "text", "") for each in parts) == _all(events, TextDelta)
    assert "".join(getattr(each, "refusal", "") for each in parts) == _all(events, RefusalDelta)
    assert "".join(part.text for each in thoughts for part in each.summary) == _all(events, ReasoningDelta)
    sealed = [unwrap(each.encrypted_content, "") for each in thoughts if each.encrypted_content]
    assert sealed == [{"signature": "s"}] * events.count(ReasoningSeal("s"))


def _all(events, kind):
    return "".join(event.text for event in events if isinstance(event, kind))
