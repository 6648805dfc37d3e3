"""sallyport.edge.restoring: what is restored as it flows is what is restored whole."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.conversation import (
    ChatAnswer,
    ChatRequest,
    Choice,
    Reasoning,
    Refusal,
    ResponseFormat,
    StopReason,
    Text,
    ToolCall,
)
from sallyport.edge.restoring import EventRestorer, restored
from sallyport.seals import holds, opened
from sallyport.stream import (
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
    collect,
)

QUOTED = 'a "quoted"\nvalue'
MAPPING = {"<EMAIL_1>": "ann@example.com", "<EMAIL_12>": QUOTED, "<CREDIT_CARD_1>": "4111"}
USAGE = Usage(input_tokens=1, output_tokens=1)
PLAIN = ChatRequest(turns=())
IN_JSON = ChatRequest(turns=(), response_format=ResponseFormat(type="json_object"))

fragments = st.sampled_from(
    ["<EMAIL_1>", "<EMAIL_12>", "<EMAIL_", "<", "EMAIL_1", "\\<EMAIL\\_1\\>", "&lt;email_1&gt;", "[Email 1]", "1", ">",
     "<CREDIT_CARD_1>", "{credit card 1}", " ", "a", "\\u003cEMAIL_1\\u003e", "<PERSON_3>", '"', "\n"]
)  # fmt: skip
hostile = st.text('<>[]{}\\&;ltgu03ceEMAIL_12 -"\n', max_size=8)
texts = st.lists(fragments | hostile, max_size=12).map("".join)


def test_the_stop_sequence_that_was_met_is_the_one_that_the_client_sent():
    choice = Choice(blocks=(), stop_reason=StopReason.STOP_SEQUENCE, stop_sequence="<EMAIL_1>")
    answer = ChatAnswer(model="m", choices=(choice,), usage=USAGE)
    assert restored(answer, MAPPING, PLAIN).choices[0].stop_sequence == "ann@example.com"
    [stopped] = flowed([Stopped(StopReason.STOP_SEQUENCE, 0, "<EMAIL_1>")])
    assert stopped.stop_sequence == "ann@example.com"


def flowed(events, request=PLAIN, mapping=MAPPING):
    restorer = EventRestorer(mapping, structured=request is IN_JSON)
    return [out for event in events for out in restorer.take(event)]


def cut(text, at):
    places = sorted({0, len(text), *(place % (len(text) + 1) for place in at)})
    return [text[start:end] for start, end in pairwise(places)]


@given(texts, texts, texts, texts, st.lists(st.integers(0, 400), max_size=20), st.sampled_from([PLAIN, IN_JSON]))
def test_any_chunking_gives_what_the_whole_answer_gives(thought, text, refusal, arguments, at, request):
    events = [
        Started("m"),
        *(ReasoningDelta(each) for each in cut(thought, at)),
        ReasoningSeal("signature"),
        *(TextDelta(each) for each in cut(text, at)),
        *(RefusalDelta(each) for each in cut(refusal, at)),
        ToolCallStarted(0, "c", "look"),
        *(ToolCallDelta(0, each) for each in cut(arguments, at)),
        Stopped(StopReason.TOOL_CALLS),
    ]
    words = (*((Text(text=text),) if text else ()), *((Refusal(text=refusal),) if refusal else ()))
    blocks = (
        Reasoning(text=thought, signature="signature"),
        *words,
        ToolCall(id="c", name="look", arguments=arguments),
    )
    whole = ChatAnswer(model="m", choices=(Choice(blocks=blocks, stop_reason=StopReason.TOOL_CALLS),), usage=USAGE)
    assert collect(flowed(events, request)).answer(USAGE) == restored(whole, MAPPING, request)


@given(texts, st.lists(st.integers(0, 400), max_size=20))
def test_interleaved_choices_and_calls_do_not_mix(text, at):
    pieces = cut(text, at)
    events = [Started("m"), *(ToolCallStarted(index, "c", "t") for index in range(2))]
    for piece in pieces:
        events += [TextDelta(piece, 1), ToolCallDelta(0, piece), ToolCallDelta(1, piece)]
    events += [Stopped(StopReason.END, 0), Stopped(StopReason.END, 1)]
    one, other = collect(flowed(events)).answer(USAGE).choices
    alone = collect(flowed([Started("m"), TextDelta(text, 1), Stopped(StopReason.END, 1)])).answer(USAGE).choices
    assert one.blocks[0].arguments == one.blocks[1].arguments
    assert "".join(each.text for each in other.blocks) == "".join(each.text for each in alone[-1].blocks)


@st.composite
def shuffled(draw):
    """What two choices say, and pieces of both in any order that keeps each of them in its own."""
    said = draw(texts), draw(texts)
    left = [[TextDelta(piece, choice) for piece in cut(text, draw(st.lists(st.integers(0, 400), max_size=9)))]
            for choice, text in enumerate(said)]  # fmt: skip
    events = []
    while any(left):
        events.append(draw(st.sampled_from([each for each in left if each])).pop(0))
    return said, [*events, *(Stopped(StopReason.END, choice) for choice in range(2))]


@given(shuffled(), st.sampled_from([PLAIN, IN_JSON]))
def test_each_of_several_choices_gives_what_it_gives_alone(drawn, request):
    said, events = drawn
    whole = ChatAnswer(
        model="m",
        choices=tuple(Choice(blocks=(Text(text=text),) if text else (), stop_reason=StopReason.END) for text in said),
        usage=USAGE,
    )
    assert collect([Started("m"), *flowed(events, request)]).answer(USAGE) == restored(whole, MAPPING, request)


def test_nothing_is_held_back_that_cannot_become_a_placeholder():
    assert flowed([TextDelta("Hello, "), TextDelta("world")]) == [TextDelta("Hello, "), TextDelta("world")]


@pytest.mark.parametrize(
    "ending",
    [Stopped(StopReason.END), ToolCallStarted(0, "c", "t"), ReasoningSeal("sig")],
    ids=lambda each: type(each).__name__,
)
def test_what_is_held_back_comes_before_what_ends_it(ending):
    assert flowed([TextDelta("a <EMA"), ending]) == [TextDelta("a "), TextDelta("<EMA"), ending]


@pytest.mark.parametrize("kind", [TextDelta, ReasoningDelta, RefusalDelta])
def test_every_kind_of_words_is_restored(kind):
    assert flowed([kind("<EMAIL"), kind("_1>"), Stopped(StopReason.END)])[0] == kind("ann@example.com")


def test_a_thought_that_was_restored_says_what_was_signed():
    *_, told, seal, _ = flowed(
        [ReasoningDelta("<EMAIL"), ReasoningDelta("_1>"), ReasoningSeal("sig"), Stopped(StopReason.END)]
    )
    digest, signature = opened(seal.signature)
    assert (told, signature) == (ReasoningDelta("ann@example.com"), "sig")
    assert holds(digest, "<EMAIL_1>")


@pytest.mark.parametrize("seal", [ReasoningSeal("sig"), ReasoningSeal(redacted="abc"), ReasoningSeal("sig", "abc", 1)])
def test_a_thought_that_was_not_restored_keeps_its_seal(seal):
    before = [ReasoningDelta("<EMAIL_1>"), ReasoningSeal("first"), ReasoningDelta("a <EMAI"), ReasoningDelta("L>")]
    assert flowed([*before, seal, Stopped(StopReason.END)])[-2] == seal


def test_words_of_another_kind_end_those_before():
    assert flowed([ReasoningDelta("<EMA"), TextDelta("Hi")]) == [ReasoningDelta("<EMA"), TextDelta("Hi")]


def test_a_call_that_is_interrupted_by_another_is_restored_all_the_same():
    events = [
        ToolCallDelta(0, '{"to": "<EMAIL'),
        ToolCallDelta(1, "{}"),
        ToolCallDelta(0, '_12>"}'),
        Stopped(StopReason.TOOL_CALLS),
    ]
    out = flowed(events)
    first = "".join(each.arguments for each in out if isinstance(each, ToolCallDelta) and each.index == 0)
    assert json.loads(first) == {"to": QUOTED}


def test_what_is_left_when_a_stream_breaks_is_not_lost():
    restorer = EventRestorer(MAPPING, structured=False)
    assert list(restorer.take(TextDelta("to <EMAIL_", 1))) == [TextDelta("to ", 1)]
    assert list(restorer.flush()) == [TextDelta("<EMAIL_", 1)]


def test_without_pseudonyms_events_pass_as_they_are():
    assert flowed([TextDelta("<EMAIL_1"), Stopped(StopReason.END)], mapping={}) == [
        TextDelta("<EMAIL_1"),
        Stopped(StopReason.END),
    ]


@pytest.mark.parametrize("met", ["<EMAIL_1>", "Dear <EMAIL_12>,", "END", "", None])
@pytest.mark.parametrize("request_", [PLAIN, IN_JSON], ids=["words", "json"])
def test_the_stop_sequence_that_was_met_is_the_callers_own(met, request_):
    """It was redacted on its way in, and no text of the answer, JSON or not, has it."""
    own = met and {"<EMAIL_1>": "ann@example.com", "Dear <EMAIL_12>,": f"Dear {QUOTED},"}.get(met, met)
    choice = Choice(blocks=(Text(text="a"),), stop_reason=StopReason.STOP_SEQUENCE, stop_sequence=met)
    whole = ChatAnswer(model="m", choices=(choice,), usage=USAGE)

    assert restored(whole, MAPPING, request_).choices[0].stop_sequence == own
    assert flowed([Stopped(StopReason.STOP_SEQUENCE, 0, met)], request_) == [
        Stopped(StopReason.STOP_SEQUENCE, 0, own)
    ]  # fmt: skip
