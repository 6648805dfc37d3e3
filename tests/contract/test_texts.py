"""Texts of every kind arrive as they were sent, and every one of many requests at once gets its own."""

import asyncio
import json
from collections.abc import Sequence
from itertools import repeat

import openai
import pytest

from tests.contract.provider import Provider, completion
from tests.contract.wire import Wire
from tests.e2e.running import Running

AT_ONCE = 32


def said(client: openai.OpenAI, text: str, model: str = "echo") -> str | None:
    answered = client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}])
    return answered.choices[0].message.content


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\r\n ",
        "Grüße, naïve café — Ωμέγα",
        "e\u0301 and \u00e9 are not the same",
        "你好。こんにちは。안녕하세요",
        "שלום עולם \u202eabc\u202c مرحبا",
        "😀 👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 \U0001f1f3\U0001f1f4",
        "\u2028 \u2029 \ufeff \u00a0 \uffff \U0010ffff",
        "\x00 \x01 \x1b[31m \x7f \x85",
        "quotes \" ' ` and \\ and \\n and \\u0041 and </script>",
        "{% $states.input %} {{x}} ${y} %s {0} $merge",
        "<EMAIL_1> <PERSON_2> <<EMAIL_1>> &lt;EMAIL_1&gt;",
        "data: [DONE]\n\ndata: {}\n\n",
    ],
)
def test_a_text_comes_back_as_it_was_sent(client: openai.OpenAI, text: str):
    assert said(client, text) == f"You said: {text}"


@pytest.mark.parametrize("text", ["Grüße 😀", "\x00\uffff", "", "{% $x %}"])
def test_the_provider_gets_every_character_as_it_is(client: openai.OpenAI, provider: Provider, text: str):
    said(client, text)

    assert provider.requests[-1]["messages"][-1]["content"] == text


def test_a_megabyte_comes_back_whole(client: openai.OpenAI):
    text = "ann@example.com writes: " + "All work and no play. 一 " * 40_000

    assert len(text.encode()) > 1_000_000
    assert said(client, text) == f"You said: {text}"


def test_a_surrogate_pair_in_escapes_is_one_character(client: openai.OpenAI, provider: Provider):
    body = rb'{"model": "echo", "messages": [{"role": "user", "content": "\ud83d\ude00"}]}'
    client.post("/chat/completions", content=body, cast_to=object)

    assert provider.requests[-1]["messages"][-1]["content"] == "😀"


def test_half_a_character_within_the_arguments_of_a_call_is_none_of_our_business(
    client: openai.OpenAI, provider: Provider
):
    """There it is an escape within JSON within JSON, and so are the original values around it."""
    arguments = r'{"half": "\ud83d", "to": "ann@example.com"}'
    call = {"id": "c1", "type": "function", "function": {"name": "send", "arguments": arguments}}
    client.chat.completions.create(
        model="echo",
        messages=[{"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1", "content": "ok"}],
    )
    sent = provider.requests[-1]["messages"][0]["tool_calls"][0]["function"]["arguments"]

    assert json.loads(sent) == {"half": "\ud83d", "to": "<EMAIL_1>"}


def test_half_a_character_of_a_models_becomes_a_replacement_character(client: openai.OpenAI, provider: Provider):
    """A model that is cut off in the middle of an emoji leaves one, and the SDK could not even print it."""
    provider.script(completion({"content": "Hi \ud83d"}, finish="length"))

    assert said(client, "Hello") == "Hi \ufffd"


@pytest.mark.parametrize("name", ["f", "x" * 64, "x" * 1000, "mcp__files__read.v2-beta", "读取"])
def test_a_tool_of_any_name_is_called_by_its_name(client: openai.OpenAI, name: str):
    tool = {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    choice = {"type": "function", "function": {"name": name}}
    answered = client.chat.completions.create(
        model="simulated", messages=[{"role": "user", "content": "Go"}], tools=[tool], tool_choice=choice
    )
    [call] = answered.choices[0].message.tool_calls

    assert (call.function.name, call.function.arguments) == (name, "{}")


def test_two_hundred_messages_keep_their_order(client: openai.OpenAI, provider: Provider):
    roles = ("user", "assistant")
    messages = [{"role": roles[number % 2], "content": f"Number {number}"} for number in range(200)]
    client.chat.completions.create(model="echo", messages=messages)

    assert provider.requests[-1]["messages"] == messages


@pytest.mark.parametrize("model", ["echo", "simulated", "cached"])
def test_many_at_once_get_their_own_answers(gateway: Running, wire: Wire, model: str):
    texts = [f"Nonce {model}-{number}: tell person{number}@example.com" for number in range(AT_ONCE)]
    answers = all_at_once(gateway, wire, model, texts)

    assert [answer.partition("You said: ")[2] for answer in answers] == texts
    assert len(set(wire.request_ids)) == AT_ONCE


def test_many_who_share_one_cached_answer_get_their_own_names(gateway: Running, wire: Wire):
    texts = [f"Greet person{number}@example.com once more" for number in range(AT_ONCE)]
    all_at_once(gateway, wire, "cached", texts[:1])
    gateway.settle()
    answers = all_at_once(gateway, wire, "cached", texts)

    assert answers == [f"You said: {text}" for text in texts]
    assert [response.headers["x-sallyport-cache"] for response in wire.responses] == ["miss"] + ["hit"] * AT_ONCE


def test_many_callers_at_once_are_each_themselves(gateway: Running, wire: Wire):
    keys = ["app", "hasty"] * (AT_ONCE // 2)
    all_at_once(gateway, wire, "simulated", [f"I am {key}, the same as others" for key in keys], keys)
    gateway.settle()
    said_by = {
        (response.request.headers["authorization"], gateway.audited(response.headers["x-request-id"]).caller.tenant)
        for response in wire.responses
    }

    assert said_by == {(f"Bearer {gateway.keys['app']}", "acme"), (f"Bearer {gateway.keys['hasty']}", "hasty")}


def all_at_once(gateway: Running, wire: Wire, model: str, texts: list[str], keys: Sequence[str] = ()) -> list[str]:
    """One async client, as a server application has it; it may ask for many, each with a key of their own."""

    async def ask() -> list[str]:
        http = openai.DefaultAsyncHttpxClient(event_hooks=wire.async_hooks())
        async with openai.AsyncOpenAI(
            base_url=f"{gateway.url}/v1", api_key=gateway.keys["app"], http_client=http, max_retries=0
        ) as client:
            answered = await asyncio.gather(
                *(
                    client.with_options(api_key=gateway.keys[key]).chat.completions.create(
                        model=model, messages=[{"role": "user", "content": text}]
                    )
                    for text, key in zip(texts, keys or repeat("app"), strict=False)
                )
            )
            return [each.choices[0].message.content or "" for each in answered]

    return asyncio.run(ask())
