"""OpenAI's Responses through the official SDK: whole and streamed, tool loops, thoughts, schemas, errors."""

import asyncio
import json
from typing import Any

import openai
import pytest
from openai.types.responses import Response
from pydantic import BaseModel

from tests.contract.conftest import Clients
from tests.contract.provider import Provider, Reply, calling, completion, failure
from tests.contract.served import Served
from tests.contract.wire import Wire

EMAIL = "ann@example.com"
PIXEL = "data:image/png;base64,iVBORw0KGgo="
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "name": "get_weather", "description": "Of a city", "parameters": CITY,
                "strict": False}  # fmt: skip
CLOCK: Any = {"type": "function", "name": "get_time", "parameters": {"type": "object"}, "strict": None}


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    celsius: int


def ask(client: openai.OpenAI, text: Any, /, *, streamed: bool = False, model: str = "simulated", **fields: Any) -> Any:
    """The response, or the one that the SDK accumulates of a stream."""
    if not streamed:
        return client.responses.create(model=model, input=text, **fields)
    with client.responses.stream(model=model, input=text, **fields) as stream:
        return stream.get_final_response()


whole_and_streamed = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])


def test_the_sync_client_reads_the_answer_and_its_usage(client: openai.OpenAI, provider: Provider) -> None:
    response = ask(client, "Hello", model="echo", instructions="Be brief.", max_output_tokens=99)

    assert response.output_text == "You said: Hello"
    assert (response.status, response.instructions, response.max_output_tokens) == ("completed", "Be brief.", 99)
    assert (response.usage.input_tokens, response.usage.output_tokens, response.usage.total_tokens) == (100, 50, 150)
    assert response.id == f"resp_{response._request_id}"
    assert provider.requests == [
        {
            "model": "echo-1",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
            "stream": False,
            "max_tokens": 99,
        }
    ]


def test_the_async_client_reads_the_same_whole_and_streamed(served: Served, wire: Wire) -> None:
    async def said() -> tuple[str, str, list[str]]:
        http = openai.DefaultAsyncHttpxClient(verify=False, event_hooks=wire.async_hooks())
        key = served.keys["app"]
        async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key=key, http_client=http) as client:
            whole = await client.responses.create(model="simulated", input=f"Mail {EMAIL}")
            async with client.responses.stream(model="simulated", input=f"Mail {EMAIL}") as stream:
                pieces = [event.delta async for event in stream if event.type == "response.output_text.delta"]
                return whole.output_text, (await stream.get_final_response()).output_text, pieces

    whole, streamed, pieces = asyncio.run(said())

    assert whole == streamed == "".join(pieces)
    assert whole.endswith(f"You said: Mail {EMAIL}")
    assert len(pieces) > 5


def test_the_events_of_a_plain_stream(client: openai.OpenAI) -> None:
    events = list(client.responses.create(model="simulated", input="Hello", stream=True))

    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [events[0].type, events[1].type, events[-1].type] == [
        "response.created", "response.in_progress", "response.completed",
    ]  # fmt: skip
    assert {event.response.id for event in events if hasattr(event, "response")} == {events[-1].response.id}
    assert events[-1].response.model_extra["sallyport"]["target"] == "simulated"


@whole_and_streamed
def test_a_schema_is_answered_with_its_model(client: openai.OpenAI, streamed: bool) -> None:
    if streamed:
        with client.responses.stream(model="simulated", input="west", text_format=Weather) as stream:
            response = stream.get_final_response()
    else:
        response = client.responses.parse(model="simulated", input="west", text_format=Weather)

    assert isinstance(response.output_parsed, Weather)
    assert response.text.format.name == "Weather"


@whole_and_streamed
def test_a_tool_made_of_a_model_is_called_with_one(client: openai.OpenAI, streamed: bool) -> None:
    fields: dict[str, Any] = {
        "model": "simulated",
        "input": "west",
        "tools": [openai.pydantic_function_tool(Weather)],
        "tool_choice": "required",
    }
    if streamed:
        with client.responses.stream(**fields) as stream:
            [call] = stream.get_final_response().output
    else:
        [call] = client.responses.parse(**fields).output

    assert isinstance(call.parsed_arguments, Weather)


def test_parallel_calls_and_their_results_go_back_and_forth(client: openai.OpenAI, provider: Provider) -> None:
    """The SDK's own items are sent back, with everything that they carry besides."""
    cities = ("call_a", "get_weather", {"city": "west"}), ("call_b", "get_weather", {"city": "<EMAIL_1>"})
    provider.script(calling(*cities), calling(("call_c", "get_time", {})), completion({"content": "Told <EMAIL_1>."}))
    items: list[Any] = [{"role": "user", "content": f"Which is colder, west or where {EMAIL} is?"}]
    rounds, seen = 0, []
    while True:
        response = ask(client, items, model="echo", tools=[WEATHER, CLOCK], parallel_tool_calls=True)
        items += response.output
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            break
        rounds += 1
        seen += [json.loads(each.arguments) for each in calls]
        items += [
            {"type": "function_call_output", "call_id": each.call_id, "output": f"result of {each.call_id}"}
            for each in calls
        ]
    _, asked, *results, again, last = provider.requests[-1]["messages"]

    assert (rounds, response.output_text) == (2, f"Told {EMAIL}.")
    assert seen == [{"city": "west"}, {"city": EMAIL}, {}]
    assert [(each["id"], json.loads(each["function"]["arguments"])) for each in asked["tool_calls"]] == [
        (id_, arguments) for id_, _, arguments in cities
    ]
    assert results == [
        {"role": "tool", "tool_call_id": id_, "content": f"result of {id_}"} for id_ in ("call_a", "call_b")
    ]
    assert [each["function"]["name"] for each in again["tool_calls"]] == ["get_time"]
    assert last == {"role": "tool", "tool_call_id": "call_c", "content": "result of call_c"}
    assert EMAIL not in json.dumps(provider.requests)


@whole_and_streamed
def test_a_tool_over_two_turns(client: openai.OpenAI, streamed: bool) -> None:
    items: list[Any] = [{"role": "user", "content": f"Use the tool for {EMAIL}"}]
    first = ask(client, items, streamed=streamed, tools=[WEATHER])
    [call] = first.output
    items += [*first.output, {"type": "function_call_output", "call_id": call.call_id, "output": f"{EMAIL}: -3"}]
    second = ask(client, items, streamed=streamed, tools=[WEATHER])

    assert EMAIL in json.loads(call.arguments)["city"]
    assert second.output_text.endswith(f"The tool answered: {EMAIL}: -3")


def test_results_may_have_parts(client: openai.OpenAI, provider: Provider) -> None:
    call = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}
    parts = [{"type": "input_text", "text": "seen"}, {"type": "input_image", "image_url": PIXEL, "detail": "low"}]
    ask(client, [call, {"type": "function_call_output", "call_id": "c", "output": parts}], model="echo")
    _, result, image = provider.requests[-1]["messages"]

    assert result == {"role": "tool", "tool_call_id": "c", "content": "seen"}
    assert image["content"] == [{"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}]


def test_an_image_and_a_file_by_value_pass_unchanged(client: openai.OpenAI, provider: Provider) -> None:
    data = "data:application/pdf;base64,JVBERi0="
    parts = [
        {"type": "input_text", "text": "Compare."},
        {"type": "input_image", "image_url": PIXEL, "detail": "high"},
        {"type": "input_file", "filename": "a.pdf", "file_data": data},
    ]
    ask(client, [{"role": "user", "content": parts}], model="echo")

    assert provider.requests[-1]["messages"][0]["content"] == [
        {"type": "text", "text": "Compare."},
        {"type": "image_url", "image_url": {"url": PIXEL, "detail": "high"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": data}},
    ]


@whole_and_streamed
def test_thoughts_are_a_summary_and_can_be_sent_back(client: openai.OpenAI, streamed: bool) -> None:
    response = ask(client, "Hello", streamed=streamed, reasoning={"effort": "low", "summary": "auto"},
                   include=["reasoning.encrypted_content"])  # fmt: skip
    thought, message = response.output
    again = ask(client, [*response.output, {"role": "user", "content": "And?"}], streamed=streamed)

    assert [part.text for part in thought.summary] == ["Simulated reasoning: repeat what was said."]
    assert response.usage.output_tokens_details.reasoning_tokens > 0
    assert response.reasoning.effort == "low"
    assert message.content[0].annotations == []
    assert again.output_text.endswith("You said: And?")


def test_a_refusal_comes_back_as_a_refusal(client: openai.OpenAI, provider: Provider) -> None:
    provider.script(completion({"content": None, "refusal": "I will not."}))
    response = ask(client, "Do it", model="echo")

    assert [part.refusal for part in response.output[0].content] == ["I will not."]
    assert response.output_text == ""


@whole_and_streamed
def test_what_was_cut_is_incomplete(client: openai.OpenAI, streamed: bool) -> None:
    if streamed:
        *_, last = client.responses.create(model="simulated", input="Hello", max_output_tokens=5, stream=True)
        assert last.type == "response.incomplete"
        response: Response = last.response
    else:
        response = ask(client, "Hello", max_output_tokens=5)

    assert (response.status, response.output[-1].status) == ("incomplete", "incomplete")
    assert response.incomplete_details is not None
    assert response.incomplete_details.reason == "max_output_tokens"
    assert response.output_text == "Simulated answe"


def test_cached_and_reasoning_tokens_are_told(client: openai.OpenAI, provider: Provider) -> None:
    reply = completion({"content": "Yes"})
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 32},
    }
    provider.script(Reply(200, reply.body | {"usage": usage}))
    told = ask(client, "Hello", model="echo").usage

    assert told.input_tokens_details.cached_tokens == 64
    assert told.output_tokens_details.reasoning_tokens == 32


def test_log_probabilities_come_when_they_are_asked_for(client: openai.OpenAI, provider: Provider) -> None:
    token = {"token": "Yes", "bytes": [89], "logprob": -0.1, "top_logprobs": []}
    provider.script(completion({"content": "Yes"}, logprobs={"content": [token]}))
    response = ask(client, "Hello", model="echo", include=["message.output_text.logprobs"], top_logprobs=2)

    assert [each.logprob for each in response.output[0].content[0].logprobs] == [-0.1]
    assert (provider.requests[-1]["logprobs"], provider.requests[-1]["top_logprobs"]) == (True, 2)


def test_every_wish_reaches_the_provider_in_its_own_words(client: openai.OpenAI, provider: Provider) -> None:
    schema = {"type": "object", "properties": {}}
    ask(
        client, "Hello", model="echo", temperature=0.5, top_p=0.9, user="u", metadata={"a": "b"}, service_tier="flex",
        prompt_cache_key="k", safety_identifier="s", reasoning={"effort": "high"}, tools=[WEATHER, CLOCK],
        tool_choice={"type": "function", "name": "get_time"}, parallel_tool_calls=False, truncation="disabled",
        text={"verbosity": "low", "format": {"type": "json_schema", "name": "n", "schema": schema, "strict": True}},
    )  # fmt: skip
    sent = provider.requests[-1]

    assert {name: sent[name] for name in sent.keys() - {"messages", "model", "stream", "max_tokens", "tools"}} == {
        "temperature": 0.5, "top_p": 0.9, "user": "u", "metadata": {"a": "b"}, "service_tier": "flex",
        "prompt_cache_key": "k", "safety_identifier": "s", "reasoning_effort": "high", "parallel_tool_calls": False,
        "tool_choice": {"type": "function", "function": {"name": "get_time"}}, "verbosity": "low",
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema, "strict": True}},
    }  # fmt: skip
    function = {name: WEATHER[name] for name in ("name", "description", "parameters", "strict")}
    assert sent["tools"][0] == {"type": "function", "function": function}


def test_nothing_is_stored_and_that_is_said(client: openai.OpenAI) -> None:
    told = ask(client, "Hello", store=True).model_extra

    assert told["store"] is False
    assert [each["field"] for each in told["sallyport"]["warnings"]] == ["store"]


@pytest.mark.parametrize(
    ("key", "fields", "error", "code", "param"),
    [
        ("sp_no", {}, openai.AuthenticationError, "invalid_api_key", None),
        ("app", {"model": "absent"}, openai.NotFoundError, "model_not_found", "model"),
        ("app", {"top_p": 2}, openai.BadRequestError, None, "top_p"),
        ("app", {"previous_response_id": "resp_1"}, openai.BadRequestError, None, "previous_response_id"),
        ("app", {"conversation": "conv_1"}, openai.BadRequestError, None, "conversation"),
        ("app", {"background": True}, openai.BadRequestError, None, "background"),
        ("app", {"truncation": "auto"}, openai.BadRequestError, None, "truncation"),
        ("app", {"prompt": {"id": "pmpt_1"}}, openai.BadRequestError, None, "prompt"),
        ("app", {"tools": [{"type": "web_search"}]}, openai.BadRequestError, None, "tools[0].type"),
        ("app", {"tools": [{"type": "custom", "name": "x"}]}, openai.BadRequestError, None, "tools[0].type"),
        ("small", {"max_output_tokens": 2001}, openai.BadRequestError, None, "max_output_tokens"),
        ("full", {}, openai.RateLimitError, "rate_limit_exceeded", None),
        ("poor", {"max_output_tokens": 4000}, openai.RateLimitError, "insufficient_quota", None),
    ],
)
@whole_and_streamed
def test_refusals_are_of_the_right_class_before_anything_streams(
    clients: Clients, provider: Provider, key: str, fields: dict, error: type, code: str, param: str, streamed: bool
) -> None:
    with pytest.raises(openai.APIStatusError) as raised:
        ask(clients(key), "Hello", **({"model": "echo", "streamed": streamed} | fields))

    assert type(raised.value) is error
    assert (raised.value.code, raised.value.param) == (code, param)
    assert provider.requests == []


def test_what_a_provider_refuses_is_told_in_this_apis_words(client: openai.OpenAI, provider: Provider) -> None:
    provider.script(failure(400, "context_length_exceeded"))
    with pytest.raises(openai.BadRequestError) as raised:
        ask(client, "Hello", model="echo")
    assert raised.value.code == "context_length_exceeded"
