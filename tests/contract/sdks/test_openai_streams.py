"""OpenAI's stream helpers: what they make of a stream, event by event, and of one that fails in the middle."""

import asyncio
from typing import Any

import openai
import pydantic
import pytest

from tests.contract.conftest import Clients
from tests.contract.provider import Provider, calling, completion
from tests.contract.served import Served
from tests.contract.wire import Wire

EMAIL = "ann@example.com"
HELLO: list[Any] = [{"role": "user", "content": f"I am {EMAIL}."}]


class Send(pydantic.BaseModel):
    """Send a message."""

    to: str
    urgent: bool


def test_the_helper_gathers_the_whole_answer(client: openai.OpenAI):
    whole = client.chat.completions.create(model="simulated", messages=HELLO)
    with client.chat.completions.stream(model="simulated", messages=HELLO) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    kinds = [event.type for event in events]

    assert {"chunk", "content.delta", "content.done"} == set(kinds)
    assert kinds.count("content.delta") > 3
    assert final.choices[0].message.content == whole.choices[0].message.content
    assert EMAIL in final.choices[0].message.content
    assert final.choices[0].finish_reason == "stop"


def test_the_usage_comes_last_when_it_is_asked_for(client: openai.OpenAI):
    def chunks(**fields: Any) -> list[Any]:
        return list(client.chat.completions.create(model="simulated", messages=HELLO, stream=True, **fields))

    plain, counted = chunks(), chunks(stream_options={"include_usage": True})

    assert [chunk.usage for chunk in plain] == [None] * len(plain)
    assert plain[-1].model_extra["sallyport"]["redactions"] == {"EMAIL": 1}
    assert counted[-1].choices == []
    assert counted[-1].usage.completion_tokens > 0
    assert len({chunk.id for chunk in counted}) == 1


def test_a_stream_is_parsed(client: openai.OpenAI):
    with client.chat.completions.stream(model="simulated", messages=HELLO, response_format=Send) as stream:
        partial = [event.parsed for event in stream if event.type == "content.delta"]
        parsed = stream.get_final_completion().choices[0].message.parsed

    assert parsed == Send(to=EMAIL, urgent=True)
    assert partial[-1] == {"to": EMAIL, "urgent": True}


def test_parallel_tools_stream_as_they_were_called(client: openai.OpenAI, provider: Provider):
    provider.script(
        calling(
            ("call_a", "Send", {"to": "<EMAIL_1>", "urgent": True}), ("call_b", "Send", {"to": "it", "urgent": False})
        )
    )
    tools = [openai.pydantic_function_tool(Send)]
    with client.chat.completions.stream(model="echo", messages=HELLO, tools=tools, parallel_tool_calls=True) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        choice = stream.get_final_completion().choices[0]

    assert [event.parsed_arguments for event in done] == [Send(to=EMAIL, urgent=True), Send(to="it", urgent=False)]
    assert [(each.id, each.function.parsed_arguments.to) for each in choice.message.tool_calls] == [
        ("call_a", EMAIL),
        ("call_b", "it"),
    ]
    assert choice.finish_reason == "tool_calls"


def test_a_tool_loop_of_streams(client: openai.OpenAI, provider: Provider):
    provider.script(calling(("c1", "Send", {"to": "<EMAIL_1>", "urgent": True})), completion({"content": "Sent."}))
    messages: list[Any] = list(HELLO)
    tools = [openai.pydantic_function_tool(Send)]
    for _ in range(2):
        with client.chat.completions.stream(model="echo", messages=messages, tools=tools) as stream:
            message = stream.get_final_completion().choices[0].message
        messages.append(message)
        messages += [{"role": "tool", "tool_call_id": each.id, "content": "ok"} for each in message.tool_calls or []]

    assert messages[-1].content == "Sent."
    assert [each["role"] for each in provider.requests[-1]["messages"]] == ["user", "assistant", "tool"]


@pytest.mark.parametrize("n", [1, 2])
def test_every_choice_has_a_stream_of_its_own(client: openai.OpenAI, n: int):
    with client.chat.completions.stream(model="simulated", messages=HELLO, n=n) as stream:
        choices = stream.get_final_completion().choices

    assert [choice.index for choice in choices] == list(range(n))
    assert {EMAIL in choice.message.content for choice in choices} == {True}


def test_a_refusal_streams_as_one(client: openai.OpenAI, provider: Provider):
    provider.script(completion({"content": None, "refusal": "I will not."}))
    with client.chat.completions.stream(model="echo", messages=HELLO) as stream:
        refusals = [event.refusal for event in stream if event.type == "refusal.done"]

    assert refusals == ["I will not."]


def test_the_async_helper_gives_the_same(served: Served, wire: Wire):
    async def ask() -> tuple[list[str], Any, list[str]]:
        http = openai.DefaultAsyncHttpxClient(verify=False, event_hooks=wire.async_hooks())
        async with openai.AsyncOpenAI(
            base_url=f"{served.url}/v1", api_key=served.keys["app"], http_client=http
        ) as client:
            async with client.chat.completions.stream(
                model="simulated", messages=HELLO, response_format=Send
            ) as stream:
                kinds = [event.type async for event in stream]
                final = await stream.get_final_completion()
            bare = await client.chat.completions.create(model="simulated", messages=HELLO, stream=True)
            texts = [chunk.choices[0].delta.content or "" async for chunk in bare]
            return kinds, final, texts

    kinds, final, texts = asyncio.run(ask())

    assert "content.done" in kinds
    assert final.choices[0].message.parsed == Send(to=EMAIL, urgent=True)
    assert EMAIL in "".join(texts)


def test_a_stream_that_breaks_off_is_an_error_and_not_an_end(clients: Clients, wire: Wire):
    """It was begun, so the SDK does not ask again."""
    chunks = clients(max_retries=2).chat.completions.create(model="cut", messages=HELLO, stream=True)
    texts: list[str] = []
    with pytest.raises(openai.APIError) as raised:
        texts.extend(chunk.choices[0].delta.content for chunk in chunks)

    assert texts
    assert wire.statuses == [200]
    assert (raised.value.code, raised.value.type) == ("provider_unavailable", "api_error")


@pytest.mark.parametrize(
    ("model", "error", "statuses"),
    [("absent", openai.NotFoundError, [404]), ("busy", openai.InternalServerError, [502, 502])],
)
def test_what_fails_before_it_begins_has_its_status_and_is_retried_if_that_helps(
    clients: Clients, wire: Wire, model: str, error: type[Exception], statuses: list[int]
):
    with pytest.raises(error):
        clients(max_retries=1).chat.completions.create(model=model, messages=HELLO, stream=True)

    assert wire.statuses == statuses
    assert [each.request.headers["x-stainless-retry-count"] for each in wire.responses] == ["0", "1"][: len(statuses)]


def test_a_stream_that_is_left_early_is_closed(client: openai.OpenAI):
    with client.chat.completions.create(model="simulated", messages=HELLO, stream=True) as chunks:
        assert next(iter(chunks)).choices
    assert chunks.response.is_closed
