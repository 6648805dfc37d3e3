"""Failures that a client orders by a header, and warnings of what a simulated model cannot do."""

from typing import Any

import openai
import pytest

from tests.contract.provider import Provider, completion, streamed
from tests.contract.wire import Wire

HELLO = [{"role": "user", "content": "Hello"}]


def drill(script: str) -> dict[str, str]:
    return {"x-sallyport-drill": script}


@pytest.mark.parametrize("stream", [False, True])
def test_a_drill_fails_as_a_provider_would(client: openai.OpenAI, wire: Wire, stream: bool):
    with pytest.raises(openai.RateLimitError) as raised:
        client.chat.completions.create(
            model="simulated", messages=HELLO, stream=stream, extra_headers=drill("fail-429-after-30s")
        )

    assert raised.value.code == "provider_throttled"
    assert wire.responses[-1].headers["retry-after"] == "30"


def test_a_drill_that_only_waits_is_answered(client: openai.OpenAI):
    answered = client.chat.completions.create(model="simulated", messages=HELLO, extra_headers=drill("slow-5ms"))

    assert answered.choices[0].message.content.endswith("You said: Hello")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("model", "script"), [("echo", "fail-429"), ("simulated", "fail-canary"), ("echo", "canary")])
def test_no_other_target_and_no_other_words(
    client: openai.OpenAI, provider: Provider, model: str, script: str, stream: bool
):
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(model=model, messages=HELLO, stream=stream, extra_headers=drill(script))

    assert raised.value.param == "x-sallyport-drill"
    assert "canary" not in raised.value.message
    assert provider.requests == []


def warned(answered: Any) -> list[str]:
    return [each["field"] for each in answered.model_extra["sallyport"]["warnings"]]


@pytest.mark.parametrize(
    ("model", "fields", "expected"),
    [
        ("simulated", {"temperature": 0.5, "seed": 1, "user": "u"}, ["temperature", "user"]),
        ("simulated", {"extra_body": {"verbosity": "low", "canary": 1}}, ["verbosity", "extras"]),
        ("simulated", {"logprobs": True}, ["logprobs"]),
        ("echo", {"temperature": 0.5, "seed": 1, "user": "u", "logprobs": True}, []),
    ],
)
def test_what_a_target_cannot_honour_is_told(client: openai.OpenAI, model: str, fields: dict, expected: list[str]):
    assert warned(client.chat.completions.create(model=model, messages=HELLO, **fields)) == expected


@pytest.mark.parametrize("stream", [False, True])
def test_a_server_that_passes_over_n_is_told_of(client: openai.OpenAI, provider: Provider, stream: bool):
    provider.script(streamed({"delta": {"content": "One"}}) if stream else completion({"content": "One"}))
    answered = client.chat.completions.create(model="echo", messages=HELLO, n=2, stream=stream)
    last = list(answered)[-1] if stream else answered

    assert provider.requests[-1]["n"] == 2
    assert warned(last) == ["n"]


def test_made_up_probabilities_come_whole_and_in_a_stream(client: openai.OpenAI):
    asked: dict = {"model": "simulated", "messages": HELLO, "logprobs": True, "top_logprobs": 1}
    whole = client.chat.completions.create(**asked).choices[0]
    with client.chat.completions.stream(**asked) as stream:
        streamed = stream.get_final_completion().choices[0]

    assert "".join(each.token for each in whole.logprobs.content) == whole.message.content
    assert streamed.logprobs.content == whole.logprobs.content


def test_parallel_calls_have_ids_of_their_own(client: openai.OpenAI):
    tools = [{"type": "function", "function": {"name": name}} for name in ("find", "look")]
    asked: dict = {"model": "simulated", "messages": [{"role": "user", "content": "look and find"}], "tools": tools}
    calls = client.chat.completions.create(**asked).choices[0].message.tool_calls
    single = client.chat.completions.create(**asked, parallel_tool_calls=False).choices[0].message.tool_calls

    assert [call.function.name for call in calls] == ["find", "look"]
    assert len({call.id for call in calls}) == 2
    assert len(single) == 1
