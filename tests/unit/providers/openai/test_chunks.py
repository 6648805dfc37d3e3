"""providers/openai/chunks: recorded streams, and what servers do that they should not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.conversation import ChatRequest, Role, StopReason, Text, ToolCall, Turn
from sallyport.errors import (
    ProviderDeniedError,
    ProviderError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.openai.chunks import Chunks
from sallyport.providers.openai.read import read
from sallyport.providers.sse import EventParser
from sallyport.routing import Privacy, Target
from sallyport.stream import (
    Counted,
    LogProbs,
    ReasoningDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
    collect,
)
from tests.unit.cutting import cut

STREAMS = Path(__file__).parents[3] / "data/providers/openai"
RECORDED = sorted(path.stem for path in STREAMS.glob("*.sse"))
HELLO = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="hello"),)),))
TARGET = Target(provider="openai", model="model-1", privacy=Privacy.PRIVATE)


def replay(*pieces: bytes) -> list:
    """The events of a stream that came in these pieces."""
    parser, chunks, events, done = EventParser(), Chunks("model-1"), [], False
    sent = [each for piece in pieces for each in parser.feed(piece)]
    for each in [*sent, *parser.end()]:
        if done := each.data == "[DONE]":
            break
        events += chunks.take(each.data)
    return [*events, *chunks.end(done=done)]


def stream(*chunks: dict, done: bool = True) -> list:
    lines = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks]
    return replay(*lines, b"data: [DONE]\n\n" if done else b"")


def delta(finish=None, index=0, **fields) -> dict:
    return {"choices": [{"index": index, "delta": fields, "finish_reason": finish}]}


def piece(index=None, id=None, name=None, arguments=None) -> dict:
    """Of one tool call."""
    function = {"name": name, "arguments": arguments}
    call = {"index": index, "id": id, "function": {key: value for key, value in function.items() if value is not None}}
    return delta(tool_calls=[{key: value for key, value in call.items() if value is not None}])


@pytest.mark.parametrize("name", RECORDED)
def test_a_stream_amounts_to_the_answer_of_chat(name):
    answer = read((STREAMS / f"{name}.json").read_bytes(), HELLO, TARGET)

    collected = collect(replay((STREAMS / f"{name}.sse").read_bytes()))

    assert collected.whole
    assert collected.counted == Counted(usage=answer.usage)
    # Events have no place for the fingerprint.
    assert collected.answer(answer.usage) == answer.model_copy(update={"system_fingerprint": None})


@given(data=st.data(), name=st.sampled_from(RECORDED))
def test_the_cuts_do_not_matter(data, name):
    recorded = (STREAMS / f"{name}.sse").read_bytes()
    pieces = data.draw(cut(recorded))

    assert replay(*pieces) == replay(recorded)


def test_the_order_of_events():
    events = replay((STREAMS / "tools.sse").read_bytes())

    assert events[:3] == [
        Started(model="gpt-4.1-mini-2025-04-14"),
        ToolCallStarted(index=0, id="call_62136354", name="find"),
        ToolCallDelta(index=0, arguments='{"'),
    ]
    assert events[-3:-1] == [
        ToolCallStarted(index=1, id="call_62136355", name="keep"),
        Stopped(reason=StopReason.TOOL_CALLS),
    ]
    assert isinstance(events[-1], Counted)


def test_a_chunk_gives_its_events_at_once():
    chunks = Chunks("model-1")

    assert list(chunks.take(json.dumps(delta(content="a")))) == [Started(model="model-1"), TextDelta(text="a")]
    assert list(chunks.take(json.dumps(delta(reasoning="b")))) == [ReasoningDelta(text="b")]


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        ([piece(0, "a", "f", "{"), piece(0, None, None, "}")], [("a", "f", "{}")]),
        (
            [piece(1, "a", "f", "1"), piece(7, "b", "g", "2"), piece(1, None, None, "3")],
            [("a", "f", "13"), ("b", "g", "2")],
        ),
        (
            [piece(0, "a", "f", "1"), piece(0, "b", "g", "2"), piece(0, None, None, "3")],
            [("a", "f", "1"), ("b", "g", "23")],
        ),
        ([piece(None, "a", "f", "1"), piece(None, "b", "g", "2")], [("a", "f", "1"), ("b", "g", "2")]),
        ([piece(0, "a", "f", "1"), piece(0, "a", "f", "2")], [("a", "f", "12")]),
        ([piece(0, "a", "f")], [("a", "f", "")]),
        (
            [delta(function_call={"name": "f", "arguments": "{"}), delta(function_call={"arguments": "}"})],
            [("call_0", "f", "{}")],
        ),
    ],
    ids=["pieces", "numbered from 1", "all number 0", "unnumbered", "id repeated", "no arguments", "before tools"],
)
def test_calls_are_numbered_from_0(pieces, calls):
    events = stream(*pieces, delta("stop"))

    blocks = collect(events).answer(Usage(input_tokens=0, output_tokens=0)).choices[0].blocks
    assert blocks == tuple(ToolCall(id=id, name=name, arguments=arguments) for id, name, arguments in calls)
    assert [each.index for each in events if isinstance(each, ToolCallStarted)] == list(range(len(calls)))
    assert events[-1] == Stopped(reason=StopReason.TOOL_CALLS)


def test_choices_are_numbered_for_themselves():
    call = {"index": 0, "id": "a", "function": {"name": "f"}}
    events = stream(delta(tool_calls=[call]), delta("stop", index=1, tool_calls=[call]))

    assert [(each.index, each.choice) for each in events if isinstance(each, ToolCallStarted)] == [(0, 0), (0, 1)]


def test_how_likely_the_tokens_were_follows_them():
    told = {"content": [{"token": "a", "logprob": -1, "bytes": None}], "refusal": None}
    chunk = delta(content="a")
    chunk["choices"][0]["logprobs"] = told

    read = [{"token": "a", "logprob": -1.0, "bytes": None, "top_logprobs": []}]
    assert list(Chunks("model-1").take(json.dumps(chunk)))[1:] == [TextDelta(text="a"), LogProbs(content=read)]


def test_halves_of_a_character_meet_again():
    events = stream(delta(content="a\ud83d"), delta(content="\ude00"), delta("length", content="\ud83d"))

    assert [each.text for each in events if isinstance(each, TextDelta)] == ["a", "\U0001f600", "\ufffd"]


@pytest.mark.parametrize("finish", [None, ""])
def test_nobody_counts_and_nobody_says_why_it_ends(finish):
    assert stream(delta(finish, content="a")) == [
        Started(model="model-1"), TextDelta(text="a"), Stopped(reason=StopReason.END),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("finish", "told", "ends"),
    [
        ("stop", "END", Stopped(reason=StopReason.STOP_SEQUENCE, stop_sequence="END")),
        ("stop", 128_009, Stopped(reason=StopReason.END)),
        ("length", "END", Stopped(reason=StopReason.LENGTH)),
    ],
)
def test_the_stop_sequence_that_was_met(finish, told, ends):
    last = delta(finish, content="a")
    last["choices"][0]["stop_reason"] = told
    assert stream(last)[-1] == ends


@pytest.mark.parametrize("done", [True, False])
def test_who_says_why_it_ends_has_ended(done):
    assert stream(delta("length", content="a"), done=done)[-1] == Stopped(reason=StopReason.LENGTH)


@pytest.mark.parametrize(
    "chunks",
    [
        [delta(content="canary")],
        [delta(content="canary"), delta("stop", index=1)],
        [delta(content="canary"), {"choices": [], "usage": {"prompt_tokens": 1}}],
    ],
)
def test_half_an_answer_is_a_broken_one(chunks):
    with pytest.raises(ProviderUnavailableError) as error:
        stream(*chunks, done=False)
    assert "canary" not in str(error.value)


@pytest.mark.parametrize("stream", [b"", b"<html>canary</html>", b": canary\n\n", b"data: [DONE]\n\n", b"data: {}\n\n"])
def test_a_stream_without_choices_is_no_answer(stream):
    with pytest.raises(ProviderReplyError) as error:
        replay(stream)
    assert "canary" not in str(error.value)


@pytest.mark.parametrize(
    "chunk",
    [
        "canary", "", "{", "null", "[]", '"canary"', "7", "[" * 100_000,
        '{"choices": "canary"}',
        '{"choices": [null]}',
        '{"choices": [{"delta": "canary"}]}',
        '{"choices": [{"delta": {"content": 7}}]}',
        '{"choices": [{"index": "canary", "delta": {}}]}',
        '{"choices": [{"index": -1, "delta": {}}]}',
        '{"choices": [{"index": 128, "delta": {}}]}',
        '{"choices": [{"index": 1.0, "delta": {}}]}',
        '{"choices": [{"delta": {"tool_calls": [{"function": {"name": "canary"}}]}}]}',
        '{"choices": [{"delta": {"tool_calls": [{"id": "a", "function": {}}]}}]}',
        '{"choices": [{"delta": {"tool_calls": [{"id": 7, "function": {"name": "canary"}}]}}]}',
        '{"choices": [{"delta": {"tool_calls": [{"index": [], "id": "a", "function": {"name": "canary"}}]}}]}',
        '{"choices": [{"delta": {"tool_calls": {"a": 1}}}]}',
        '{"choices": [{"delta": {}, "finish_reason": ["canary"]}]}',
        '{"choices": [{"delta": {}, "logprobs": {"content": ["canary"]}}]}',
        '{"choices": [], "model": 7}',
        '{"choices": [], "usage": "canary"}',
        '{"choices": [], "usage": {"prompt_tokens": -1}}',
    ],
)  # fmt: skip
def test_refuses_what_is_no_chunk_without_quoting_it(chunk):
    with pytest.raises(ProviderReplyError) as error:
        list(Chunks("model-1").take(chunk))

    assert "canary" not in str(error.value)
    assert error.value.__suppress_context__


@pytest.mark.parametrize(
    ("error", "kind", "details"),
    [
        ({"code": "rate_limit_exceeded"}, ProviderThrottledError, {"code": "rate_limit_exceeded"}),
        ({"type": "rate_limit_error", "code": None}, ProviderThrottledError, {}),
        ({"code": 429}, ProviderThrottledError, {"status": 429}),
        ({"code": "429"}, ProviderThrottledError, {"status": 429}),
        ({"code": 4290}, ProviderUnavailableError, {}),
        ({"code": "context_length_exceeded"}, ProviderRejectedError, {"code": "context_length_exceeded"}),
        ({"type": "invalid_request_error"}, ProviderRejectedError, {}),
        ({"type": "BadRequestError", "code": 400}, ProviderRejectedError, {"status": 400}),
        (
            {"code": "invalid_api_key", "type": "invalid_request_error"},
            ProviderDeniedError,
            {"code": "invalid_api_key"},
        ),
        ({"type": "server_error"}, ProviderUnavailableError, {}),
        ({"type": "overloaded_error"}, ProviderUnavailableError, {}),
        ({"type": "timeout_error"}, ProviderTimeoutError, {}),
        ({"code": "canary", "type": ["canary"]}, ProviderUnavailableError, {}),
        ("canary", ProviderUnavailableError, {}),
        (["canary"], ProviderUnavailableError, {}),
    ],
)
def test_error_events_are_errors_of_their_kind(error, kind, details):
    message = {"message": "canary"}
    chunk = {"error": error | message if isinstance(error, dict) else error}

    with pytest.raises(ProviderError) as raised:
        list(Chunks("model-1").take(json.dumps(chunk)))
    assert (type(raised.value), raised.value.details) == (kind, details)
    assert "canary" not in str(raised.value)


def test_vllms_own_shape_of_an_error_event():
    with pytest.raises(ProviderRejectedError):
        list(Chunks("model-1").take('{"object": "error", "message": "canary", "code": 400}'))
