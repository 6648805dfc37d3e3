"""sallyport.edge.app in Anthropic's dialect: answers, counts, models and errors have its shape and its headers."""

import json

import anyio
import httpx
import pytest

from sallyport.composition import using
from sallyport.configuration import POLICIES
from sallyport.conversation import Text, ToolCall
from sallyport.edge.app import create_app
from sallyport.errors import FACTS, BudgetExhaustedError, RateLimitedError, facts
from sallyport.ports import Execution
from tests.unit.dialects.anthropic_messages.shapes import accumulated, error_of, message_of, models_of
from tests.unit.edge.conftest import CONTEXT, REQUEST_ID

MESSAGES, COUNT = "/v1/messages", "/v1/messages/count_tokens"
ANTHROPIC = {**CONTEXT, "anthropic-version": "2026-10-21"}
EMAIL = "bob@corp.example.org"


def body(text="Hello", **fields):
    return {"model": "demo", "max_tokens": 100, "messages": [{"role": "user", "content": text}], **fields}


@pytest.fixture
def ask(services, workflow):
    def ask(method, path, headers=ANTHROPIC, **fields):
        async def send():
            transport = httpx.ASGITransport(create_app())
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
                return await client.request(method, path, headers=headers, **fields)

        with using(services):
            return anyio.run(send)

    return ask


@pytest.fixture
def allowed(services):
    services.backend.records("configuration").put(POLICIES, "tenant/acme", {"models": ["private", "demo"]})
    services.configuration._known.clear()


def error_in(response):
    """The error of a response, checked for Anthropic's shape and headers."""
    assert response.headers["x-should-retry"] in ("true", "false")
    read = error_of(response.content)
    assert read.request_id == response.headers["request-id"] == response.headers["x-request-id"]
    return read.error


@pytest.mark.parametrize("headers", [ANTHROPIC, CONTEXT])
def test_an_answer(ask, headers):
    response = ask("POST", MESSAGES, headers, json=body(f"I am {EMAIL}."))

    assert response.status_code == 200
    read = message_of(response.content, "sallyport")
    assert [block.text for block in read.content] == [f"You said: I am {EMAIL}."]
    assert (read.id, read.stop_reason, read.usage.output_tokens) == (f"msg_{REQUEST_ID}", "end_turn", 4)
    assert read.sallyport["redactions"] == {"EMAIL": 1}
    assert response.headers["request-id"] == response.headers["x-request-id"] == REQUEST_ID
    assert response.headers["x-sallyport-target"] == "simulated"


def test_what_is_kept_streams_as_events(ask, workflow):
    workflow.answers = lambda text: (Text(text=text), ToolCall(id="c", name="n", arguments='{"to": "<EMAIL_1>"}'))
    response = ask("POST", MESSAGES, json=body(f"I am {EMAIL}.", stream=True))

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["request-id"] == REQUEST_ID
    said, call = accumulated(response.content).content
    assert (said.text, call.input) == (f"I am {EMAIL}.", {"to": EMAIL})


def test_a_wrong_field_is_named_in_its_dialect(ask):
    response = ask("POST", MESSAGES, json=body([{"type": "text"}]))

    error = error_in(response)
    assert (response.status_code, error.type) == (400, "invalid_request_error")
    assert error.details.param == "messages.0.content.0.text"


@pytest.mark.parametrize("error", [RateLimitedError("Slow.", retry_after=3.0), BudgetExhaustedError("Spent.")])
def test_what_stops_the_workflow_is_told_in_its_dialect(ask, workflow, error):
    cause = json.dumps({"errorMessage": str(error)})
    workflow.ends = Execution("FAILED", error=type(error).__name__, cause=cause)
    response = ask("POST", MESSAGES, json=body())

    assert response.status_code == facts(error).status
    assert error_in(response).type == FACTS[type(error)].anthropic_type
    assert response.headers.get("retry-after") == ("3" if error.retry_after else None)


@pytest.mark.parametrize("path", [MESSAGES, COUNT, "/v1/models"])
def test_nothing_is_answered_without_a_caller(ask, path):
    response = ask("GET" if path == "/v1/models" else "POST", path, {"anthropic-version": "2023-06-01"}, json=body())
    assert (response.status_code, error_in(response).type) == (401, "authentication_error")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", MESSAGES, CONTEXT, 405),
        ("POST", f"{MESSAGES}/batches", CONTEXT, 404),
        ("GET", "/v1/files", ANTHROPIC, 404),
    ],
)
def test_where_nothing_is_the_error_has_its_shape(ask, method, path, headers, status):
    response = ask(method, path, headers)
    assert response.status_code == status
    assert error_in(response)


@pytest.mark.usefixtures("allowed")
def test_tokens_are_counted_without_asking_anybody(ask, workflow):
    counts = [ask("POST", COUNT, json={k: v for k, v in body(text).items() if k != "max_tokens"}).json()
              for text in ("Hello", "Hello " * 300)]  # fmt: skip
    assert 0 < counts[0]["input_tokens"] < counts[1]["input_tokens"]
    assert list(counts[0]) == ["input_tokens"]
    assert workflow.started == []


@pytest.mark.usefixtures("allowed")
def test_a_model_that_the_caller_may_not_use_has_no_count(ask):
    response = ask("POST", COUNT, json=body() | {"model": "gone"})
    assert (response.status_code, error_in(response).type) == (404, "not_found_error")


@pytest.mark.usefixtures("allowed")
def test_models_are_listed_in_the_dialect_of_who_asks(ask):
    assert [model.id for model in models_of(ask("GET", "/v1/models").content).data] == ["demo", "private"]
    assert ask("GET", "/v1/models", CONTEXT).json()["object"] == "list"


def test_chat_completions_stay_openais_whatever_the_headers(ask):
    assert ask("POST", "/v1/chat/completions", json=body()).json()["object"] == "chat.completion"
    assert list(ask("POST", "/v1/chat/completions", json={}).json()) == ["error"]


@pytest.mark.usefixtures("allowed")
def test_one_model_is_told_as_in_the_list(ask):
    told = ask("GET", "/v1/models/demo").json()
    assert told in ask("GET", "/v1/models").json()["data"]
    assert (told["type"], told["id"], told["display_name"]) == ("model", "demo", "demo")


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("name", ["gpt", "nobody"])
def test_a_model_that_a_key_may_not_use_is_not_found(name, ask):
    response = ask("GET", f"/v1/models/{name}")
    assert (response.status_code, error_in(response).type) == (404, "not_found_error")


def test_embeddings_fail_in_openais_shape_for_they_are_openais(ask):
    assert list(ask("POST", "/v1/embeddings", json={}).json()) == ["error"]
