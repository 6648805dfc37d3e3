"""Texts of every kind arrive as they were sent, and every one of many requests at once gets its own."""

import json

import openai
import pytest

from tests.contract.crowd import all_at_once
from tests.contract.provider import Provider, completion
from tests.contract.served import Served
from tests.contract.wire import Wire

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
def test_many_at_once_get_their_own_answers(served: Served, wire: Wire, model: str):
    texts = [f"Nonce {model}-{number}: tell person{number}@example.com" for number in range(AT_ONCE)]
    answers = all_at_once(served, wire, model, texts)

    assert [answer.partition("You said: ")[2] for answer in answers] == texts
    assert len(set(wire.request_ids)) == AT_ONCE
