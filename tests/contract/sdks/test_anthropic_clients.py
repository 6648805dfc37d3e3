"""Anthropic's client as an application makes it: how it authenticates, what it lists and counts, what it is told."""

import asyncio
from typing import Any

import anthropic
import pytest

from tests.contract.conftest import Messengers
from tests.contract.provider import Provider
from tests.contract.served import Served
from tests.contract.wire import Wire

HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
ASKED: dict[str, Any] = {"model": "echo", "max_tokens": 50, "messages": HELLO}
EMAIL = "bob@corp.example.org"


def said(message: Any) -> str:
    [block] = message.content
    return str(block.text)


def test_the_sync_client_reads_the_answer_and_its_usage(messenger: anthropic.Anthropic, provider: Provider):
    message = messenger.messages.create(**ASKED)

    assert said(message) == "You said: Hello"
    assert (message.role, message.stop_reason, message.stop_sequence) == ("assistant", "end_turn", None)
    assert (message.usage.input_tokens, message.usage.output_tokens) == (100, 50)
    assert provider.requests == [{"model": "echo-1", "messages": HELLO, "stream": False, "max_tokens": 50}]


def test_the_async_client_reads_the_same(served: Served, wire: Wire):
    async def ask() -> tuple[str, str, list[str], int]:
        http = anthropic.DefaultAsyncHttpxClient(verify=False, event_hooks=wire.async_hooks())
        async with anthropic.AsyncAnthropic(
            base_url=served.url, api_key=served.keys["app"], http_client=http
        ) as client:
            message = await client.messages.create(**ASKED)
            async with client.messages.stream(**ASKED) as stream:
                streamed = "".join([text async for text in stream.text_stream])
            counted = await client.messages.count_tokens(model="echo", messages=HELLO)
            models = [model.id async for model in client.models.list()]
            return said(message), streamed, models, counted.input_tokens

    whole, streamed, models, tokens = asyncio.run(ask())

    assert whole == streamed == "You said: Hello"
    assert "echo" in models
    assert tokens > 0


def test_a_key_comes_as_this_sdk_sends_it(messenger: anthropic.Anthropic, served: Served, wire: Wire):
    assert said(messenger.messages.create(**ASKED))
    headers = wire.responses[-1].request.headers
    sent = {headers.get("authorization"), headers.get("x-api-key")} - {None}

    assert sent in ({f"Bearer {served.keys['app']}"}, {served.keys["app"]})


def test_a_key_comes_as_an_auth_token(messengers: Messengers, served: Served, wire: Wire):
    client = messengers(api_key=None, auth_token=served.keys["app"])

    assert said(client.messages.create(**ASKED))
    assert wire.responses[-1].request.headers["authorization"] == f"Bearer {served.keys['app']}"
    assert "x-api-key" not in wire.responses[-1].request.headers


@pytest.mark.parametrize("version", ["2023-01-01", "2023-06-01", "2026-10-21", "2099-12-31"])
def test_a_key_comes_as_x_api_key_with_any_version(messengers: Messengers, served: Served, wire: Wire, version: str):
    headers = {
        "authorization": anthropic.Omit(), "x-api-key": served.keys["app"], "anthropic-version": version,
        "anthropic-beta": "tools-2024-04-04,prompt-caching-2024-07-31",
    }  # fmt: skip
    client = messengers(api_key=None, auth_token="-")

    assert said(client.messages.create(**ASKED, extra_headers=headers))
    assert client.messages.count_tokens(model="echo", messages=HELLO, extra_headers=headers).input_tokens
    assert [each.id for each in client.models.list(extra_headers=headers)]
    assert {each.request.headers["anthropic-version"] for each in wire.responses} == {version}
    assert not any("authorization" in each.request.headers for each in wire.responses)


def test_the_request_id_is_the_messages_own(messenger: anthropic.Anthropic):
    raw = messenger.messages.with_raw_response.create(**ASKED)
    message = raw.parse()

    assert message._request_id == raw.request_id == raw.headers["x-request-id"]
    assert message.id == f"msg_{raw.request_id}"
    assert message.model_extra is not None
    assert message.model_extra["sallyport"]["request_id"] == raw.request_id


def test_personal_data_comes_back_and_is_told_of(messenger: anthropic.Anthropic, provider: Provider):
    raw = messenger.messages.with_raw_response.create(
        **ASKED | {"messages": [{"role": "user", "content": f"I am {EMAIL}."}]}
    )

    assert said(raw.parse()) == f"You said: I am {EMAIL}."
    assert raw.parse().model_extra["sallyport"]["redactions"] == {"EMAIL": 1}
    assert raw.headers["x-sallyport-redactions"] == "EMAIL=1"
    assert EMAIL not in str(provider.requests)


def test_a_message_survives_the_sdks_own_copies(messenger: anthropic.Anthropic):
    message = messenger.messages.create(**ASKED)

    assert type(message).model_validate_json(message.model_dump_json(), strict=True) == message


def test_a_model_is_retrieved_by_its_name(messenger: anthropic.Anthropic, messengers: Messengers):
    listed = {model.id: model for model in messenger.models.list()}

    assert messenger.models.retrieve("echo") == listed["echo"]
    for key, name in (("app", "absent"), ("small", "simulated")):
        with pytest.raises(anthropic.NotFoundError, match="does not exist or is not available to this key"):
            messengers(key).models.retrieve(name)


def test_models_are_listed_as_the_sdk_pages_them(messenger: anthropic.Anthropic, messengers: Messengers):
    page = messenger.models.list()

    assert not page.has_next_page()
    assert "echo" in {model.id for model in page}
    assert {model.type for model in page} == {"model"}
    assert [model.id for model in messengers("small").models.list()] == ["echo"]


def test_tokens_are_counted_of_all_that_is_sent(messenger: anthropic.Anthropic, provider: Provider):
    tool: Any = {"name": "get_weather", "description": "The weather " * 20, "input_schema": {"type": "object"}}
    picture: Any = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
    plain = messenger.messages.count_tokens(model="echo", messages=HELLO).input_tokens
    more = [
        messenger.messages.count_tokens(model="echo", **fields).input_tokens
        for fields in (
            {"messages": HELLO, "system": "Be brief. " * 20},
            {"messages": HELLO, "tools": [tool]},
            {"messages": [{"role": "user", "content": [picture, {"type": "text", "text": "Hello"}]}]},
        )
    ]

    assert min(more) > plain > 0
    assert provider.requests == []


def test_a_response_can_be_read_piece_by_piece(messenger: anthropic.Anthropic):
    with messenger.messages.with_streaming_response.create(**ASKED) as response:
        assert response.headers["x-sallyport-target"] == "echo"
        assert said(response.parse()) == "You said: Hello"


@pytest.mark.parametrize(
    "options",
    [
        {"default_query": {"beta": "true"}},
        {"default_headers": {"anthropic-beta": "context-1m-2025-08-07", "X-Title": "An application"}},
        {"timeout": None},
        {"timeout": 25},
    ],
)
def test_what_else_a_client_may_be_made_with_is_tolerated(messengers: Messengers, options: dict[str, Any]):
    assert said(messengers(**options).messages.create(**ASKED))
