"""What the SDK does by itself after a failure: only what the gateway tells it to, and not for longer than it would."""

import uuid
from typing import Any

import openai
import pytest

from tests.contract.conftest import Clients
from tests.contract.provider import Provider, failure
from tests.contract.wire import Wire

HELLO = [{"role": "user", "content": "Hello"}]


def test_a_passing_failure_is_retried_after_the_time_that_was_said(clients: Clients, provider: Provider, wire: Wire):
    provider.script(failure(503, retry_after="1"))
    answered = clients(max_retries=2).chat.completions.create(model="echo", messages=HELLO)

    assert answered.choices[0].message.content == "You said: Hello"
    assert wire.statuses == [502, 200]
    assert wire.responses[0].headers["x-should-retry"] == "true"
    assert wire.responses[0].headers["retry-after"] == "1"
    assert wire.asked_at[1] - wire.asked_at[0] >= 1.0


def test_retries_come_to_an_end_and_are_counted(clients: Clients, wire: Wire):
    with pytest.raises(openai.InternalServerError):
        clients(max_retries=1).chat.completions.create(model="busy", messages=HELLO)

    assert [response.request.headers["x-stainless-retry-count"] for response in wire.responses] == ["0", "1"]
    assert len(set(wire.request_ids)) == 2


@pytest.mark.parametrize(
    ("key", "fields", "status"),
    [
        ("poor", {"max_tokens": 4000}, 429),
        ("small", {"messages": HELLO * 1000}, 413),
        ("app", {"model": "absent"}, 404),
        ("app", {"temperature": 3}, 400),
        ("sp_no", {}, 401),
    ],
)
def test_what_waiting_does_not_help_is_asked_once(
    clients: Clients, provider: Provider, wire: Wire, key: str, fields: dict, status: int
):
    with pytest.raises(openai.APIStatusError):
        clients(key, max_retries=2).chat.completions.create(**({"model": "echo", "messages": HELLO} | fields))

    assert wire.statuses == [status]
    assert provider.requests == []


@pytest.mark.parametrize(("status", "answered"), [(401, 502), (400, 400)])
def test_a_providers_final_word_is_not_asked_for_again(
    clients: Clients, provider: Provider, wire: Wire, status: int, answered: int
):
    provider.script(failure(status))
    with pytest.raises(openai.APIStatusError):
        clients(max_retries=2).chat.completions.create(model="echo", messages=HELLO)

    assert wire.statuses == [answered]
    assert wire.responses[0].headers["x-should-retry"] == "false"
    assert len(provider.requests) == 1


@pytest.mark.parametrize(("asked", "told"), [("0.2", "1"), ("7", "7"), ("119.5", "120"), ("9999", None)])
def test_no_wait_is_asked_for_that_the_sdk_would_not_keep(
    client: openai.OpenAI, provider: Provider, wire: Wire, asked: str, told: str | None
):
    """Beyond 120 seconds it would give up, and another SDK sleep; 0 would be no hint at all."""
    provider.script(failure(503, retry_after=asked))
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="echo", messages=HELLO)

    assert wire.responses[0].headers.get("retry-after") == told
    assert wire.responses[0].headers["x-should-retry"] == ("false" if told is None else "true")


def test_a_limit_that_passes_by_itself_is_retried_only_if_that_is_soon(clients: Clients, wire: Wire):
    with pytest.raises(openai.RateLimitError):
        clients("full").chat.completions.create(model="echo", messages=HELLO)

    # The limit is a day's: but for its last two minutes there is nothing to wait for.
    headers = wire.responses[0].headers
    assert (headers["x-should-retry"] == "true") == ("retry-after" in headers)
    assert 1 <= int(headers.get("retry-after", "120")) <= 120


@pytest.mark.parametrize("model", ["hanging", "alone"])
def test_the_gateway_gives_up_when_the_client_would(client: openai.OpenAI, wire: Wire, model: str):
    """The SDK tells its own patience in a header; here it says less than it has, to hear what the gateway answers."""
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model=model, messages=HELLO, extra_headers={"x-stainless-read-timeout": "0.7"})

    assert (raised.value.status_code, raised.value.code) == (504, "deadline_exceeded")
    assert wire.responses[0].headers["x-should-retry"] == "true"


def test_a_client_may_be_less_patient_than_the_gateway(clients: Clients):
    longer = {"x-stainless-read-timeout": "2"}
    with pytest.raises(openai.APITimeoutError):
        clients(timeout=0.3).chat.completions.create(model="alone", messages=HELLO, extra_headers=longer)


SLOW = {"x-sallyport-drill": "slow-1500ms", "x-stainless-read-timeout": "20"}
"""Longer than the SDK waits, and less than the gateway would: the answer comes while the SDK is between two tries."""


@pytest.mark.parametrize("named", [False, True], ids=["no key", "a key"])
def test_an_sdk_that_gave_up_too_early_gets_the_answer_of_its_first_try(clients: Clients, wire: Wire, named: bool):
    """Told to wait by a 409 as often as it takes, and nothing is asked or billed twice."""
    asking = clients(timeout=0.8, max_retries=4)
    # Several environments ask the same gateway.
    messages: list[Any] = [{"role": "user", "content": f"Order {uuid.uuid4()}"}]
    key = {"Idempotency-Key": str(uuid.uuid4())} if named else {}
    answered = asking.chat.completions.create(model="simulated", messages=messages, extra_headers=SLOW | key)

    *conflicts, last = wire.responses
    assert {each.status_code for each in conflicts} <= {409}
    assert last.headers["idempotent-replayed"] == "true"
    assert answered.id == f"chatcmpl-{last.headers['x-sallyport-replay-of']}"
    assert last.headers["x-sallyport-cost-usd"] == "0.000000"


def test_a_key_of_another_request_is_the_sdks_422(client: openai.OpenAI):
    key = {"Idempotency-Key": str(uuid.uuid4())}

    def ask(text: str) -> str:
        messages = [{"role": "user", "content": text}]
        return client.chat.completions.create(model="echo", messages=messages, extra_headers=key).id

    assert ask("One") == ask("One")
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        ask("Another")
    assert raised.value.code == "idempotency_key_reused"
