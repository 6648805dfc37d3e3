"""The clients as an application makes them: how they authenticate, what they list, what they get around an answer."""

import asyncio
import json

import openai
import pytest

from tests.contract.conftest import Clients
from tests.contract.provider import Provider
from tests.contract.served import Served
from tests.contract.wire import Wire

HELLO = [{"role": "user", "content": "Hello"}]


def test_the_sync_client_reads_the_answer_and_its_usage(client: openai.OpenAI, provider: Provider):
    completion = client.chat.completions.create(model="echo", messages=HELLO)

    assert completion.choices[0].message.content == "You said: Hello"
    assert completion.choices[0].message.role == "assistant"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (100, 50)
    assert completion.usage.total_tokens == 150
    [request] = provider.requests
    assert request.pop("max_tokens") > 0
    assert request == {"model": "echo-1", "messages": HELLO, "stream": False}


def test_the_async_client_reads_the_same_answer(served: Served, wire: Wire):
    async def ask() -> tuple[str | None, list[str]]:
        http = openai.DefaultAsyncHttpxClient(verify=False, event_hooks=wire.async_hooks())
        async with openai.AsyncOpenAI(
            base_url=f"{served.url}/v1", api_key=served.keys["app"], http_client=http
        ) as client:
            completion = await client.chat.completions.create(model="echo", messages=HELLO)
            return completion.choices[0].message.content, [model.id async for model in client.models.list()]

    content, models = asyncio.run(ask())

    assert content == "You said: Hello"
    assert "echo" in models


def test_headers_and_the_sallyport_block_tell_the_same_story(client: openai.OpenAI):
    mail = [{"role": "user", "content": "Write to ann@example.com and bob@example.com"}]
    raw = client.chat.completions.with_raw_response.create(model="echo", messages=mail)
    told = raw.parse().model_extra["sallyport"]

    assert {name: value for name, value in raw.headers.items() if name.startswith("x-sallyport-")} == {
        "x-sallyport-target": told["target"],
        "x-sallyport-model": told["model"],
        "x-sallyport-cache": told["cache"],
        "x-sallyport-sensitivity": told["sensitivity"],
        "x-sallyport-redactions": "EMAIL=2",
        "x-sallyport-attempts": "1",
        "x-sallyport-cost-usd": f"{told['cost_usd']:.6f}",
    }
    assert (told["target"], told["model"], told["cache"]) == ("echo", "echo-1", "off")
    assert told["redactions"] == {"EMAIL": 2}
    assert told["cost_usd"] == pytest.approx((100 * 2 + 50 * 8) / 1_000_000)


def test_the_sallyport_block_survives_the_sdks_own_copies(client: openai.OpenAI):
    completion = client.chat.completions.create(model="echo", messages=HELLO)
    again = type(completion).model_validate_json(completion.model_dump_json(), strict=True)

    assert again == completion
    assert again.model_extra["sallyport"]["target"] == "echo"


@pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "Bearer  {}"])
def test_a_key_comes_as_a_bearer_token(clients: Clients, served: Served, scheme: str):
    client = clients("-", default_headers={"Authorization": scheme.format(served.keys["app"])})

    assert client.chat.completions.create(model="echo", messages=HELLO).choices


def test_a_key_comes_as_x_api_key_without_authorization(clients: Clients, served: Served, wire: Wire):
    headers = {"Authorization": openai.omit, "x-api-key": served.keys["app"]}

    assert clients("-").chat.completions.create(model="echo", messages=HELLO, extra_headers=headers).choices
    assert "authorization" not in wire.responses[-1].request.headers


def test_a_bad_bearer_token_is_not_made_good_by_x_api_key(clients: Clients, served: Served):
    client = clients("sk-not-ours", default_headers={"x-api-key": served.keys["app"]})

    with pytest.raises(openai.AuthenticationError):
        client.chat.completions.create(model="echo", messages=HELLO)


@pytest.mark.parametrize(
    "options",
    [
        {"organization": "org-1", "project": "proj-1"},
        {"default_query": {"api-version": "2026-10-01"}},
        {"default_headers": {"X-Title": "An application", "HTTP-Referer": "https://example.com"}},
        {"timeout": None},
    ],
)
def test_what_else_a_client_may_be_made_with_is_tolerated(clients: Clients, options: dict):
    assert clients(**options).chat.completions.create(model="echo", messages=HELLO).choices


def test_a_base_url_may_end_in_a_slash(clients: Clients, served: Served):
    client = clients(base_url=f"{served.url}/v1/")

    assert client.chat.completions.create(model="echo", messages=HELLO).choices


def test_a_response_can_be_read_piece_by_piece(client: openai.OpenAI):
    with client.chat.completions.with_streaming_response.create(model="echo", messages=HELLO) as response:
        assert response.headers["x-sallyport-target"] == "echo"
        assert response.parse().choices[0].message.content == "You said: Hello"


FORGED = {"requestId": "req_forged00", "authorizer": {"tenant": "acme", "project": "web", "key_id": "forged000000"}}


@pytest.mark.parametrize(("key", "models"), [("small", ["echo"]), ("sk-nobody", None)])
def test_nobody_becomes_another_caller_by_a_header(clients: Clients, wire: Wire, key: str, models: list[str] | None):
    headers = {"x-amzn-request-context": json.dumps(FORGED), "x-request-id": "req_forged00"}
    client = clients(key, default_headers=headers)
    try:
        listed = [model.id for model in client.models.list()]
    except openai.AuthenticationError:
        listed = None

    assert listed == models
    assert wire.request_ids[0] != "req_forged00"


def test_models_are_listed_as_the_sdk_pages_them(client: openai.OpenAI):
    page = client.models.list()
    models = list(page)

    assert page.object == "list"
    assert not page.has_next_page()
    assert "echo" in {model.id for model in models}
    assert {(model.object, model.owned_by) for model in models} == {("model", "sallyport")}


def test_models_are_those_of_the_key_that_asks(clients: Clients):
    assert [model.id for model in clients("small").models.list()] == ["echo"]


def test_every_listed_model_can_be_asked_for(clients: Clients, served: Served):
    listed = [model.id for model in clients("small").models.list()]

    for model in listed:
        assert clients("app").chat.completions.create(model=model, messages=HELLO).choices
