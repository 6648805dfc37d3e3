"""client.embeddings and client.models.retrieve, as applications call them."""

import asyncio
import math
from typing import Any

import openai
import pytest

from tests.contract.conftest import Clients
from tests.contract.provider import Provider, embeddings, failure
from tests.contract.served import Served
from tests.contract.wire import Wire

CANARY = "canary-7f3a"
INVALID = "invalid_request_error"
TENTH = pytest.approx(0.1, rel=1e-6)


def test_vectors_come_in_base64_unless_the_application_says_otherwise(
    client: openai.OpenAI, provider: Provider, wire: Wire
):
    read = client.embeddings.create(model="vectors", input="abc")

    assert [each.embedding for each in read.data] == [[3.0, TENTH]]
    assert b'"encoding_format":"base64"' in wire.responses[-1].request.content.replace(b": ", b":")
    assert isinstance(wire.responses[-1].json()["data"][0]["embedding"], str)
    assert (read.model, read.object) == ("vectors-1", "list")
    assert (read.usage.prompt_tokens, read.usage.total_tokens) == (100, 100)
    assert provider.requests == [{"model": "vectors-1", "input": ["abc"], "encoding_format": "base64"}]


def test_vectors_come_in_digits_when_they_are_asked_for(client: openai.OpenAI, provider: Provider, wire: Wire):
    read = client.embeddings.create(model="vectors", input=["a", "bc"], encoding_format="float")

    assert [each.embedding for each in read.data] == [[1.0, TENTH], [2.0, TENTH]]
    assert [each.index for each in read.data] == [0, 1]
    assert wire.responses[-1].json()["data"][0]["embedding"] == [1.0, TENTH]
    assert provider.requests[-1]["encoding_format"] == "base64"


def test_base64_that_an_application_asks_for_stays_base64(client: openai.OpenAI, provider: Provider):
    provider.script(embeddings("AACAPwAAAEA="))
    read = client.embeddings.create(model="vectors", input="a", encoding_format="base64")

    assert read.data[0].embedding == "AACAPwAAAEA="


def test_the_async_client_reads_the_same_vectors(served: Served, wire: Wire, provider: Provider):
    async def ask() -> tuple[list[list[float]], str]:
        http = openai.DefaultAsyncHttpxClient(event_hooks=wire.async_hooks())
        async with openai.AsyncOpenAI(
            base_url=f"{served.url}/v1", api_key=served.keys["app"], http_client=http
        ) as client:
            read = await client.embeddings.create(model="vectors", input=["a", "bc"])
            return [each.embedding for each in read.data], (await client.models.retrieve("vectors")).id

    assert asyncio.run(ask()) == ([[1.0, TENTH], [2.0, TENTH]], "vectors")


def test_what_else_can_be_said_reaches_the_provider(client: openai.OpenAI, provider: Provider):
    provider.script(embeddings([1.0, 2.0, 3.0]))
    client.embeddings.create(
        model="vectors", input="a", dimensions=3, user="agent-7", extra_body={"input_type": "search_query"}
    )

    [sent] = provider.requests
    assert (sent["dimensions"], sent["user"], sent["input_type"]) == (3, "agent-7", "search_query")


def test_a_size_that_the_provider_does_not_have_is_refused_by_its_name(client: openai.OpenAI, provider: Provider):
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model="vectors", input="a", dimensions=3)

    assert (refused.value.param, refused.value.code) == ("dimensions", "provider_rejected")
    assert len(provider.requests) == 1


def test_many_texts_come_back_in_their_order(client: openai.OpenAI, provider: Provider):
    texts = ["x" * (1 + number * 7 % 50) for number in range(2048)]
    read = client.embeddings.create(model="vectors", input=texts)

    assert [each.embedding[0] for each in read.data] == [len(text) for text in texts]
    assert [each.index for each in read.data] == list(range(2048))
    assert sum(len(sent["input"]) for sent in provider.requests) == 2048


def test_simulated_vectors_are_the_same_every_time_and_say_what_they_are(client: openai.OpenAI):
    first, again = (client.embeddings.create(model="hashed", input=["a", "b"], dimensions=8) for _ in range(2))

    assert [each.embedding for each in first.data] == [each.embedding for each in again.data]
    assert [len(each.embedding) for each in first.data] == [8, 8]
    assert math.hypot(*first.data[0].embedding) == pytest.approx(1, rel=1e-5)
    assert first.model == "simulated-embedding-1"
    assert first.model_extra is not None
    assert first.model_extra["sallyport"]["provider"] == "simulated"


def test_headers_and_the_sallyport_block_tell_the_same_story(client: openai.OpenAI):
    raw = client.embeddings.with_raw_response.create(model="vectors", input=["ann@example.com", "bob@example.com"])
    told = raw.parse().model_extra["sallyport"]

    assert raw.parse()._request_id == raw.headers["x-request-id"] == told["request_id"]
    assert {name: value for name, value in raw.headers.items() if name.startswith("x-sallyport-")} == {
        "x-sallyport-target": told["target"],
        "x-sallyport-model": told["model"],
        "x-sallyport-cache": told["cache"],
        "x-sallyport-sensitivity": told["sensitivity"],
        "x-sallyport-redactions": "EMAIL=2",
        "x-sallyport-attempts": "1",
        "x-sallyport-cost-usd": f"{told['cost_usd']:.6f}",
    }
    assert told["cost_usd"] == pytest.approx(100 * 2 / 1_000_000)


@pytest.mark.parametrize(
    ("key", "fields", "error", "code", "param"),
    [
        ("app", {"input": ""}, openai.BadRequestError, None, "input"),
        ("app", {"input": [CANARY, ""]}, openai.BadRequestError, None, "input[1]"),
        ("app", {"input": []}, openai.BadRequestError, None, "input"),
        ("app", {"input": ["a"] * 2049}, openai.BadRequestError, None, "input"),
        ("app", {"input": [1, 2, 3]}, openai.BadRequestError, None, "input"),
        ("app", {"input": [[1, 2], [3]]}, openai.BadRequestError, None, "input"),
        ("app", {"encoding_format": CANARY}, openai.BadRequestError, None, "encoding_format"),
        ("app", {"dimensions": -1}, openai.BadRequestError, None, "dimensions"),
        ("app", {"model": "echo"}, openai.BadRequestError, None, "model"),
        ("app", {"model": "absent"}, openai.NotFoundError, "model_not_found", "model"),
        ("small", {}, openai.NotFoundError, "model_not_found", "model"),
        ("full", {}, openai.RateLimitError, "rate_limit_exceeded", None),
        ("-", {}, openai.AuthenticationError, "invalid_api_key", None),
        ("app", {"model": "busy-vectors"}, openai.InternalServerError, "provider_unavailable", None),
    ],
)
def test_every_refusal_is_the_sdks_own_exception(
    clients: Clients, provider: Provider, key: str, fields: dict[str, Any], error: type, code: str, param: str
):
    with pytest.raises(openai.APIStatusError) as raised:
        clients(key).embeddings.create(**({"model": "vectors", "input": "a"} | fields))

    assert type(raised.value) is error
    assert (raised.value.code, raised.value.param) == (code, param)
    assert CANARY not in raised.value.response.text
    assert raised.value.request_id
    assert provider.requests == []


def test_the_sdk_tries_again_when_the_provider_is_busy(clients: Clients, provider: Provider, wire: Wire):
    provider.script(failure(503, retry_after="1"))
    read = clients(max_retries=1).embeddings.create(model="vectors", input="a")

    assert read.data[0].embedding[0] == 1.0
    assert wire.statuses == [502, 200]


def test_a_chat_with_a_model_that_embeds_is_refused(client: openai.OpenAI, provider: Provider):
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(
                model="vectors", messages=[{"role": "user", "content": CANARY}], stream=stream
            )
        assert refused.value.param == "model"
    assert provider.requests == []


def test_a_model_is_retrieved_by_its_name(client: openai.OpenAI):
    listed = {model.id: model for model in client.models.list()}

    assert client.models.retrieve("vectors") == listed["vectors"]


@pytest.mark.parametrize(("key", "name"), [("app", "absent"), ("small", "vectors"), ("app", "a/b"), ("app", "a b?c")])
def test_a_model_that_is_not_there_or_not_for_this_key_is_not_found(clients: Clients, key: str, name: str):
    with pytest.raises(openai.NotFoundError) as refused:
        clients(key).models.retrieve(name)

    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")
    assert "does not exist or is not available to this key" in refused.value.message


def test_a_drill_is_played_before_vectors_and_by_simulated_targets_alone(
    client: openai.OpenAI, provider: Provider, wire: Wire
):
    drill = {"x-sallyport-drill": "fail-503-after-1s"}
    with pytest.raises(openai.InternalServerError) as failed:
        client.embeddings.create(model="hashed", input="a drill", extra_headers=drill)
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model="vectors", input="a drill", extra_headers=drill)

    assert failed.value.code == "provider_unavailable"
    assert refused.value.param == "x-sallyport-drill"
    assert provider.requests == []


def test_what_a_target_has_no_place_for_is_told(client: openai.OpenAI):
    read = client.embeddings.create(model="hashed", input="a", user="agent-7", extra_body={CANARY: 1, "other": 2})

    assert read.model_extra is not None
    told = read.model_extra["sallyport"]["warnings"]
    assert [each["field"] for each in told] == ["user", "extras"]
    assert told[1]["reason"].startswith("2 more fields")
    assert CANARY not in str(told)
