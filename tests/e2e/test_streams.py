"""A stream, as its client sees it, as its provider sees it, and as it is written down."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from sallyport.errors import AuditUnavailableError
from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

SOON = 0.5
"""Seconds within which a provider must see that nobody listens any more."""


@pytest.fixture
def patient(upstream: Upstream) -> Iterator[Upstream]:
    """The provider whose streams wait to be told to go on."""
    upstream.go_on.clear()
    upstream.hung_up.clear()
    yield upstream
    upstream.go_on.set()


def ask(running: Running, text: str, model: str = "echo", **fields: Any) -> openai.Stream[Any]:
    messages: Any = [{"role": "user", "content": text}]
    return running.client().chat.completions.create(model=model, messages=messages, stream=True, **fields)


def text_of(chunks: Any) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def events_of(response: httpx.Response) -> list[Any]:
    """The data of every event; that of the end mark as it is."""
    *events, rest = response.text.split("\n\n")
    assert rest == ""
    data = [event.removeprefix("data: ") for event in events]
    return [each if each == "[DONE]" else json.loads(each) for each in data]


def test_the_openai_client_gets_its_own_words_streamed(running: Running):
    text = f"Write to ann.{running.name}@example.com, card 4111 1111 1111 1111"
    chunks = list(ask(running, text))

    assert text_of(chunks) == f"You said: {text}"
    assert len(chunks) > 5
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [each.choices[0].finish_reason for each in chunks if each.choices[0].finish_reason] == ["stop"]
    assert len({(each.id, each.created, each.model, each.object) for each in chunks}) == 1
    assert chunks[-1].model_extra["sallyport"]["redactions"] == {"CREDIT_CARD": 1, "EMAIL": 1}


def test_what_is_known_at_the_start_is_in_the_headers(running: Running):
    answer = running.ask(f"Headers, {running.name}", stream=True)

    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-request-id"].startswith("req_")
    assert answer.headers["x-sallyport-target"] == "echo"
    assert answer.headers["x-sallyport-cache"] == "miss"
    assert "x-sallyport-cost-usd" not in answer.headers
    assert events_of(answer)[-1] == "[DONE]"


def test_the_arguments_of_a_streamed_call_carry_the_callers_own_values(running: Running):
    tool: Any = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    text = f'Look for "ann.{running.name}@example.com"'
    chunks = list(ask(running, text, tools=[tool], tool_choice="required"))
    calls = [call for chunk in chunks for choice in chunk.choices for call in choice.delta.tool_calls or []]

    assert {call.index for call in calls} == {0}
    assert [call.function.name for call in calls if call.id] == ["look"]
    assert json.loads("".join(call.function.arguments for call in calls)) == {"text": text}
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_the_usage_comes_last_when_it_is_asked_for(running: Running):
    *chunks, last = ask(running, f"How much, {running.name}?", stream_options={"include_usage": True})

    assert last.choices == []
    assert last.usage.total_tokens == 150
    assert last.model_extra["sallyport"]["cost_usd"] == 0.0006
    assert {chunk.usage for chunk in chunks} == {None}


def test_a_stream_is_billed_audited_and_kept_like_any_answer(running: Running, upstream: Upstream):
    question = f"What streams, {running.name}?"
    first = running.ask(question, stream=True)
    running.settle()
    asked = upstream.asked("echo")
    again, whole = running.ask(question, stream=True), running.ask(question)
    request_id = first.headers["x-request-id"]
    ticket = running.audited(request_id)
    assert ticket is not None
    assert ticket.inference is not None
    bill = running.billed(request_id, ticket)
    assert bill is not None

    assert running.path(request_id) == [
        "Authorize",
        "Redact",
        "ForAModel?",
        "CacheLookup",
        "Answered?",
        "Watch",
        "Planned",
    ]
    assert (ticket.stream, ticket.failure, ticket.inference.stop_reason) == (True, None, "end")
    assert (bill.outcome, bill.input_tokens, bill.output_tokens, bill.cost) == ("answered", 100, 50, 600)
    assert bill.estimated is False
    assert [each.headers["x-sallyport-cache"] for each in (again, whole)] == ["hit", "hit"]
    assert upstream.asked("echo") == asked
    said = "".join(each["choices"][0]["delta"].get("content", "") for each in events_of(again)[:-1])
    assert said == as_json(whole)["choices"][0]["message"]["content"] == f"You said: {question}"


@pytest.mark.parametrize("model", ["throttled", "broken", "hanging", "closing", "garbage", "locked"])
def test_another_target_streams_when_the_first_fails_before_its_first_word(running: Running, model: str):
    answer = running.ask(f"Stream {model} {running.name}", model=model, stream=True)

    assert answer.headers["x-sallyport-target"] == "backup"
    assert answer.headers["x-sallyport-attempts"] == "2"
    assert [each["target"] for each in events_of(answer)[-2]["sallyport"]["attempts"]] == [model]


@pytest.mark.parametrize(
    ("model", "status", "code"),
    [("doomed", 502, "provider_unavailable"), ("strict", 400, "context_length_exceeded")],
)
def test_before_the_first_word_an_error_is_a_proper_one(running: Running, model: str, status: int, code: str):
    answer = running.ask(f"Fail {model} {running.name}", model=model, stream=True)
    running.settle()
    ticket = running.audited(answer.headers["x-request-id"])

    assert (answer.status_code, as_json(answer)["error"]["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/json"
    assert ticket is not None
    assert ticket.failure is not None
    assert ticket.inference is None


def test_a_stream_that_breaks_says_so_and_is_recorded_as_far_as_it_came(running: Running, upstream: Upstream):
    question = f"Break off please, {running.name}"
    answer = running.ask(question, model="cutting", stream=True)
    running.settle()
    request_id = answer.headers["x-request-id"]
    *said, failed = events_of(answer)
    ticket = running.audited(request_id)
    assert ticket is not None
    assert ticket.inference is not None
    assert ticket.failure is not None
    bill = running.billed(request_id, ticket)
    assert bill is not None

    assert answer.status_code == 200
    assert "".join(each["choices"][0]["delta"]["content"] for each in said) == "You said: "
    assert failed["error"]["type"] == "api_error"
    assert failed["error"]["request_id"] == request_id
    assert ticket.failure.error.startswith("Provider")
    assert (ticket.inference.stop_reason, ticket.inference.estimated) == ("cut", True)
    assert [each.target for each in ticket.attempts] == ["broken", "cutting"]
    assert (bill.outcome, bill.estimated) == (ticket.failure.error, True)
    assert bill.cost > 0
    asked = upstream.asked("cutting")
    assert running.ask(question, model="cutting", stream=True).headers["x-sallyport-cache"] == "miss"
    assert upstream.asked("cutting") == asked + 1


def test_words_are_relayed_before_the_next_ones_are_there(running: Running, patient: Upstream):
    """The provider goes on only when the client has its first words: a gateway that waits for more waits for ever."""
    stream = ask(running, f"One after the other, {running.name}", model="patient")
    seen = ""
    for chunk in stream:
        seen += text_of([chunk])
        if seen == "You s":
            patient.go_on.set()

    assert seen == f"You said: One after the other, {running.name}"


def test_the_provider_is_hung_up_on_when_the_client_leaves(running: Running, patient: Upstream):
    scope, before = taken_now(running)
    stream = ask(running, f"I am off, {running.name}", model="patient")
    assert text_of([next(stream), next(stream)]) == "You s"
    request_id = stream.response.headers["x-request-id"]
    stream.close()

    assert patient.hung_up.wait(SOON)
    ticket = eventually(running, request_id)
    bill = running.billed(request_id, ticket)
    assert ticket.failure.error == "ClientLeftError"
    assert (ticket.inference.stop_reason, ticket.inference.estimated) == ("cut", True)
    assert bill is not None
    assert (bill.outcome, bill.estimated, bill.cost > 0) == ("ClientLeftError", True, True)
    assert running.gateway.backend.ledger.taken(scope) == before + bill.cost


def taken_now(running: Running) -> tuple[str, int]:
    """The one limit of the tenant, and what is taken of it; asked for by a request that takes nothing."""
    answer = running.ask(f"Nothing, {running.name}", model="doomed")
    running.settle()
    ticket: Any = running.audited(answer.headers["x-request-id"])
    [hold] = ticket.authorization.reservation.holds
    return hold.scope, running.gateway.backend.ledger.taken(hold.scope)


def eventually(running: Running, request_id: str) -> Any:
    """What was written down after the client had gone; nobody is told when that is."""
    waiting = threading.Event()
    for _ in range(200):
        running.settle()
        ticket = running.audited(request_id)
        if ticket is not None:
            return ticket
        waiting.wait(0.02)
    raise AssertionError("nothing was recorded")


def test_what_cannot_be_recorded_does_not_end_as_an_answer(running: Running, monkeypatch: pytest.MonkeyPatch):
    def lose(*_: Any) -> None:
        raise AuditUnavailableError("Nobody writes anything down.")

    monkeypatch.setattr("sallyport.edge.relay.record", lose)
    *said, failed = events_of(running.ask(f"Off the record, {running.name}", stream=True))

    assert failed["error"]["code"] == "audit_unavailable"
    assert all(each["choices"][0]["finish_reason"] is None for each in said)
