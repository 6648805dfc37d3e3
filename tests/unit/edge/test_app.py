"""sallyport.edge.app over ASGI: body limits, routes, and one shape for every error."""

import functools
import json

import anyio
import httpx
import pytest

from sallyport.composition import using
from sallyport.configuration import POLICIES
from sallyport.edge.app import MOST_BODY_BYTES, MOST_RETRY_AFTER_SECONDS, create_app
from sallyport.errors import (
    FACTS,
    BudgetExhaustedError,
    InvalidRequestError,
    RateLimitedError,
    StoreUnavailableError,
    facts,
)
from sallyport.ports import Execution
from tests.unit.doubles import CANARY
from tests.unit.edge.conftest import CONTEXT, REQUEST_ID

CHAT = "/v1/chat/completions"
BODY = {"model": "demo", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def ask(services, workflow):
    def ask(method, path, headers=CONTEXT, **fields):
        async def send():
            transport = httpx.ASGITransport(create_app())
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
                return await client.request(method, path, headers=headers, **fields)

        with using(services):
            return anyio.run(send)

    return ask


def failed(error):
    return Execution("FAILED", error=type(error).__name__, cause=json.dumps({"errorMessage": str(error)}))


def error_in(response):
    """The error of a response, checked for OpenAI's shape."""
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-should-retry"] in ("true", "false")
    assert list(response.json()) == ["error"]
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code", "request_id"}
    assert error["request_id"] == response.headers["x-request-id"]
    return error


def test_an_answer(ask):
    response = ask("POST", CHAT, json=BODY)
    assert response.status_code == 200
    assert response.json()["choices"][0]["message"]["content"] == "You said: Hello"
    assert response.headers["x-request-id"] == REQUEST_ID
    assert response.headers["x-sallyport-target"] == "simulated"


def test_health_needs_no_caller_and_has_a_request_id_too(ask):
    response = ask("GET", "/healthz", headers={})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["x-request-id"].startswith("req_")


def test_models_are_those_that_the_caller_may_use(ask, services):
    assert ask("GET", "/v1/models").json()["data"] == []
    services.backend.records("configuration").put(POLICIES, "tenant/acme", {"models": ["private", "demo", "gone"]})
    services.configuration._known.clear()
    response = ask("GET", "/v1/models")
    assert [model["id"] for model in response.json()["data"]] == ["demo", "private"]
    assert response.headers["x-request-id"] == REQUEST_ID


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/", 404, None),
        ("POST", "/v1/images/generations", 404, None),
        ("POST", "/v1/chat/completions/", 404, None),
        ("GET", "/v1/models/", 404, None),
        ("GET", CHAT, 405, "POST"),
        ("POST", "/v1/models", 405, "GET, HEAD"),
    ],
)
def test_what_is_not_there_is_said_in_the_apis_own_shape(method, path, status, allow, ask):
    response = ask(method, path)
    assert response.status_code == status
    assert error_in(response)["type"] == "invalid_request_error"
    assert response.headers["x-request-id"] == REQUEST_ID
    assert response.headers["x-should-retry"] == "false"
    assert sorted(response.headers.get("allow", "").split(", ")) == sorted((allow or "").split(", "))


@pytest.mark.parametrize("path", [CHAT, "/v1/models"])
def test_without_a_caller_nothing_passes(path, ask, workflow):
    response = ask("POST" if path == CHAT else "GET", path, headers={"authorization": "Bearer sp_x"})
    assert response.status_code == 401
    assert error_in(response)["code"] == "invalid_api_key"
    assert response.headers["x-request-id"].startswith("req_")
    assert workflow.started == []


MIB = 1024 * 1024


@pytest.mark.parametrize("declared", [str(MOST_BODY_BYTES + 1), "9" * 30, "9" * 5000])
def test_a_body_that_says_it_is_too_large_is_not_read(declared, ask, workflow):
    response = ask("POST", CHAT, headers=CONTEXT | {"content-length": declared}, content=b"x")
    assert response.status_code == 413
    assert error_in(response)["code"] == "request_too_large"
    assert workflow.started == []


def test_a_body_that_does_not_say_so_is_read_no_further_than_the_limit(services, workflow):
    """By hand: httpx reads the whole body first."""
    reads, sent = [], []

    async def receive():
        reads.append(MIB)
        return {"type": "http.request", "body": b" " * MIB, "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": CHAT,
        "raw_path": CHAT.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in CONTEXT.items()],
    }
    with using(services):
        anyio.run(functools.partial(create_app(), scope, receive, send))
    assert sent[0]["status"] == 413
    assert len(reads) == MOST_BODY_BYTES // MIB + 1
    assert workflow.started == []


def test_a_body_of_just_the_limit_is_read(ask, workflow):
    body = json.dumps(BODY).encode().ljust(MOST_BODY_BYTES)
    assert ask("POST", CHAT, content=body).status_code == 200
    assert workflow.started[0].ticket.content_bytes == MOST_BODY_BYTES


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", CANARY.encode()])
def test_what_is_no_request_is_refused_without_an_echo(content, ask):
    response = ask("POST", CHAT, content=content)
    assert response.status_code == 400
    assert error_in(response)["type"] == "invalid_request_error"
    assert CANARY not in response.text


def test_a_wrong_field_is_named(ask):
    response = ask("POST", CHAT, json=BODY | {"temperature": "hot"})
    assert response.status_code == 400
    assert error_in(response)["param"] == "temperature"


@pytest.mark.parametrize("error", FACTS)
def test_every_error_reaches_the_client_by_its_facts(error, ask, workflow):
    workflow.ends = failed(error("What to do next.", retry_after=2.5))
    response = ask("POST", CHAT, json=BODY)
    known = facts(error("x"))
    assert response.status_code == known.status
    said = error_in(response)
    assert (said["message"], said["type"], said["code"]) == ("What to do next.", known.openai_type, known.code)
    assert response.headers["x-should-retry"] == str(known.retry).lower()
    assert response.headers.get("retry-after") == ("3" if known.retry else None)
    assert response.headers["x-request-id"] == REQUEST_ID


@pytest.mark.parametrize(
    ("error", "retry_after"),
    [
        (RateLimitedError("Wait.", retry_after=0.04), "1"),
        (RateLimitedError("Wait.", retry_after=1.0), "1"),
        (RateLimitedError("Wait.", retry_after=1.1), "2"),
        (RateLimitedError("Wait.", retry_after=119.5), "120"),
        (RateLimitedError("Wait.", retry_after=MOST_RETRY_AFTER_SECONDS + 0.1), None),
        (RateLimitedError("Wait.", retry_after=86_400.0), None),
        (RateLimitedError("Wait."), None),
        (StoreUnavailableError("Wait.", retry_after=0), "1"),
        (BudgetExhaustedError("Ask its owner.", retry_after=9), None),
        (InvalidRequestError("Correct it.", retry_after=9), None),
    ],
)
def test_a_wait_is_never_too_short_and_never_too_long_for_the_sdks(error, retry_after, ask, workflow):
    workflow.ends = failed(error)
    assert ask("POST", CHAT, json=BODY).headers.get("retry-after") == retry_after


def test_a_bug_is_500_without_text(ask, workflow, log, capsys):
    workflow.ends = ValueError(CANARY)
    response = ask("POST", CHAT, json=BODY)
    assert response.status_code == 500
    assert error_in(response)["code"] == "internal_error"
    assert response.headers["x-request-id"] == REQUEST_ID
    printed = capsys.readouterr()
    assert CANARY not in response.text + str(response.headers) + log.text + printed.out + printed.err
    [bug] = [line for line in log.lines if line["message"] == "bug"]
    assert (bug["error"], bug["request_id"]) == ("ValueError", REQUEST_ID)


def test_a_gateway_without_its_backend_fails_in_the_same_shape(ask, monkeypatch):
    def fail():
        raise RuntimeError(CANARY)

    monkeypatch.setattr("sallyport.edge.app.services", fail)
    response = ask("POST", CHAT, json=BODY)
    assert response.status_code == 500
    assert error_in(response)["code"] == "internal_error"
    assert CANARY not in response.text


def test_a_store_that_is_down_is_503_with_a_wait(ask, services):
    services.backend.close()
    response = ask("GET", "/v1/models")
    assert response.status_code == 503
    assert error_in(response)["code"] == "store_unavailable"
    assert int(response.headers["retry-after"]) >= 1


def test_no_content_is_logged(ask, log):
    ask("POST", CHAT, json=BODY | {"user": CANARY, "messages": [{"role": "user", "content": CANARY}]})
    assert log.lines[-1]["message"] == "answered"
    assert CANARY not in log.text


@pytest.mark.parametrize("name", ["gone", "gpt", "a/b", "", "dem", "%2F"])
def test_a_model_that_is_not_there_and_one_that_is_not_allowed_look_the_same(name, ask, services):
    services.backend.records("configuration").put(POLICIES, "tenant/acme", {"models": ["private", "demo", "gone"]})
    response = ask("GET", f"/v1/models/{name}")
    error = error_in(response)
    assert (response.status_code, error["code"], error["param"]) == (404, "model_not_found", "model")
    assert error["message"] == error_in(ask("GET", "/v1/models/nobody"))["message"]


def test_one_model_is_told_as_in_the_list(ask, services):
    services.backend.records("configuration").put(POLICIES, "tenant/acme", {"models": ["private", "demo"]})
    response = ask("GET", "/v1/models/demo")
    assert (response.status_code, response.headers["x-request-id"]) == (200, REQUEST_ID)
    assert response.json() == ask("GET", "/v1/models").json()["data"][0]
