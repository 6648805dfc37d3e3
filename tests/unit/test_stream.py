"""sallyport.stream: the answer that a stream of events amounts to, at any time."""

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.stream import (
    Collector,
    Counted,
    LogProbs,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
    collect,
    replay,
)

USAGE = Usage(input_tokens=3, output_tokens=4)
TOKEN = {"token": "Oth", "logprob": -0.5, "bytes": [79, 116, 104], "top_logprobs": []}
ANSWER = ChatAnswer(
    model="model-1",
    choices=(
        Choice(
            blocks=(
                Reasoning(text="Hm.", signature="sig"),
                Reasoning(redacted="opaque"),
                Text(text="Hello"),
                Refusal(text="No"),
                ToolCall(id="c1", name="look", arguments='{"a": 1}'),
                ToolCall(id="c2", name="hear", arguments=""),
            ),
            stop_reason=StopReason.TOOL_CALLS,
        ),
        Choice(
            blocks=(Text(text="Other"),),
            stop_reason=StopReason.LENGTH,
            logprobs={"content": [TOKEN, TOKEN], "refusal": None},
        ),
    ),
    usage=USAGE,
)


def test_a_replayed_answer_amounts_to_itself():
    collector = collect(replay(ANSWER))
    assert collector.answer(USAGE) == ANSWER
    assert collector.counted == Counted(USAGE)
    assert collector.whole


@pytest.mark.parametrize(
    ("events", "whole"),
    [
        ([], False),
        ([Started("m")], False),
        ([Started("m"), TextDelta("Hi")], False),
        ([Started("m"), TextDelta("Hi"), Stopped(StopReason.END)], True),
        ([Started("m"), TextDelta("Hi", 0), TextDelta("Hi", 1), Stopped(StopReason.END, 0)], False),
    ],
)
def test_whole_is_what_came_to_its_end_in_every_choice(events, whole):
    assert collect(events).whole is whole


def test_what_broke_off_is_kept_as_far_as_it_came():
    events = [Started("m"), TextDelta("Hel"), TextDelta("lo"), ToolCallStarted(0, "c", "t"), ToolCallDelta(0, '{"a')]
    [choice] = collect(events).answer(USAGE).choices
    assert choice.blocks == (Text(text="Hello"), ToolCall(id="c", name="t", arguments='{"a'))
    assert choice.stop_reason is StopReason.LENGTH


@pytest.mark.parametrize(
    ("pieces", "logprobs"),
    [
        ([], None),
        ([LogProbs(content=[])], {"content": [], "refusal": None}),
        ([LogProbs(content=[TOKEN]), LogProbs(content=[TOKEN])], {"content": [TOKEN, TOKEN], "refusal": None}),
        ([LogProbs(content=[TOKEN]), LogProbs(refusal=[TOKEN])], {"content": [TOKEN], "refusal": [TOKEN]}),
        ([LogProbs(refusal=[TOKEN]), LogProbs()], {"content": None, "refusal": [TOKEN]}),
        ([LogProbs(content=[TOKEN], choice=1)], None),
    ],
)
def test_how_likely_tokens_were_adds_up(pieces, logprobs):
    choices = collect([Started("m"), TextDelta("Hi"), *pieces]).answer(USAGE).choices
    assert choices[0].logprobs == logprobs


def test_nothing_is_an_answer_without_choices():
    assert Collector().answer(USAGE).choices == ()
