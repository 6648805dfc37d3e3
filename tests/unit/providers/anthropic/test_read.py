"""providers/anthropic/read: replies in the API's documented shape."""

import json
from pathlib import Path

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import Reasoning, StopReason, Text, Tool, ToolCall
from sallyport.errors import ProviderReplyError
from sallyport.providers.anthropic.read import read
from sallyport.providers.names import tool_name

REPLIES = Path(__file__).parents[3] / "data/providers/anthropic"
SIGNATURE = "EqoBCkgIARABGAIiQL8gfhbT0BYy5wQ0rbBXWz6TzfnLL1ZcM9oC"
HIDDEN = "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"


@pytest.fixture
def answer(request_of, target_of):
    def make(reply, **fields):
        return read(reply, request_of(**fields), target_of())

    return make


@pytest.fixture
def recorded(answer):
    return lambda name: answer((REPLIES / f"{name}.json").read_bytes())


def reply(**changes) -> bytes:
    whole = {
        "model": "claude",
        "content": [{"type": "text", "text": "a"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    return json.dumps(whole | changes).encode()


@pytest.mark.parametrize(
    ("name", "blocks", "stop"),
    [
        ("text", (Text(text="The invoice of <PERSON_1> is due on Friday."),), StopReason.END),
        (
            "tools",
            (
                Text(text="I will look both up."),
                ToolCall(
                    id="toolu_01A09q90qw90lq917835lq9",
                    name="find",
                    arguments='{"customer": "<PERSON_1>", "größe": 2}',
                ),
                ToolCall(id="toolu_01D7FLrfh4GYq7yT1ULFeyMV", name="keep", arguments="{}"),
            ),
            StopReason.TOOL_CALLS,
        ),
        (
            "thinking",
            (Reasoning(text="Two and two.", signature=SIGNATURE), Reasoning(redacted=HIDDEN), Text(text="4")),
            StopReason.END,
        ),
        ("cached", (Text(text="Yes."),), StopReason.LENGTH),
        ("refused", (Text(text="I"),), StopReason.FILTERED),
        ("stopped", (Text(text="Dear <PERSON_1>, "),), StopReason.STOP_SEQUENCE),
    ],
)
def test_recorded_replies(recorded, name, blocks, stop):
    (choice,) = recorded(name).choices

    assert (choice.blocks, choice.stop_reason) == (blocks, stop)
    assert choice.stop_sequence == ("<PERSON_2>" if name == "stopped" else None)


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("max_tokens", StopReason.LENGTH),
        ("model_context_window_exceeded", StopReason.LENGTH),
        ("pause_turn", StopReason.LENGTH),
        ("refusal", StopReason.FILTERED),
        ("something_new", StopReason.END),
        (None, StopReason.END),
    ],
)
def test_stop_reasons(answer, stop, reason):
    assert answer(reply(stop_reason=stop)).choices[0].stop_reason == reason


def test_cached_tokens_are_input_tokens_too(recorded):
    assert recorded("cached").usage == Usage(
        input_tokens=4124, output_tokens=3, cached_input_tokens=4000, cache_write_tokens=112
    )


def test_tokens_of_thought_are_counted(recorded):
    assert recorded("thinking").usage == Usage(input_tokens=50, output_tokens=120, reasoning_tokens=101)


def test_a_count_that_no_request_can_have_is_no_count(answer):
    most = {"input_tokens": 2**31 - 2, "output_tokens": 1, "cache_read_input_tokens": 1}
    assert answer(reply(usage=most)).usage.input_tokens == 2**31 - 1
    for absurd in (2**31 - 1, 10**30, -2, 1.5):
        with pytest.raises(ProviderReplyError):
            answer(reply(usage=most | {"input_tokens": absurd}))


def test_names_come_back(answer):
    use = {"type": "tool_use", "id": "toolu_1", "name": tool_name("my.tool"), "input": {}}
    served = answer(reply(content=[use]), tools=(Tool(name="my.tool"),))

    assert served.choices[0].blocks == (ToolCall(id="toolu_1", name="my.tool", arguments="{}"),)


def test_who_served_it(answer, recorded):
    assert recorded("refused").model == "claude-opus-4-6"
    assert answer(reply(model=None)).model == "model-1"
    assert answer(reply(model="m" * 100_000)).model == "m" * 256


def test_blocks_that_nobody_knows_are_left_out(answer):
    content = [{"type": "server_tool_use", "id": "s"}, {"type": "text", "text": ""}, {"type": "text", "text": "a"}]
    assert answer(reply(content=content)).choices[0].blocks == (Text(text="a"),)


def test_an_empty_signature_is_none(answer):
    content = [{"type": "thinking", "thinking": "hm", "signature": ""}]
    assert answer(reply(content=content)).choices[0].blocks == (Reasoning(text="hm"),)


def test_half_a_character_is_replaced(answer):
    use = {"type": "tool_use", "id": "t", "name": "f", "input": {"a": "\ud83d"}}
    served = answer(reply(content=[{"type": "text", "text": "ok \ud83d"}, use]))

    assert served.choices[0].blocks == (Text(text="ok �"), ToolCall(id="t", name="f", arguments='{"a": "�"}'))


def test_an_answer_may_be_empty(answer):
    assert answer(reply(content=[])).choices[0].blocks == ()


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"<html>canary</html>", b'{"content": [{"type": "text", "text": "canary', b"null", b"[]", b'"canary"',
        b"[" * 100_000,
        b"{}",
        b'{"type": "error", "error": {"type": "api_error", "message": "canary"}}',
        reply(content="canary"),
        reply(content={"canary": 1}),
        reply(content=[None]),
        reply(content=[{"text": "canary"}]),
        reply(content=[{"type": "text", "text": 7}]),
        reply(content=[{"type": "text", "text": None}]),
        reply(content=[{"type": "thinking", "signature": "canary"}]),
        reply(content=[{"type": "redacted_thinking", "data": 7}]),
        reply(content=[{"type": "tool_use", "name": "canary", "input": {}}]),
        reply(content=[{"type": "tool_use", "id": "a", "name": "canary", "input": "canary"}]),
        reply(content=[{"type": "tool_use", "id": 7, "name": "canary", "input": {}}]),
        reply(stop_reason=["canary"]),
        reply(stop_sequence=7),
        reply(model=7),
        reply(usage="canary"),
        reply(usage=None),
        reply(usage={"input_tokens": "canary", "output_tokens": 1}),
        reply(usage={"output_tokens": 1}),
        reply(usage={"input_tokens": 1}),
    ],
)  # fmt: skip
def test_refuses_what_is_no_message_without_quoting_it(answer, broken):
    with pytest.raises(ProviderReplyError) as error:
        answer(broken)

    assert "canary" not in str(error.value)
    assert error.value.__suppress_context__
