"""sallyport.edge.event_mask: what is withheld as it flows."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.contracts import RedactionPolicy
from sallyport.conversation import ChatRequest, ResponseFormat, Role, StopReason, Text, Turn
from sallyport.edge.event_mask import MUCH, EventMask, Outlet
from sallyport.edge.restoring import EventRestorer
from sallyport.edge.withholding import Withholding
from sallyport.redaction.flowing import WORD
from sallyport.redaction.lists import Lists
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
    collect,
)
from tests.unit.doubles import a_route, a_ticket, an_authorization

OWN, NEW = "bob@corp.example.org", "eve@corp.example.org"
ASKED = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text=f"I am {OWN}"),)),))
IN_JSON = ASKED.model_copy(update={"response_format": ResponseFormat(type="json_object")})
USAGE = Usage(input_tokens=1, output_tokens=1)
END, COUNTED = Stopped(StopReason.END), Counted(USAGE)


def withheld(answers, request=ASKED):
    policy = RedactionPolicy(**answers) if isinstance(answers, dict) else RedactionPolicy(answers=answers)
    authorization = an_authorization(route=a_route("c")).model_copy(update={"redaction": policy})
    return Withholding(a_ticket(authorization=authorization), request, Lists()).of("c")


def flowed(events, answers="mask", request=ASKED):
    mask = EventMask(withheld(answers, request))
    return [out for event in events for out in mask.take(event)]


def test_each_block_is_whole_before_the_next_begins():
    events = [
        Started("m"),
        ReasoningDelta(f"It is {NEW}."),
        ReasoningSeal("c2ln"),
        ReasoningDelta("It is <EMAIL_1>."),
        ReasoningSeal("c2ln"),
        TextDelta(f"Ask {NEW} "),
        TextDelta(f"or {OWN}."),
        ToolCallStarted(0, "a", "mail"),
        ToolCallDelta(0, '{"to": "eve@corp.'),
        ToolCallDelta(0, 'example.org"}'),
        RefusalDelta(f"Not {NEW}."),
        END,
        COUNTED,
    ]
    assert flowed(events) == [
        Started("m"),
        ReasoningDelta("It is [EMAIL]."),
        ReasoningSeal(None),
        ReasoningDelta("It is <EMAIL_1>."),
        ReasoningSeal("c2ln"),
        TextDelta(f"Ask [EMAIL] or {OWN}."),
        ToolCallStarted(0, "a", "mail"),
        ToolCallDelta(0, '{"to": "'),
        ToolCallDelta(0, '[EMAIL]"}'),
        RefusalDelta("Not [EMAIL]."),
        END,
        COUNTED,
    ]


CALLS = [
    ToolCallStarted(0, "a", "f"),
    ToolCallStarted(1, "b", "f"),
    ToolCallDelta(1, f'{{"x": "{NEW}"}}'),
    ToolCallDelta(0, '{"y": "eve@'),
    ToolCallStarted(2, "c", "g"),
    ToolCallDelta(0, 'corp.example.org"}'),
    END,
]


def test_calls_that_are_told_together_flow_each_for_itself():
    assert flowed(CALLS) == [
        ToolCallStarted(0, "a", "f"),
        ToolCallStarted(1, "b", "f"),
        ToolCallDelta(1, '{"x": "[EMAIL]"}'),
        ToolCallDelta(0, '{"y": "'),
        ToolCallStarted(2, "c", "g"),
        ToolCallDelta(0, '[EMAIL]"}'),
        END,
    ]


BLOCKED_SECRETS = {"answers": "mask", "answer_actions": {"SECRET": "block"}}


def test_where_something_may_be_blocked_a_call_is_told_once_it_is_whole():
    assert flowed(CALLS, BLOCKED_SECRETS) == [
        ToolCallStarted(0, "a", "f"),
        ToolCallDelta(0, '{"y": "'),
        ToolCallDelta(0, '[EMAIL]"}'),
        ToolCallStarted(1, "b", "f"),
        ToolCallDelta(1, '{"x": "[EMAIL]"}'),
        ToolCallStarted(2, "c", "g"),
        END,
    ]
    secret = ToolCallDelta(2, '{"key": "AKIAIOSFODNN7EXAMPLE"}')
    told = flowed([*CALLS[:-1], secret, END], BLOCKED_SECRETS)
    assert told == [*flowed(CALLS, BLOCKED_SECRETS)[:-2], Stopped(StopReason.FILTERED)]


def test_what_is_masked_goes_on_and_what_is_blocked_ends_it():
    kept = withheld({"answers": "report", "answer_actions": {"EMAIL": "mask", "IP_ADDRESS": "block", "IBAN": "allow"}})
    mask = EventMask(kept)
    text = f"Ask {NEW}, pay 4111 1111 1111 1111 to DE89370400440532013000, at 203.0.113.7 or {NEW}."
    told = [out for event in (TextDelta(text), END) for out in mask.take(event)]
    assert told == [
        TextDelta("Ask [EMAIL], pay 4111 1111 1111 1111 to DE89370400440532013000, at "),
        Stopped(StopReason.FILTERED),
    ]
    assert kept.counts == {"EMAIL": 1, "IP_ADDRESS": 1}


def test_choices_flow_each_for_itself():
    events = [
        TextDelta("Ask eve@corp.", 0),
        TextDelta("Well.", 1),
        TextDelta("example.org", 0),
        Stopped(StopReason.END, 1),
    ]
    assert flowed(events) == [TextDelta("Well.", 1), Stopped(StopReason.END, 1)]
    assert flowed([*events, END])[2:] == [TextDelta("Ask [EMAIL]", 0), END]


@pytest.mark.parametrize(
    "events",
    [
        [TextDelta("Well, ask "), TextDelta(f"{NEW}, "), TextDelta("or nobody. " * 30)],
        [TextDelta("Well, ask "), ToolCallStarted(0, "a", "f"), ToolCallDelta(0, json.dumps({"to": NEW}))],
        [TextDelta("Well, ask "), ReasoningDelta(NEW), ReasoningSeal("c2ln"), TextDelta("More.")],
    ],
)
def test_a_blocked_choice_ends_before_what_is_blocked(events):
    told = flowed([*events, Stopped(StopReason.TOOL_CALLS), COUNTED], answers="block")
    assert told == [TextDelta("Well, ask "), Stopped(StopReason.FILTERED), COUNTED]


def test_blocking_one_choice_leaves_the_others():
    events = [TextDelta(NEW, 0), TextDelta("Well.", 1), END, Stopped(StopReason.END, 1)]
    assert flowed(events, "block") == [Stopped(StopReason.FILTERED), TextDelta("Well.", 1), Stopped(StopReason.END, 1)]


def test_nothing_tells_how_likely_the_tokens_of_a_value_were():
    assert flowed([TextDelta("Hi."), LogProbs([{"token": "eve"}]), END]) == [TextDelta("Hi."), END]


pieces = st.sampled_from(
    [f"{NEW} ", f"{OWN} ", "<EMAIL_1> ", "4111 1111 1111 1111, ", "nothing. ", "and then\n", "so "]
)


@settings(max_examples=60)
@given(st.lists(pieces, max_size=30).map("".join), st.integers())
def test_any_chunking_is_told_as_the_whole_answer_is(text, seed):
    """With the originals put back behind it."""
    chance, events, at = random.Random(seed), [Started("m")], 0
    document = json.dumps({"said": text})
    while at < len(text):
        size = chance.choice([1, 2, 5, 40])
        events.append(TextDelta(text[at : at + size]))
        at += size
    half = chance.randrange(len(document))
    call = [ToolCallStarted(0, "a", "f"), ToolCallDelta(0, document[:half]), ToolCallDelta(0, document[half:])]
    events += [*call, Stopped(StopReason.TOOL_CALLS)]
    whole = withheld("mask").masked(collect(events).answer(USAGE))

    assert collect(flowed(events)).answer(USAGE).choices == whole.choices
    outlet = Outlet(withheld("mask"), EventRestorer({"<EMAIL_1>": OWN}, structured=False))
    told = collect(out for event in events for out in outlet.take(event)).answer(USAGE)
    assert NEW not in told.model_dump_json()
    assert "4111" not in told.model_dump_json()
    assert told.model_dump_json().count(OWN) == 2 * (text.count(OWN) + text.count("<EMAIL_1>"))


def test_json_goes_out_as_its_values_become_certain():
    """As it was written, but for what is masked."""
    events = [TextDelta('{"to":"eve@corp.'), TextDelta('example.org", "cc" :1, "n": 4'), TextDelta("2}"), END]
    assert flowed(events, request=IN_JSON) == [
        TextDelta('{"to":"'),
        TextDelta('[EMAIL]", "cc" :1, "n": '),
        TextDelta("42}"),
        END,
    ]
    assert flowed(events[:1], {"answers": "block"}, IN_JSON) == [TextDelta('{"to":"')]
    assert flowed(events, {"answers": "block"}, IN_JSON) == [TextDelta('{"to":"'), Stopped(StopReason.FILTERED)]


def test_what_was_held_back_is_told_masked_when_the_stream_breaks():
    outlet = Outlet(withheld("mask"), EventRestorer({"<EMAIL_1>": OWN}, structured=False))
    events = [
        TextDelta(f"Ask {NEW} or <EMAIL_1> or <EMA"),
        ToolCallStarted(0, "a", "f"),
        ToolCallDelta(0, f'{{"x": "{NEW}'),
    ]
    told = [out for event in events for out in outlet.take(event)]
    told += outlet.flush()
    assert "".join(each.text for each in told if isinstance(each, TextDelta)) == f"Ask [EMAIL] or {OWN} or <EMA"
    assert told[-2:] == [ToolCallDelta(0, '{"x": "'), ToolCallDelta(0, "[EMAIL]")]


def test_where_nothing_is_withheld_nothing_is_held_back():
    outlet = Outlet(None, EventRestorer({}, structured=False))
    event = TextDelta(NEW)
    assert list(outlet.take(event)) == [event]
    assert list(outlet.flush()) == []


def test_so_much_is_told_before_it_is_done_that_others_need_not_wait_for_it():
    outlet = Outlet(withheld("mask"), EventRestorer({}, structured=False))
    assert [outlet.has_much(TextDelta("x" * (MUCH // 2))) for _ in range(4)] == [False, False, True, False]
    outlet.pause()
    assert not outlet.has_much(ToolCallDelta(0, "x" * MUCH))
    assert not outlet.has_much(END)
    assert outlet.has_much(ToolCallDelta(0, "x"))
    assert not Outlet(None, EventRestorer({}, structured=False)).has_much(TextDelta("x" * 2 * MUCH))


def test_a_long_piece_is_told_in_parts():
    """So that who is to wait for its client waits in between."""
    outlet = Outlet(withheld("mask"), EventRestorer({}, structured=False))
    told = outlet.take(TextDelta("So be it. " * 1000))
    assert len(next(told).text) < 3000
    assert len(list(told)) >= 3


SPLIT = [
    ("Ask Maria Gomez-Lopez about it.", "Ask [PERSON] about it."),
    ("Mr. Smith knows.", "[TITLE] [PERSON] knows."),
    # right to left, without spaces, and beyond the plane of most letters
    (f"\u0627\u0643\u062a\u0628 {NEW} \u0627\u0644", "\u0627\u0643\u062a\u0628 [EMAIL] \u0627\u0644"),
    (f"\u90ae\u7bb1\uff1a{NEW}\u3002\u8c22\u8c22\uff01", "\u90ae\u7bb1\uff1a[EMAIL]\u3002\u8c22\u8c22\uff01"),
    (f"\U0001f600\U0001f469\u200d {NEW} \U0001f600", "\U0001f600\U0001f469\u200d [EMAIL] \U0001f600"),
    # what models put around it
    (f"**{NEW}** and `4111 1111 1111 1111`", "**[EMAIL]** and `[CREDIT_CARD]`"),
    (f"| mail |\n|---|\n| {NEW} |", "| mail |\n|---|\n| [EMAIL] |"),
    (f'<a href="mailto:{NEW}">{NEW}</a>', '<a href="mailto:[EMAIL]">[EMAIL]</a>'),
    (f"[{NEW}](mailto:{NEW})", "[[EMAIL]](mailto:[EMAIL])"),
    # one's own, and placeholders
    (f"You are {OWN}, {OWN.upper()}; not {NEW}.", f"You are {OWN}, {OWN.upper()}; not [EMAIL]."),
    (f"<EMAIL_1>, [Person 2b] and {NEW}", "<EMAIL_1>, [Person 2b] and [EMAIL]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), SPLIT)
@pytest.mark.parametrize("kind", [TextDelta, ReasoningDelta, RefusalDelta])
def test_wherever_it_is_cut_it_is_masked(text, told, kind):
    for at in range(len(text)):
        events = flowed([kind(text[:at]), kind(text[at:]), END])
        assert "".join(each.text for each in events[:-1]) == told


@pytest.mark.parametrize(("text", "told"), SPLIT)
def test_wherever_json_is_cut_its_strings_are_masked(text, told):
    """In escapes of ASCII too, of which one that is cut in two is told whole."""
    for document, written in (
        (json.dumps({"said": text}), json.dumps({"said": told})),
        (json.dumps([text], ensure_ascii=False), json.dumps([told], ensure_ascii=False)),
    ):
        for at in range(0, len(document), 1 if len(document) < 100 else 3):
            calls = [ToolCallDelta(0, document[:at]), ToolCallDelta(0, document[at:])]
            events = flowed([ToolCallStarted(0, "a", "f"), *calls, END])
            assert "".join(each.arguments for each in events[1:-1]) == written


def test_all_that_flows_at_once_is_masked_each_for_itself():
    """Choices, their words and their calls, letter by letter in turn."""
    texts = {choice: f"So {choice}: {NEW}, and that is it. " * 9 for choice in range(3)}
    document = json.dumps({"to": [NEW, OWN], "n": 1})
    events = [ToolCallStarted(index, f"c{index}", "f", choice) for choice in texts for index in range(2)]
    for at in range(max(map(len, texts.values()))):
        for choice, text in texts.items():
            events.append(TextDelta(text[at : at + 1], choice))
            events += [ToolCallDelta(index, document[at : at + 1], choice) for index in range(2)]
    events += [Stopped(StopReason.TOOL_CALLS, choice) for choice in texts]
    answer = collect(flowed([Started("m"), *events])).answer(USAGE)
    assert answer == withheld("mask").masked(collect([Started("m"), *events]).answer(USAGE))
    assert answer.choices[1].blocks[0].text == "So 1: [EMAIL], and that is it. " * 9
    assert answer.choices[2].blocks[2].arguments == json.dumps({"to": ["[EMAIL]", OWN], "n": 1})


def test_what_the_policy_allows_by_name_is_told_however_it_comes():
    policy = RedactionPolicy(answers="mask", lists=True)
    authorization = an_authorization(route=a_route("c")).model_copy(update={"redaction": policy})
    lists = Lists(allowed_terms=("help@corp.example.org",), denied_terms=("falcon heights",))
    mask = EventMask(Withholding(a_ticket(authorization=authorization), ASKED, lists).of("c"))
    told = [out for letter in f"Falcon  Heights: help@corp.example.org, {NEW}" for out in mask.take(TextDelta(letter))]
    assert told == []
    assert list(mask.flush()) == [TextDelta("[DENIED]: help@corp.example.org, [EMAIL]")]


def test_a_word_without_end_is_held_back_as_far_as_a_word_can_be_long():
    told = [out.text for out in flowed([TextDelta("x" * 50) for _ in range(200)])]
    assert sum(map(len, told)) < 200 * 50
    assert len(told[0]) >= WORD
    assert len("".join(flowed_text([TextDelta("x" * 50) for _ in range(200)]))) == 200 * 50


def flowed_text(events):
    return [out.text for out in flowed([*events, END]) if isinstance(out, TextDelta)]
