"""providers/openai/read: replies in the shapes of OpenAI and of servers that are like it."""

import json
from pathlib import Path

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.errors import ProviderReplyError
from sallyport.providers.openai.read import read

REPLIES = Path(__file__).parents[3] / "data/providers/openai"


@pytest.fixture
def answer(request_of, target_of):
    def make(reply):
        return read(reply, request_of(), target_of())

    return make


@pytest.fixture
def recorded(answer):
    return lambda name: answer((REPLIES / f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    ("name", "blocks", "stop"),
    [
        ("text", (Text(text="The invoice of <PERSON_1> is due on Friday."),), StopReason.END),
        (
            "tools",
            (
                ToolCall(id="call_62136354", name="find", arguments='{"customer":"<PERSON_1>"}'),
                ToolCall(id="call_62136355", name="keep", arguments=""),
            ),
            StopReason.TOOL_CALLS,
        ),
        ("refusal", (Refusal(text="I cannot help with that."),), StopReason.END),
        ("vllm", (Reasoning(text="Two and two."), Text(text="4")), StopReason.END),
        ("forced_call", (ToolCall(id="call_1", name="find", arguments='{"a": 1}'),), StopReason.TOOL_CALLS),
        ("function_call", (ToolCall(id="call_0", name="find", arguments="{}"),), StopReason.TOOL_CALLS),
        ("cached_reasoning", (Text(text="4"),), StopReason.LENGTH),
    ],
)
def test_recorded_replies(recorded, name, blocks, stop):
    (choice,) = recorded(name).choices

    assert (choice.blocks, choice.stop_reason) == (blocks, stop)


def test_who_served_it(recorded):
    served = recorded("text")

    assert (served.model, served.system_fingerprint) == ("gpt-4.1-mini-2025-04-14", "fp_44added55e")


def test_usage_in_detail(recorded):
    assert recorded("cached_reasoning").usage == Usage(
        input_tokens=2006, output_tokens=300, cached_input_tokens=1920, reasoning_tokens=192
    )


def test_a_server_that_does_not_count_is_counted_for(recorded):
    usage = recorded("forced_call").usage

    assert usage.input_tokens > 0
    assert usage.output_tokens == 3


def test_several_choices(recorded):
    first, second = recorded("two_choices").choices

    token = {"token": "a", "logprob": -0.1, "bytes": [97], "top_logprobs": []}
    assert first.logprobs == {"content": [token], "refusal": None}
    assert (second.blocks, second.stop_reason) == ((Text(text="b"),), StopReason.FILTERED)


def counted(usage, model="m"):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "4"}}
    return json.dumps({"model": model, "choices": [choice], "usage": usage}).encode()


def test_a_count_that_no_request_can_have_is_no_count(answer):
    most = {"prompt_tokens": 2**31 - 1, "completion_tokens": 1}
    assert answer(counted(most)).usage == Usage(input_tokens=2**31 - 1, output_tokens=1)
    for absurd in (2**31, 10**30, -1, 1.5):
        with pytest.raises(ProviderReplyError):
            answer(counted({**most, "prompt_tokens": absurd}))


def test_a_models_name_is_cut_before_it_fills_every_state(answer):
    assert answer(counted(None, "m" * 256)).model == "m" * 256
    assert answer(counted(None, "m" * 100_000)).model == "m" * 256


@pytest.mark.parametrize(
    ("usage", "cached"),
    [
        ({"prompt_tokens_details": {"cached_tokens": 7}, "cached_tokens": 3}, 7),
        ({"prompt_cache_hit_tokens": 7, "prompt_cache_miss_tokens": 3}, 7),
        ({"cached_tokens": 7, "prompt_tokens_details": None}, 7),
        ({"prompt_tokens_details": {"cached_tokens": None, "cache_write_tokens": 5}}, 0),
    ],
)
def test_cached_tokens_wherever_they_are_told(answer, usage, cached):
    assert answer(counted({"prompt_tokens": 10} | usage)).usage.cached_input_tokens == cached


@pytest.mark.parametrize(
    ("message", "thought"),
    [
        ({"reasoning_content": "Hm.", "content": "4"}, "Hm."),
        ({"reasoning": "Hm.", "content": "4"}, "Hm."),
        ({"reasoning": "Hm.", "reasoning_content": "Hm.", "reasoning_details": [{}], "content": "4"}, "Hm."),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                    {"type": "text", "text": "4"},
                ]
            },
            "Hm.",
        ),
        ({"reasoning": None, "content": "4"}, None),
    ],
)
def test_thoughts_whatever_a_server_calls_them(answer, message, thought):
    blocks = answer(reply(choices=[{"message": message}])).choices[0].blocks
    assert blocks == ((Reasoning(text=thought),) if thought else ()) + (Text(text="4"),)


@pytest.mark.parametrize(
    ("told", "stop", "met"),
    [
        ({"finish_reason": "stop", "stop_reason": "END"}, StopReason.STOP_SEQUENCE, "END"),
        ({"finish_reason": "stop", "matched_stop": "END"}, StopReason.STOP_SEQUENCE, "END"),
        ({"finish_reason": "stop", "stop_reason": None}, StopReason.END, None),
        ({"finish_reason": "stop", "stop_reason": 128_009}, StopReason.END, None),
        ({"finish_reason": "stop", "stop_reason": "end_turn"}, StopReason.END, None),
        ({"finish_reason": "length", "stop_reason": "END"}, StopReason.LENGTH, None),
    ],
)
def test_the_stop_sequence_that_was_met(answer, told, stop, met):
    (choice,) = answer(reply(choices=[{"message": {"content": "a"}, **told}])).choices
    assert (choice.stop_reason, choice.stop_sequence) == (stop, met)


def test_half_a_character_is_replaced(answer):
    reply = rb'{"choices": [{"message": {"content": "ok \ud83d"}, "finish_reason": "length"}]}'

    assert answer(reply).choices[0].blocks == (Text(text="ok �"),)


@pytest.mark.parametrize("content", [b'""', b"null", b"[]"])
def test_an_answer_may_be_empty(answer, content):
    served = answer(b'{"choices": [{"message": {"content": %s}, "finish_reason": null}]}' % content)

    assert (served.model, served.choices[0].blocks) == ("model-1", ())


def reply(**changes) -> bytes:
    whole = {"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
    return json.dumps(whole | changes).encode()


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"<html>canary</html>", b'{"choices": [{"message": {"content": "canary', b"null", b"[]", b'"canary"',
        b"[" * 100_000,
        b"{}",
        reply(choices=[]),
        reply(choices="canary"),
        reply(choices=[None]),
        reply(choices=[{}]),
        reply(choices=[{"message": None}]),
        reply(choices=[{"message": {"content": 7}}]),
        reply(choices=[{"message": {"content": ["canary"]}}]),
        reply(choices=[{"message": {"tool_calls": [{"function": {"name": "canary"}}]}}]),
        reply(choices=[{"message": {"tool_calls": [{"id": 1, "function": {"name": "a", "arguments": ""}}]}}]),
        reply(choices=[{"message": {"tool_calls": {"a": 1}}}]),
        reply(choices=[{"message": {"content": "a"}, "finish_reason": ["canary"]}]),
        reply(choices=[{"message": {"content": "a"}, "logprobs": {"content": "canary"}}]),
        reply(model=7),
        reply(usage="canary"),
        reply(usage={"prompt_tokens": "canary"}),
        reply(usage={"prompt_tokens": -1}),
        reply(usage={"completion_tokens": 1}),
    ],
)  # fmt: skip
def test_refuses_what_is_no_completion_without_quoting_it(answer, broken):
    with pytest.raises(ProviderReplyError) as error:
        answer(broken)

    assert "canary" not in str(error.value)
    assert error.value.__suppress_context__
