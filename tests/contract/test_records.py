"""What the gateway itself knows of what an SDK did: its records, its bills, and its own failures."""

import time
from typing import Any

import anthropic
import openai
import pytest

from sallyport.edge.context import MOST_SECONDS
from sallyport.errors import StoreUnavailableError
from tests.contract.conftest import Clients
from tests.contract.crowd import all_at_once
from tests.contract.served import Served
from tests.contract.wire import Wire
from tests.e2e.running import Running

HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
CANARY = "canary-7f3a"
SECRET: list[Any] = [{"role": "user", "content": CANARY}]
AT_ONCE = 32


def test_an_image_is_counted_as_uninspected(client: openai.OpenAI, gateway: Running):
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    answered = client.chat.completions.create(model="echo", messages=[{"role": "user", "content": [image]}])
    gateway.settle()

    assert gateway.audited(answered._request_id).redaction.uninspected == 1


def test_the_request_id_is_one_and_the_same_everywhere(client: openai.OpenAI, gateway: Running):
    raw = client.chat.completions.with_raw_response.create(model="echo", messages=HELLO)
    completion = raw.parse()
    gateway.settle()

    assert completion._request_id == raw.request_id == raw.headers["x-request-id"]
    assert completion.id == f"chatcmpl-{raw.request_id}"
    assert completion.model_extra is not None
    assert completion.model_extra["sallyport"]["request_id"] == raw.request_id
    assert gateway.audited(completion._request_id) is not None


def test_a_bug_is_a_500_that_says_nothing(
    client: openai.OpenAI, messenger: anthropic.Anthropic, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr("sallyport.dialects.openai_chat.render.render", broken)
    monkeypatch.setattr("sallyport.dialects.anthropic_messages.render.render", broken)
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model="echo", messages=SECRET)
    with pytest.raises(anthropic.InternalServerError) as told:
        messenger.messages.create(model="echo", max_tokens=9, messages=SECRET)

    assert (raised.value.status_code, raised.value.code) == (500, "internal_error")
    assert (told.value.status_code, told.value.type) == (500, "api_error")
    assert CANARY not in raised.value.response.text + told.value.response.text


def test_refusals_are_recorded_under_the_id_that_the_application_was_given(clients: Clients, gateway: Running):
    with pytest.raises(openai.RateLimitError) as raised:
        clients("full").chat.completions.create(model="echo", messages=HELLO)
    gateway.settle()
    ticket = gateway.audited(raised.value.request_id)

    assert ticket.failure.error == "RateLimitedError"


def test_a_key_store_out_of_reach_is_503_and_never_401(
    client: openai.OpenAI, messenger: anthropic.Anthropic, gateway: Running, monkeypatch: pytest.MonkeyPatch
):
    def unreachable(*_: Any) -> None:
        raise StoreUnavailableError(CANARY)

    monkeypatch.setattr(gateway.gateway.functions, "invoke", unreachable)
    with pytest.raises(openai.InternalServerError) as raised:
        client.models.list()
    with pytest.raises(anthropic.InternalServerError) as told:
        messenger.models.list()

    assert (raised.value.status_code, raised.value.code) == (503, "store_unavailable")
    assert (told.value.status_code, told.value.type) == (503, "api_error")
    assert raised.value.response.headers["retry-after"]
    assert told.value.response.headers["retry-after"]


def test_retries_come_to_an_end_and_each_is_a_request_of_its_own(clients: Clients, gateway: Running, wire: Wire):
    with pytest.raises(openai.InternalServerError):
        clients(max_retries=1).chat.completions.create(model="busy", messages=HELLO)
    gateway.settle()
    tickets = [gateway.audited(request_id) for request_id in wire.request_ids]

    assert [ticket.failure.error for ticket in tickets] == ["ProviderUnavailableError"] * 2
    assert [gateway.billed(ticket.request_id, ticket).cost for ticket in tickets] == [0, 0]


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        (20, 20),
        (openai.Timeout(30, read=12.5), 12.5),
        (openai.Timeout(30, read=None), MOST_SECONDS),
        (None, MOST_SECONDS),
        (openai.not_given, MOST_SECONDS),
    ],
)
def test_the_clients_patience_is_the_requests_deadline(
    client: openai.OpenAI, gateway: Running, timeout: Any, seconds: float
):
    """The SDK's own default, 600 seconds, is more than any workflow may take."""
    answered = client.chat.completions.create(model="echo", messages=HELLO, timeout=timeout)
    gateway.settle()
    ticket = gateway.audited(answered._request_id)

    assert ticket.deadline - ticket.received_at == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        (20, 20),
        (anthropic.Timeout(30, read=12.5), 12.5),
        (None, MOST_SECONDS),
        (anthropic.NOT_GIVEN, MOST_SECONDS),
    ],
)
def test_so_is_that_of_anthropics(messenger: anthropic.Anthropic, gateway: Running, timeout: Any, seconds: float):
    answered = messenger.messages.create(model="echo", max_tokens=9, messages=HELLO, timeout=timeout)
    gateway.settle()
    ticket = gateway.audited(answered._request_id)

    assert ticket.deadline - ticket.received_at == pytest.approx(seconds, abs=0.01)


def test_the_id_of_an_answer_of_anthropics_is_that_of_its_record(messenger: anthropic.Anthropic, gateway: Running):
    answered = messenger.messages.create(model="echo", max_tokens=9, messages=HELLO)
    gateway.settle()

    assert answered.id == f"msg_{answered._request_id}"
    assert gateway.audited(answered._request_id) is not None


def test_a_client_that_hung_up_pays_nothing_and_holds_nothing(clients: Clients, gateway: Running):
    longer = {"x-stainless-read-timeout": "1.5"}  # so that the gateway cannot be first to give up
    with pytest.raises(openai.APITimeoutError):
        clients("hasty", timeout=0.5).chat.completions.create(model="hanging", messages=HELLO, extra_headers=longer)
    [bill] = eventually(lambda: bills(gateway, "hasty"))
    gateway.settle()  # it is audited beside being billed
    ticket = gateway.audited(bill["request_id"])
    [hold] = ticket.authorization.reservation.holds

    assert bill["outcome"] == "ClientLeftError"
    assert bill["cost"] == 0
    assert ticket.deadline - ticket.received_at == pytest.approx(1.5, abs=0.01)
    assert gateway.gateway.backend.ledger.taken(hold.scope) == 0


def bills(gateway: Running, tenant: str) -> list[dict[str, Any]]:
    return [
        dict(each.body) for each in gateway.gateway.backend.records("usage").scan() if each.partition.startswith(tenant)
    ]


def eventually(look: Any) -> Any:
    """What `look` finds, once it finds something: the gateway goes on after its client has gone."""
    for _ in range(200):
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("nothing came")


def test_many_who_share_one_cached_answer_get_their_own_names(gateway: Running, served: Served, wire: Wire):
    texts = [f"Greet person{number}@example.com once more" for number in range(AT_ONCE)]
    all_at_once(served, wire, "cached", texts[:1])
    gateway.settle()
    answers = all_at_once(served, wire, "cached", texts)

    assert answers == [f"You said: {text}" for text in texts]
    assert [response.headers["x-sallyport-cache"] for response in wire.responses] == ["miss"] + ["hit"] * AT_ONCE


def test_many_callers_at_once_are_each_themselves(gateway: Running, served: Served, wire: Wire):
    keys = ["app", "hasty"] * (AT_ONCE // 2)
    all_at_once(served, wire, "simulated", [f"I am {key}, the same as others" for key in keys], keys)
    gateway.settle()
    said_by = {
        (response.request.headers["authorization"], gateway.audited(response.headers["x-request-id"]).caller.tenant)
        for response in wire.responses
    }

    assert said_by == {(f"Bearer {gateway.keys['app']}", "acme"), (f"Bearer {gateway.keys['hasty']}", "hasty")}
