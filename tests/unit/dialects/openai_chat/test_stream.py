"""sallyport.dialects.openai_chat.stream: events as the official SDK reads them."""

import json
from itertools import permutations

import pytest
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from sallyport.attempts import Unmet, Usage
from sallyport.conversation import StopReason
from sallyport.dialects.openai_chat.stream import KEEP_ALIVE, ChunkWriter
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

USAGE = Usage(input_tokens=10, output_tokens=5, cached_input_tokens=4)
ACCOUNT = {"target": "gpt"}


def written(*events, **options):
    """Every event of the stream, its end included, without the end mark."""
    writer = ChunkWriter(id="chatcmpl-1", created=7, **options)
    data = b"".join(writer.write(event) for event in (Started("model-1"), *events)) + writer.end(USAGE, ACCOUNT)
    *chunks, done, rest = data.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    read = [json.loads(chunk.removeprefix("data: ")) for chunk in chunks]
    for each in read:
        ChatCompletionChunk.model_validate(each, strict=True)
    return read


def deltas(*events, **options):
    return [choice["delta"] for chunk in written(*events, **options) for choice in chunk["choices"]]


ROLE = {"role": "assistant", "content": "", "refusal": None}


def test_the_role_is_first_and_the_reason_last():
    assert written(TextDelta("Hi"), Stopped(StopReason.END)) == [
        chunk(ROLE),
        chunk({"content": "Hi"}),
        chunk({}, "stop") | {"sallyport": ACCOUNT},
    ]


def test_how_likely_tokens_were_is_told_in_chunks_of_their_own():
    token = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}
    role, told, _ = written(LogProbs(content=[token]), Stopped(StopReason.END))
    likely = chunk({})
    likely["choices"][0]["logprobs"] = {"content": [token], "refusal": None}
    assert (role, told) == (chunk(ROLE), likely)


def chunk(delta, finish=None, index=0):
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 7,
        "model": "model-1",
        "system_fingerprint": None,
        "choices": [{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}],
    }


@pytest.mark.parametrize(
    ("event", "delta"),
    [
        (TextDelta('"\n\u2028é\ud83d'), {"content": '"\n\u2028é\ud83d'}),
        (ReasoningDelta("Hm"), {"reasoning_content": "Hm"}),
        (RefusalDelta("No"), {"refusal": "No"}),
        (
            ToolCallStarted(1, "c1", "look"),
            {
                "tool_calls": [
                    {"index": 1, "id": "c1", "type": "function", "function": {"name": "look", "arguments": ""}}
                ]
            },
        ),
        (ToolCallDelta(1, '{"a'), {"tool_calls": [{"index": 1, "function": {"arguments": '{"a'}}]}),
    ],
)
def test_what_is_said_is_a_delta(event, delta):
    writer = ChunkWriter(id="chatcmpl-1", created=7)
    writer.write(TextDelta("opens the choice"))
    data = writer.write(event)
    assert data.startswith(b"data: ")
    assert data.endswith(b"\n\n")
    assert data.count(b"\n") == 2
    assert json.loads(data[6:])["choices"][0]["delta"] == delta


@pytest.mark.parametrize("event", [Started("m"), ReasoningSeal("sig"), Stopped(StopReason.END), Counted(USAGE)])
def test_what_only_the_end_tells_sends_nothing(event):
    assert ChunkWriter(id="chatcmpl-1", created=7).write(event) == b""


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        (StopReason.END, "stop"),
        (StopReason.STOP_SEQUENCE, "stop"),
        (StopReason.LENGTH, "length"),
        (StopReason.TOOL_CALLS, "tool_calls"),
        (StopReason.FILTERED, "content_filter"),
    ],
)
def test_every_stop_reason_has_its_word(reason, finish):
    assert written(TextDelta("Hi"), Stopped(reason))[-1]["choices"][0]["finish_reason"] == finish


def test_the_usage_is_a_chunk_of_its_own_with_our_account():
    *chunks, last = written(TextDelta("Hi"), Stopped(StopReason.END), include_usage=True)
    assert last["choices"] == []
    assert (last["usage"]["total_tokens"], last["usage"]["prompt_tokens_details"]["cached_tokens"]) == (15, 4)
    assert last["sallyport"] == ACCOUNT
    assert [(each["usage"], "sallyport" in each) for each in chunks] == [(None, False)] * 3


@pytest.mark.parametrize("include_usage", [False, True])
def test_what_nobody_can_honour_is_in_our_account(include_usage):
    unmet = Unmet(field="messages[0].content[0].prompt_cache_breakpoint.ttl", reason="is an hour at most")
    last = written(TextDelta("Hi"), Stopped(StopReason.END), include_usage=include_usage, unmet=(unmet,))[-1]
    assert last["sallyport"] == ACCOUNT | {"warnings": [{"field": unmet.field, "reason": unmet.reason}]}


def test_each_choice_has_its_role_and_its_reason_and_the_last_one_the_account():
    events = [TextDelta("a", 1), TextDelta("b", 0), Stopped(StopReason.LENGTH, 1), Stopped(StopReason.END, 0)]
    chunks = written(*events)
    told = [(each["choices"][0]["index"], each["choices"][0]["finish_reason"]) for each in chunks]
    assert told == [(0, None), (1, None), (1, None), (0, None), (0, "stop"), (1, "length")]
    assert [("sallyport" in each) for each in chunks] == [False] * 5 + [True]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_sdks_helper_reads_choices_in_whatever_order_they_begin(order):
    """It fails, or takes one for another, unless they open in the order of their numbers."""
    said = [TextDelta(f"{each}", each) for each in order]
    state = ChatCompletionStreamState()
    for each in written(*said, *said, *(Stopped(StopReason.END, number) for number in order)):
        state.handle_chunk(ChatCompletionChunk.model_validate(each))
    assert [each.message.content for each in state.get_final_completion().choices] == ["00", "11", "22"]


def test_an_answer_without_words_has_a_role_all_the_same():
    assert deltas(Stopped(StopReason.END)) == [ROLE, {}]


def test_a_deprecated_function_call_is_streamed_as_one():
    events = [
        ToolCallStarted(0, "c1", "look"),
        ToolCallDelta(0, "{}"),
        ToolCallStarted(1, "c2", "hear"),
        ToolCallDelta(1, "[]"),
        Stopped(StopReason.TOOL_CALLS),
    ]
    assert deltas(*events, legacy_functions=True) == [
        ROLE,
        {"function_call": {"name": "look", "arguments": ""}},
        {"function_call": {"arguments": "{}"}},
        {},
    ]
    assert written(*events, legacy_functions=True)[-1]["choices"][0]["finish_reason"] == "function_call"


def test_an_error_inside_a_stream_is_openais():
    data = ChunkWriter(id="chatcmpl-1", created=7).failed(ProviderTimeoutError("Too late."), "req_12345678")
    assert data.startswith(b"data: ")
    assert data.endswith(b"}}\n\n")
    assert json.loads(data[6:])["error"]["message"] == "Too late."


def test_a_keep_alive_is_a_comment():
    assert KEEP_ALIVE.startswith(b":")
    assert KEEP_ALIVE.endswith(b"\n\n")
