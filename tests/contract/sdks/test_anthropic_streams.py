"""Anthropic's stream helpers: what they make of a stream, event by event, and of one that fails in the middle."""

import asyncio
from itertools import pairwise
from typing import Any

import anthropic
import pytest

from tests.contract.conftest import Messengers
from tests.contract.provider import Provider, calling
from tests.contract.served import Served
from tests.contract.wire import Wire

EMAIL = "ann@example.com"
HELLO: list[Any] = [{"role": "user", "content": f"I am {EMAIL}."}]
ASKED: dict[str, Any] = {"model": "simulated", "max_tokens": 200, "messages": HELLO}
SEND: Any = {
    "name": "send",
    "input_schema": {
        "type": "object",
        "properties": {"to": {"type": "string"}, "urgent": {"type": "boolean"}},
        "required": ["to", "urgent"],
    },
}


def test_a_stream_says_the_same_as_a_whole_answer(messenger: anthropic.Anthropic):
    whole = messenger.messages.create(**ASKED)
    with messenger.messages.stream(**ASKED) as stream:
        texts = list(stream.text_stream)
        final = stream.get_final_message()

    assert len(texts) > 3
    assert "".join(texts) == final.content[0].text == whole.content[0].text
    assert f"I am {EMAIL}." in whole.content[0].text
    assert (final.stop_reason, final.model, final.usage) == (whole.stop_reason, whole.model, whole.usage)
    assert final.id == f"msg_{stream.request_id}"


def test_the_helpers_events_come_in_order(messenger: anthropic.Anthropic):
    with messenger.messages.stream(**ASKED | {"max_tokens": 2000}, thinking={"type": "adaptive"}) as stream:
        events = list(stream)
    kinds = [event.type for event in events]

    assert (kinds[0], kinds[-2:]) == ("message_start", ["message_delta", "message_stop"])
    assert {"thinking", "text", "content_block_start", "content_block_delta", "content_block_stop"} <= set(kinds)
    assert kinds.index("thinking") < kinds.index("text")
    stopped = [event.content_block.type for event in events if event.type == "content_block_stop"]
    assert stopped == ["thinking", "text"]
    snapshots = [event.snapshot for event in events if event.type == "text"]
    assert all(later.startswith(earlier) for earlier, later in pairwise(snapshots))


def test_the_input_of_a_tool_grows_into_json(messenger: anthropic.Anthropic):
    with messenger.messages.stream(**ASKED, tools=[SEND], tool_choice={"type": "any"}) as stream:
        grown = [event.snapshot for event in stream if event.type == "input_json"]
        [called] = stream.get_final_message().content

    assert called.input == grown[-1] == {"to": EMAIL, "urgent": True}
    assert called.name == "send"


def test_create_streams_the_bare_events(messenger: anthropic.Anthropic):
    events = list(messenger.messages.create(**ASKED, stream=True))

    assert events[-2].usage.output_tokens > 0
    assert events[-2].model_extra["sallyport"]["redactions"] == {"EMAIL": 1}
    assert EMAIL in "".join(event.delta.text for event in events if event.type == "content_block_delta")


def test_the_async_helper_gives_the_final_message_and_text(served: Served, wire: Wire):
    async def ask() -> tuple[str, list[str], Any]:
        http = anthropic.DefaultAsyncHttpxClient(verify=False, event_hooks=wire.async_hooks())
        async with anthropic.AsyncAnthropic(
            base_url=served.url, api_key=served.keys["app"], http_client=http
        ) as client:
            async with client.messages.stream(**ASKED) as stream:
                text = await stream.get_final_text()
            async with client.messages.stream(**ASKED, tools=[SEND], tool_choice={"type": "any"}) as stream:
                kinds = [event.type async for event in stream]
                return text, kinds, await stream.get_final_message()

    text, kinds, final = asyncio.run(ask())

    assert f"I am {EMAIL}." in text
    assert "input_json" in kinds
    assert final.content[0].input == {"to": EMAIL, "urgent": True}


def helped(client: anthropic.Anthropic, texts: list[str]) -> None:
    with client.messages.stream(**ASKED | {"model": "cut"}) as stream:
        texts.extend(stream.text_stream)


def bare(client: anthropic.Anthropic, texts: list[str]) -> None:
    events = client.messages.create(**ASKED | {"model": "cut"}, stream=True)
    texts.extend(event.delta.text for event in events if event.type == "content_block_delta")


@pytest.mark.parametrize("read", [helped, bare])
def test_a_stream_that_breaks_off_is_an_error_and_not_an_end(messengers: Messengers, wire: Wire, read: Any):
    """It was begun, so the SDK does not ask again."""
    texts: list[str] = []
    with pytest.raises(anthropic.APIStatusError) as raised:
        read(messengers(max_retries=2), texts)

    assert texts
    assert wire.statuses == [200]
    assert raised.value.body["error"]["type"] == "api_error"
    assert raised.value.body["request_id"] == wire.request_ids[0]


def test_parallel_tools_stream_one_after_the_other(messenger: anthropic.Anthropic, provider: Provider):
    cities = ("call_a", "send", {"to": "<EMAIL_1>"}), ("call_b", "send", {"to": "it", "urgent": False})
    provider.script(calling(*cities))
    with messenger.messages.stream(**ASKED | {"model": "echo"}, tools=[SEND]) as stream:
        final = stream.get_final_message()

    assert [(each.id, each.input) for each in final.content] == [
        ("call_a", {"to": EMAIL}),
        ("call_b", {"to": "it", "urgent": False}),
    ]
    assert final.stop_reason == "tool_use"


def test_a_stream_that_is_left_early_is_closed(messenger: anthropic.Anthropic):
    with messenger.messages.stream(**ASKED) as stream:
        assert next(iter(stream.text_stream))
    assert stream.response.is_closed
