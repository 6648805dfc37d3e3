"""Conversations: every role and part that the SDK can send, tools over several turns, and what reaches the provider."""

import base64
import json
from typing import Any

import openai
import pytest

from tests.contract.provider import Provider, calling, completion

PIXEL = "data:image/png;base64," + base64.b64encode(bytes(range(256)) * 4).decode()
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
CLOCK: dict[str, Any] = {"type": "function", "function": {"name": "get_time"}}


def call(id_: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        ({"role": "system", "content": "Be brief."}, {"role": "system", "content": "Be brief."}),
        ({"role": "developer", "content": "Be brief."}, {"role": "system", "content": "Be brief."}),
        (
            {"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
            {"role": "system", "content": "Be brief."},
        ),
        ({"role": "user", "content": "Hi", "name": "it"}, {"role": "user", "content": "Hi", "name": "it"}),
        (
            {"role": "user", "content": [{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]},
            {"role": "user", "content": [{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]},
        ),
        ({"role": "assistant", "content": "Yes?"}, {"role": "assistant", "content": "Yes?"}),
        ({"role": "assistant", "content": ""}, {"role": "assistant", "content": ""}),
        (
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
        ),
        (
            {"role": "assistant", "tool_calls": [call("c1", "get_time", "")]},
            {"role": "assistant", "content": None, "tool_calls": [call("c1", "get_time", "{}")]},
        ),
        (
            {"role": "assistant", "content": "", "tool_calls": [call("c1", "get_weather", '{"city":  "west"}')]},
            {"role": "assistant", "content": "", "tool_calls": [call("c1", "get_weather", '{"city":  "west"}')]},
        ),
        (
            {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "12:00"}]},
            {"role": "tool", "tool_call_id": "c1", "content": "12:00"},
        ),
        ({"role": "tool", "tool_call_id": "c1", "content": ""}, {"role": "tool", "tool_call_id": "c1", "content": ""}),
    ],
)
def test_a_message_of_every_role_reaches_the_provider(
    client: openai.OpenAI, provider: Provider, message: dict, sent: dict
):
    client.chat.completions.create(model="echo", messages=[message, {"role": "user", "content": "Go on"}])

    assert provider.requests[-1]["messages"] == [sent, {"role": "user", "content": "Go on"}]


def test_an_image_by_value_passes_unchanged(client: openai.OpenAI, provider: Provider):
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
    ]
    client.chat.completions.create(model="echo", messages=[{"role": "user", "content": parts}])

    assert provider.requests[-1]["messages"] == [{"role": "user", "content": parts}]


def test_a_file_and_a_sound_pass_too(client: openai.OpenAI, provider: Provider):
    parts = [
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {"type": "text", "text": "Compare."},
    ]
    client.chat.completions.create(model="echo", messages=[{"role": "user", "content": parts}])

    assert provider.requests[-1]["messages"][0]["content"] == parts


def test_parallel_calls_and_their_results_go_back_and_forth(client: openai.OpenAI, provider: Provider):
    """The SDK's own message objects are sent back, with everything that they carry besides."""
    cities = ("call_a", "get_weather", {"city": "west"}), ("call_b", "get_weather", {"city": "east"})
    provider.script(calling(*cities), calling(("call_c", "get_time", {})), completion({"content": "west is colder."}))
    messages: list[Any] = [{"role": "user", "content": "Which is colder now?"}]
    rounds = 0
    while True:
        answered = client.chat.completions.create(
            model="echo", messages=messages, tools=[WEATHER, CLOCK], parallel_tool_calls=True
        )
        choice = answered.choices[0]
        messages.append(choice.message)
        if choice.finish_reason != "tool_calls":
            break
        rounds += 1
        for each in choice.message.tool_calls:
            messages.append({"role": "tool", "tool_call_id": each.id, "content": f"result of {each.id}"})

    assert rounds == 2
    assert choice.message.content == "west is colder."
    assert provider.requests[-1]["parallel_tool_calls"] is True
    assert provider.requests[-1]["messages"] == [
        {"role": "user", "content": "Which is colder now?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [call(id_, name, json.dumps(arguments)) for id_, name, arguments in cities],
        },
        {"role": "tool", "tool_call_id": "call_a", "content": "result of call_a"},
        {"role": "tool", "tool_call_id": "call_b", "content": "result of call_b"},
        {"role": "assistant", "content": None, "tool_calls": [call("call_c", "get_time", "{}")]},
        {"role": "tool", "tool_call_id": "call_c", "content": "result of call_c"},
    ]


def test_originals_come_back_in_every_turn_of_a_tool_loop(client: openai.OpenAI, provider: Provider):
    provider.script(calling(("c1", "get_weather", {"city": "<EMAIL_1>"})), completion({"content": "Told <EMAIL_1>."}))
    messages: list[Any] = [{"role": "user", "content": "Where is ann@example.com?"}]
    first = client.chat.completions.create(model="echo", messages=messages, tools=[WEATHER]).choices[0].message
    messages += [first, {"role": "tool", "tool_call_id": "c1", "content": "ann@example.com is in west"}]
    last = client.chat.completions.create(model="echo", messages=messages, tools=[WEATHER]).choices[0].message

    assert json.loads(first.tool_calls[0].function.arguments) == {"city": "ann@example.com"}
    assert last.content == "Told ann@example.com."
    assert "ann@example.com" not in json.dumps(provider.requests)


@pytest.mark.parametrize("choice", ["none", "auto", "required", {"type": "function", "function": {"name": "get_time"}}])
def test_tools_and_their_choice_reach_the_provider_as_they_are(client: openai.OpenAI, provider: Provider, choice: Any):
    client.chat.completions.create(
        model="echo", messages=[{"role": "user", "content": "Hi"}], tools=[WEATHER, CLOCK], tool_choice=choice
    )

    assert provider.requests[-1]["tools"] == [WEATHER, CLOCK]
    assert provider.requests[-1]["tool_choice"] == choice


@pytest.mark.parametrize(
    ("choice", "text", "called"),
    [
        ("none", "Use a tool", None),
        ("auto", "Good morning", None),
        ("auto", "Use a tool", "get_weather"),
        ("required", "Good morning", "get_weather"),
        ({"type": "function", "function": {"name": "get_time"}}, "Good morning", "get_time"),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "required",
                    "tools": [{"type": "function", "function": {"name": "get_time"}}],
                },
            },
            "Good morning",
            "get_time",
        ),
    ],
)
def test_the_simulated_model_calls_what_the_choice_says(
    client: openai.OpenAI, choice: Any, text: str, called: str | None
):
    answered = client.chat.completions.create(
        model="simulated",
        messages=[{"role": "user", "content": text}],
        tools=[WEATHER, CLOCK],
        tool_choice=choice,
    )
    message = answered.choices[0].message

    assert [each.function.name for each in message.tool_calls or []] == ([called] if called else [])
    assert answered.choices[0].finish_reason == ("tool_calls" if called else "stop")
    assert (message.content is None) == (called is not None)


def test_deprecated_functions_are_answered_with_a_function_call(client: openai.OpenAI, provider: Provider):
    function = {"name": "get_weather", "parameters": WEATHER["function"]["parameters"]}
    provider.script(calling(("c1", "get_weather", {"city": "west"})), completion({"content": "Snow."}))
    messages: list[Any] = [{"role": "user", "content": "Weather?"}]
    first = client.chat.completions.create(
        model="echo", messages=messages, functions=[function], function_call={"name": "get_weather"}
    ).choices[0]
    messages += [first.message, {"role": "function", "name": "get_weather", "content": "-3 degrees"}]
    last = client.chat.completions.create(
        model="echo", messages=messages, functions=[function], function_call="auto"
    ).choices[0]
    _, asked, answered = provider.requests[-1]["messages"]

    assert first.finish_reason == "function_call"
    assert first.message.tool_calls is None
    assert first.message.function_call is not None
    assert first.message.function_call.name == "get_weather"
    assert json.loads(first.message.function_call.arguments) == {"city": "west"}
    assert last.message.content == "Snow."
    assert asked["tool_calls"][0]["id"] == answered["tool_call_id"]
    assert answered["content"] == "-3 degrees"


def test_a_refusal_comes_back_as_a_refusal(client: openai.OpenAI, provider: Provider):
    provider.script(completion({"content": None, "refusal": "I will not."}))
    message = (
        client.chat.completions.create(model="echo", messages=[{"role": "user", "content": "Do it"}]).choices[0].message
    )

    assert (message.content, message.refusal) == (None, "I will not.")


def test_an_answer_without_words_is_empty_rather_than_null(client: openai.OpenAI, provider: Provider):
    """As OpenAI answers when a model stops at once: applications strip what they get."""
    provider.script(completion({"content": ""}, finish="length"))
    choice = client.chat.completions.create(model="echo", messages=[{"role": "user", "content": "Hi"}]).choices[0]

    assert (choice.message.content, choice.finish_reason) == ("", "length")
