"""Every refusal is the SDK's own exception, of the right class, with what an application decides by."""

from typing import Any

import openai
import pytest

from tests.contract.conftest import Clients
from tests.contract.provider import Provider, Reply, failure
from tests.contract.served import Served
from tests.contract.wire import Wire

CANARY = "canary-7f3a"
HELLO = [{"role": "user", "content": f"Hello {CANARY}"}]
INVALID = "invalid_request_error"


def refused(client: openai.OpenAI, **fields: Any) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as raised:
        client.chat.completions.create(**({"model": "echo", "messages": HELLO} | fields))
    assert CANARY not in raised.value.response.text
    assert raised.value.request_id == raised.value.response.headers["x-request-id"]
    return raised.value


@pytest.mark.parametrize(
    ("key", "fields", "error", "code", "type_", "param"),
    [
        ("sp_no", {}, openai.AuthenticationError, "invalid_api_key", INVALID, None),
        ("app", {"model": "absent"}, openai.NotFoundError, "model_not_found", INVALID, "model"),
        ("app", {"model": "not/a name"}, openai.NotFoundError, "model_not_found", INVALID, "model"),
        ("small", {"model": "simulated"}, openai.NotFoundError, "model_not_found", INVALID, "model"),
        ("app", {"model": ""}, openai.BadRequestError, None, INVALID, "model"),
        ("app", {"top_p": 2}, openai.BadRequestError, None, INVALID, "top_p"),
        ("small", {"max_tokens": 2001}, openai.BadRequestError, None, INVALID, "max_tokens"),
        ("small", {"messages": HELLO * 1000}, openai.APIStatusError, "request_too_large", INVALID, None),
        ("full", {}, openai.RateLimitError, "rate_limit_exceeded", "rate_limit_error", None),
        ("poor", {"max_tokens": 4000}, openai.RateLimitError, "insufficient_quota", "insufficient_quota", None),
    ],
)
def test_the_gateways_own_refusals_are_of_the_right_class(
    clients: Clients, provider: Provider, key: str, fields: dict, error: type, code: str, type_: str, param: str
):
    raised = refused(clients(key), **fields)

    assert type(raised) is error
    assert (raised.code, raised.type, raised.param) == (code, type_, param)
    assert provider.requests == []


def test_a_request_that_is_too_large_is_413(clients: Clients):
    assert refused(clients("small"), messages=HELLO * 1000).status_code == 413


def test_a_body_beyond_what_the_gateway_reads_is_413_too(client: openai.OpenAI):
    assert refused(client, messages=[{"role": "user", "content": "x" * 11_000_000}]).status_code == 413


@pytest.mark.parametrize(
    ("reply", "error", "status", "code"),
    [
        (failure(400, "context_length_exceeded"), openai.BadRequestError, 400, "context_length_exceeded"),
        (failure(400, CANARY), openai.BadRequestError, 400, "provider_rejected"),
        (failure(422), openai.BadRequestError, 400, "provider_rejected"),
        (failure(401, "invalid_api_key"), openai.InternalServerError, 502, "provider_denied"),
        (failure(404), openai.InternalServerError, 502, "provider_denied"),
        (failure(429, "insufficient_quota"), openai.InternalServerError, 502, "provider_denied"),
        (failure(429), openai.RateLimitError, 429, "provider_throttled"),
        (failure(500), openai.InternalServerError, 502, "provider_unavailable"),
        (Reply(200, {"choices": CANARY}), openai.InternalServerError, 502, "provider_reply_invalid"),
    ],
)
def test_a_providers_failure_is_never_taken_for_the_applications_own(
    client: openai.OpenAI, provider: Provider, reply: Reply, error: type, status: int, code: str
):
    """The provider's 401 is about the gateway's key and its 404 about the gateway's configuration."""
    provider.script(reply)
    raised = refused(client)

    assert type(raised) is error
    assert (raised.status_code, raised.code) == (status, code)


@pytest.mark.parametrize(
    ("call", "error", "status"),
    [
        (lambda client: client.images.generate(model="echo", prompt="x"), openai.NotFoundError, 404),
        (lambda client: client.responses.retrieve("resp_1"), openai.NotFoundError, 404),
        (lambda client: client.chat.completions.retrieve("chatcmpl-1"), openai.NotFoundError, 404),
        (lambda client: client.models.delete("echo"), openai.APIStatusError, 405),
        (lambda client: client.post("/models", cast_to=object), openai.APIStatusError, 405),
        (lambda client: client.get("/chat/completions", cast_to=object), openai.APIStatusError, 405),
    ],
)
def test_what_is_not_there_says_so(clients: Clients, wire: Wire, call: Any, error: type, status: int):
    with pytest.raises(openai.APIStatusError, match=r"There is nothing|does not take") as raised:
        call(clients(max_retries=2))

    assert type(raised.value) is error
    assert wire.statuses == [status]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[]", "JSON object"),
        (b'"text"', "JSON object"),
        (b'{"model": "echo"}', "messages"),
        (b'{"messages": []}', "model"),
        (b'{"model": "echo", "messages": {}}', "messages"),
        (b'{"model": "echo", "messages": [{"role": "user", "content": "\\ud83d"}]}', "surrogate"),
        (b'{"model": "echo", "messages": [{"role": "user", "content": "\xff"}]}', "UTF-8"),
        (b'{"model": "echo", "temperature": NaN, "messages": []}', "finite"),
        (b'{"model": "echo", "messages": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested"),
    ],
)
def test_a_body_that_no_sdk_would_send_is_an_error_the_sdk_can_read(
    client: openai.OpenAI, provider: Provider, body: bytes, hint: str
):
    with pytest.raises(openai.BadRequestError, match=hint) as raised:
        client.post("/chat/completions", content=body, cast_to=object)

    assert raised.value.type == INVALID
    assert provider.requests == []


def test_a_base_url_without_its_version_is_told_where_the_api_is(clients: Clients, served: Served):
    with pytest.raises(openai.NotFoundError, match="/v1/"):
        clients(base_url=served.url).chat.completions.create(model="echo", messages=HELLO)
