"""sallyport.edge.repeats over ASGI: the same request again is the same answer, and costs nothing."""

import json

import anyio
import httpx
import pytest

from sallyport.composition import using
from sallyport.contracts import CacheOutcome, Completed
from sallyport.edge.app import create_app
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Execution
from sallyport.settlement import usage_of
from tests.unit.doubles import CALLER, CANARY
from tests.unit.edge.conftest import CONTEXT

CHAT = "/v1/chat/completions"
KEYED = {"idempotency-key": "order-17"}
RETRY = {"x-stainless-retry-count": "1"}
EMAIL = "bob@corp.example.org"
BODIES = {
    CHAT: {"model": "demo", "messages": [{"role": "user", "content": f"I am {EMAIL}"}]},
    "/v1/responses": {"model": "demo", "input": f"I am {EMAIL}"},
    "/v1/messages": {"model": "demo", "max_tokens": 9, "messages": [{"role": "user", "content": f"I am {EMAIL}"}]},
}


class Published:
    def __init__(self):
        self.events = []
        self.down = False

    def publish(self, message):
        if self.down:
            raise StoreUnavailableError("Out of reach.")
        self.events.append(Completed.model_validate_json(message))


@pytest.fixture
def published(services, monkeypatch):
    monkeypatch.setattr("sallyport.edge.recording.WAITS", (0.0, 0.0))
    services.backend.events = Published()
    return services.backend.events


@pytest.fixture
def ask(services, workflow, published):
    count = 0

    def ask(headers=KEYED, *, path=CHAT, caller=CALLER, content=None, **fields):
        nonlocal count
        count += 1
        context = {"requestId": f"req_{count:08}", "authorizer": caller.to_json()}
        content = content or json.dumps(BODIES[path] | fields).encode()

        async def send():
            transport = httpx.ASGITransport(create_app())
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
                known = {name: json.dumps(context) for name in CONTEXT}
                return await client.post(path, headers=known | headers, content=content)

        with using(services):
            return anyio.run(send)

    return ask


@pytest.fixture
def failing(workflow):
    workflow.ends = Execution("FAILED", error="NoTargetLeftError", cause='{"message": "No.", "retry_after": 2}')
    return workflow


@pytest.mark.parametrize("path", BODIES)
def test_the_same_again_is_the_same_answer_to_the_byte(path, ask, workflow):
    first, again, once_more = (ask(path=path) for _ in range(3))
    assert first.status_code == again.status_code == 200
    assert first.content == again.content == once_more.content
    assert EMAIL in first.text
    assert len(workflow.started) == 1


def test_a_replay_says_that_it_is_one_and_of_what(ask):
    first, again = ask(), ask()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["x-sallyport-replay-of"] == first.headers["x-request-id"] == "req_00000001"
    assert again.headers["x-request-id"] == "req_00000002"
    assert again.headers["x-sallyport-cache"] == "replay"
    assert (again.headers["x-sallyport-cost-usd"], again.headers["x-sallyport-attempts"]) == ("0.000000", "0")


def test_a_replay_is_recorded_as_a_request_that_cost_nothing(ask, published):
    first, again = ask(), ask()
    [event] = published.events
    assert event.ticket.request_id == again.headers["x-request-id"]
    assert event.ticket.cache.outcome is CacheOutcome.REPLAY
    assert first.headers["x-request-id"] in event.ticket.cache.reason
    assert "Idempotency-Key" in event.ticket.cache.reason
    assert event.answer is not None
    bill = usage_of(event.ticket)
    assert (bill.cost, bill.input_tokens, bill.output_tokens, bill.outcome) == (0, 0, 0, "answered")


def test_what_cannot_be_recorded_is_not_given_again(ask, published):
    ask()
    published.down = True
    assert ask().status_code == 503
    published.down = False
    assert ask().headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("fields", [{"temperature": 0}, {"stream": True}, {"model": "other"}])
def test_another_body_under_the_same_key_is_refused(fields, ask, workflow):
    ask()
    refused = ask(**fields)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert refused.json()["error"]["param"] == "Idempotency-Key"
    assert refused.headers["x-should-retry"] == "false"
    assert len(workflow.started) == 1


def test_another_caller_under_the_same_key_is_answered_anew(ask, workflow):
    ask()
    other = ask(caller=CALLER.model_copy(update={"key_id": "other"}))
    assert "idempotent-replayed" not in other.headers
    assert len(workflow.started) == 2


@pytest.mark.parametrize(
    ("path", "shape"),
    [(CHAT, ("error",)), ("/v1/responses", ("error",)), ("/v1/messages", ("type", "error", "request_id"))],
)
@pytest.mark.parametrize("stream", [False, True])
def test_in_flight_is_a_conflict_that_sdks_wait_for(path, shape, stream, ask, workflow):
    answer = workflow.answers
    inside = []

    def meanwhile(text):
        inside.append(ask(path=path, stream=stream))
        return answer(text)

    workflow.answers = meanwhile
    first = ask(path=path, stream=stream)
    [busy] = inside
    assert (first.status_code, busy.status_code) == (200, 409)
    assert (busy.headers["retry-after"], busy.headers["x-should-retry"]) == ("1", "true")
    assert set(busy.json()) == set(shape)


@pytest.mark.parametrize("stream", [False, True])
def test_a_failed_request_frees_its_key(stream, ask, failing):
    assert ask(stream=stream).status_code == 503
    assert ask(stream=stream).status_code == 503
    failing.ends = None
    assert ask(stream=stream).status_code == 200
    assert len(failing.started) == 3
    assert ask(stream=stream).headers["idempotent-replayed"] == "true"


def test_a_bug_frees_the_key_too(ask, workflow):
    workflow.ends = ValueError(CANARY)
    assert ask().status_code == 500
    workflow.ends = None
    assert ask().status_code == 200


def test_what_is_no_request_takes_no_key(ask):
    assert ask(content=b"{").status_code == 400
    assert ask().status_code == 200


def test_with_a_key_a_store_that_is_down_is_503_and_nothing_is_asked(ask, services, workflow, monkeypatch):
    def down(key, asked):
        raise StoreUnavailableError("Out of reach.", retry_after=2.0)

    monkeypatch.setattr(services.answers, "under_key", down)
    assert ask().status_code == 503
    assert workflow.started == []


@pytest.mark.parametrize("headers", [{}, RETRY])
def test_without_a_key_a_store_that_is_down_costs_nobody_an_answer(headers, ask, services, workflow, log, monkeypatch):
    def down(asked):
        raise StoreUnavailableError("Out of reach.", retry_after=2.0)

    monkeypatch.setattr(services.answers, "of_new", down)
    monkeypatch.setattr(services.answers, "of_retry", down)
    assert ask(headers).status_code == 200
    assert "a retry could not be recognised" in log.text


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(ask, services, monkeypatch, log):
    records = services.backend.records("answers")
    services.answers._records = records
    put = records.put
    monkeypatch.setattr(records, "put", lambda *args, expect, **named: put(*args, expect=expect, **named) if not expect
                        else (_ for _ in ()).throw(StoreUnavailableError("Full.")))  # fmt: skip
    assert ask().status_code == 200
    assert "an answer is not kept" in log.text
    assert ask().status_code == 409


def test_an_sdks_retry_is_answered_with_what_its_request_got(ask, workflow):
    first, again = ask({"x-stainless-retry-count": "0"}), ask(RETRY)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert len(workflow.started) == 1


@pytest.mark.parametrize("headers", [{}, {"x-stainless-retry-count": "0"}, {"x-stainless-retry-count": "-1"}])
def test_the_same_question_that_nobody_calls_a_retry_is_answered_anew(headers, ask, workflow):
    ask(headers)
    assert "idempotent-replayed" not in ask(headers).headers
    assert len(workflow.started) == 2


def test_whether_retries_are_recognised_is_the_operators_choice(ask, services, workflow):
    services.backend._environment = {"RECOGNISE_RETRIES": "false"}
    ask({})
    ask(RETRY)
    assert len(workflow.started) == 2
    assert list(services.backend.records("answers").scan()) == []


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "a" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused_by_name(key, ask, workflow):
    refused = ask({"idempotency-key": key.encode()})
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "Idempotency-Key"
    assert workflow.started == []


@pytest.mark.parametrize("key", ["a", "a" * 255, '"quoted"', "~!@#$%^&*()"])
def test_any_visible_characters_are_a_key(key, ask):
    assert ask({"idempotency-key": key}).status_code == 200
    assert ask({"idempotency-key": key}).headers["idempotent-replayed"] == "true"


def test_neither_key_nor_content_is_logged_or_stored_in_the_clear(ask, services, log):
    body = BODIES[CHAT] | {"messages": [{"role": "user", "content": CANARY}]}
    key = {"idempotency-key": CANARY.replace(" ", "-")}
    for _ in range(2):
        assert ask(key, messages=body["messages"]).status_code == 200
    stored = str(list(services.backend.records("answers").scan()))
    assert "canary" not in stored + log.text
    assert EMAIL not in stored
