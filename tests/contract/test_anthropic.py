"""Anthropic's dialect on the wire: both auth headers, tools over two turns, streams, and errors in its shape."""

from typing import Any

import httpx
import pytest

from tests.contract.provider import Provider, calling
from tests.e2e.running import Running
from tests.unit.dialects.anthropic_messages.shapes import Error, Message, Models, accumulated, events_of

EMAIL = "bob@corp.example.org"
WEATHER = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def ask(gateway: Running, path: str = "/v1/messages", key: str | None = None, **fields: Any) -> httpx.Response:
    body = {"model": "simulated", "max_tokens": 200, "messages": [{"role": "user", "content": f"I am {EMAIL}."}]}
    headers = {"x-api-key": key or gateway.keys["app"], "anthropic-version": "2023-06-01"}
    return httpx.post(f"{gateway.url}{path}", json=body | fields, headers=headers, timeout=60)


@pytest.mark.parametrize(
    "header", [("x-api-key", "{}", "2023-06-01"), ("Authorization", "Bearer {}", "2026-10-21")], ids=["old", "new"]
)
def test_both_headers_open_every_route(gateway: Running, header: tuple[str, str, str]) -> None:
    name, form, version = header
    headers = {name: form.format(gateway.keys["app"]), "anthropic-version": version}
    answer = httpx.get(f"{gateway.url}/v1/models", headers=headers)
    assert Models.model_validate(answer.json()).data


def test_an_answer_has_this_callers_own_values(gateway: Running) -> None:
    answer = ask(gateway)

    read = Message.model_validate(answer.json())
    assert f"I am {EMAIL}." in read.content[0].text
    assert read.sallyport is not None
    assert read.sallyport["redactions"] == {"EMAIL": 1}
    assert answer.headers["request-id"] == answer.headers["x-request-id"]


def test_a_stream_says_the_same(gateway: Running) -> None:
    whole = Message.model_validate(ask(gateway).json())
    streamed = accumulated(events_of(ask(gateway, stream=True).content))

    assert (streamed.content, streamed.stop_reason, streamed.model) == (whole.content, whole.stop_reason, whole.model)
    assert (streamed.usage, streamed.id.startswith("msg_")) == (whole.usage, True)


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_over_two_turns(gateway: Running, stream: bool) -> None:
    def said(**fields: Any) -> Message:
        answer = ask(gateway, stream=stream, tools=[WEATHER], **fields)
        return accumulated(events_of(answer.content)) if stream else Message.model_validate(answer.json())

    first = said(tool_choice={"type": "tool", "name": "get_weather"})
    [use] = first.content
    assert (first.stop_reason, use.name, list(use.input)) == ("tool_use", "get_weather", ["city"])

    result = {"type": "tool_result", "tool_use_id": use.id, "content": f"Sunny, says {EMAIL}."}
    messages = [
        {"role": "user", "content": "How is the weather?"},
        {"role": "assistant", "content": [each.model_dump() for each in first.content]},
        {"role": "user", "content": [result]},
    ]
    second = said(messages=messages)
    assert second.stop_reason == "end_turn"
    assert f"Sunny, says {EMAIL}." in second.content[0].text


def test_an_openai_compatible_model_gets_it_in_its_own_words(gateway: Running, provider: Provider) -> None:
    provider.script(calling(("c1", "get_weather", {"city": "<EMAIL_1>"})))
    choice = {"type": "any", "disable_parallel_tool_use": True}
    answer = ask(gateway, model="echo", system="Be brief.", tools=[WEATHER], tool_choice=choice, speed="fast")

    [use] = Message.model_validate(answer.json()).content
    assert (use.id, use.input) == ("c1", {"city": EMAIL})
    [request] = provider.requests
    assert [each["role"] for each in request["messages"]] == ["system", "user"]
    assert (request["tool_choice"], request["parallel_tool_calls"]) == ("required", False)
    assert "speed" not in request
    assert EMAIL not in str(request)


def test_what_is_signed_hides_nothing_from_the_provider(gateway: Running, provider: Provider) -> None:
    thought = {"type": "thinking", "thinking": f"It is {EMAIL}.", "signature": "c2ln"}
    messages = [
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": [thought, {"type": "text", "text": "Wait."}]},
        {"role": "user", "content": "So?"},
    ]
    assert ask(gateway, model="echo", messages=messages).status_code == 200
    assert EMAIL not in str(provider.requests)


def test_tokens_are_counted(gateway: Running) -> None:
    assert ask(gateway, "/v1/messages/count_tokens").json()["input_tokens"] > 0


@pytest.mark.parametrize(
    ("fields", "status", "type_"),
    [
        ({"max_tokens": 0}, 400, "invalid_request_error"),
        ({"model": "gone"}, 404, "not_found_error"),
        ({"model": "gone", "stream": True}, 404, "not_found_error"),
        ({"model": "busy", "stream": True}, 503, "overloaded_error"),
    ],
)
def test_every_error_has_its_shape(gateway: Running, fields: dict[str, Any], status: int, type_: str) -> None:
    answer = ask(gateway, **fields)

    assert answer.status_code == status
    assert Error.model_validate(answer.json()).error.type == type_


def test_used_up_is_not_tried_again(gateway: Running) -> None:
    answer = ask(gateway, key=gateway.keys["full"])

    assert Error.model_validate(answer.json()).request_id == answer.headers["request-id"]
    assert answer.status_code == 429


@pytest.mark.parametrize("display", ["summarized", "omitted"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_signed_thought_is_known_again_when_it_comes_back(gateway: Running, stream: bool, display: str) -> None:
    def said(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        thinking = {"type": "adaptive", "display": display}
        answer = ask(gateway, stream=stream, messages=messages, thinking=thinking)
        read = accumulated(events_of(answer.content)) if stream else Message.model_validate(answer.json())
        return [block.model_dump(exclude_none=True) for block in read.content]

    question = {"role": "user", "content": f"I am {EMAIL}."}
    first = said([question])
    changed = [first[0] | {"signature": "another"}, *first[1:]]
    [_, known] = said([question, {"role": "assistant", "content": first}, question])
    [_, unknown] = said([question, {"role": "assistant", "content": changed}, question])

    assert first[0]["type"] == "thinking"
    assert (first[0]["thinking"] == "") is (display == "omitted")
    assert "You sent thoughts: 1." in known["text"]
    assert "thoughts" not in unknown["text"]


def test_a_compatible_server_leaves_out_what_it_has_no_words_for_and_the_client_is_told(
    gateway: Running, provider: Provider
) -> None:
    text = {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}
    answer = ask(
        gateway,
        model="echo",
        max_tokens=4000,
        messages=[{"role": "user", "content": [text]}],
        thinking={"type": "enabled", "budget_tokens": 2000},
        top_k=5,
        service_tier="auto",
    )
    told = Message.model_validate(answer.json()).sallyport

    assert told is not None
    assert [each["field"] for each in told["warnings"]] == ["cache_control", "thinking.budget_tokens", "service_tier"]
    assert (provider.requests[-1]["top_k"], provider.requests[-1]["reasoning_effort"]) == (5, "low")
