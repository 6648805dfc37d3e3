"""The same request again, on both backends: one call of the model, one bill, one answer."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

CHAT, VECTORS = "/v1/chat/completions", "/v1/embeddings"


def bodies(name: str) -> dict[str, dict[str, Any]]:
    """Of one test: nothing is in the cache."""
    text = f"Write to ann@example.com about {name}"
    messages = [{"role": "user", "content": text}]
    return {
        CHAT: {"model": "uncached", "messages": messages},
        "/v1/messages": {"model": "uncached", "max_tokens": 50, "messages": messages},
        "/v1/responses": {"model": "uncached", "input": text},
        VECTORS: {"model": "vectors", "input": [text]},
    }


def words(answer: httpx.Response) -> str:
    """What a stream of chat completions says."""
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")]
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/v1/responses", VECTORS])
def test_of_five_one_asks_the_model_and_all_get_its_answer(running: Running, upstream: Upstream, path: str):
    body, headers = bodies(running.name)[path], {"idempotency-key": f"key {path}".replace(" ", "-")}
    before = len(upstream.requests)
    answers = [running.post(body, headers=headers, path=path) for _ in range(5)]

    assert {each.status_code for each in answers} == {200}
    assert len({each.content for each in answers}) == 1
    assert [each.headers.get("idempotent-replayed") for each in answers] == [None, *["true"] * 4]
    assert len(upstream.requests) == before + 1


@pytest.mark.parametrize("fields", [{"restorable": True}, {"mode": "hiring"}, {}], ids=str)
def test_texts_are_anonymized_once_and_told_again(running: Running, fields: dict[str, Any]):
    body = {"text": f"Write to ann@example.com about {running.name}"} | fields
    headers = {"idempotency-key": f"anonymize-{len(str(fields))}"}
    first, again = (running.post(body, headers=headers, path="/v1/anonymize") for _ in range(2))
    other = running.post(body | {"text": "Another"}, headers=headers, path="/v1/anonymize")

    assert (first.status_code, again.content) == (200, first.content)
    assert [each.headers.get("idempotent-replayed") for each in (first, again)] == [None, "true"]
    assert again.headers["x-sallyport-replay-of"] == first.headers["x-request-id"] == as_json(first)["id"]
    assert "ann@example.com" not in again.text
    assert other.status_code == 422
    running.settle()
    ticket = running.audited(again.headers["x-request-id"])
    assert ticket
    assert ticket.cache
    assert ticket.authorization is None, "it takes nothing from limits"
    assert first.headers["x-request-id"] in ticket.cache.reason


def test_texts_are_restored_once_and_told_again(running: Running):
    text = f"Write to ann@example.com about {running.name}"
    told = as_json(running.post({"text": text, "restorable": True}, path="/v1/anonymize"))
    body = {"text": told["text"], "key": told["restore_key"]}
    first, again = (
        running.post(body, headers={"idempotency-key": "restored"}, path="/v1/anonymize/restore") for _ in range(2)
    )

    assert (as_json(first)["text"], again.content) == (text, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    kept = [json.dumps(dict(record.body)) for record in running.gateway.backend.records("answers").scan()]
    assert kept
    assert not any("ann@example.com" in each for each in kept)


def test_a_stream_says_the_same_again_under_the_same_id(running: Running, upstream: Upstream):
    body, headers = bodies(f"{running.name} streamed")[CHAT] | {"stream": True}, {"idempotency-key": "a-stream"}
    before = len(upstream.requests)
    first, again = (running.post(body, headers=headers) for _ in range(2))

    assert words(first) == words(again)
    assert "ann@example.com" in words(again)
    assert again.headers["content-type"] == first.headers["content-type"]
    ids = [
        {json.loads(line[6:])["id"] for line in each.text.splitlines() if line[:7] == "data: {"}
        for each in (first, again)
    ]
    assert ids[0] == ids[1] == {f"chatcmpl-{first.headers['x-request-id']}"}
    assert again.text.endswith("data: [DONE]\n\n")
    assert len(upstream.requests) == before + 1


def test_a_replay_is_audited_and_billed_as_a_request_that_cost_nothing(running: Running):
    body, headers = bodies(f"{running.name} billed")[CHAT], {"idempotency-key": "a-bill"}
    first, again = (running.post(body, headers=headers).headers["x-request-id"] for _ in range(2))
    running.settle()

    tickets = [running.audited(each) for each in (first, again)]
    assert all(tickets)
    bills = [running.billed(request, ticket) for request, ticket in zip((first, again), tickets, strict=True) if ticket]
    assert [bill and (bill.cost > 0, bill.output_tokens > 0, bill.cache) for bill in bills] == [
        (True, True, "off"),
        (False, False, "replay"),
    ]
    assert tickets[1]
    assert tickets[1].cache
    assert first in tickets[1].cache.reason


def test_while_the_first_is_under_way_the_second_is_told_to_wait(running: Running, upstream: Upstream):
    _waits(running, upstream, {"idempotency-key": "in-flight"})


def test_an_sdks_retry_without_a_key_is_told_to_wait_too(embedded: Running, upstream: Upstream):
    _waits(embedded, upstream, {})


def _waits(running: Running, upstream: Upstream, key: dict[str, str]) -> None:
    upstream.go_on.clear()
    asked, body = (
        upstream.asked("patient"),
        bodies(f"{running.name} {key}")[CHAT] | {"model": "patient", "stream": True},
    )
    again = {"x-stainless-retry-count": "1"} | key
    with ThreadPoolExecutor(1) as other:
        first = other.submit(running.post, body, headers=key)
        while upstream.asked("patient") == asked:
            pass
        busy = running.post(body, headers=again)
        upstream.go_on.set()
        answer = first.result()

    assert (busy.status_code, as_json(busy)["error"]["code"]) == (409, "request_in_flight")
    assert int(busy.headers["retry-after"]) >= 1
    assert words(running.post(body, headers=again)) == words(answer) != ""
    assert upstream.asked("patient") == asked + 1


def test_what_broke_may_be_asked_again(running: Running, upstream: Upstream):
    headers = {"idempotency-key": "broken"}
    before = upstream.asked("broken")
    for stream in (False, False, True, True):
        body = bodies(running.name)[CHAT] | {"model": "doomed", "stream": stream}
        assert running.post(body, headers=headers).status_code == 502
    assert upstream.asked("broken") == before + 4


def test_a_stream_that_broke_in_its_middle_may_be_asked_again(running: Running, upstream: Upstream):
    body, before = bodies(running.name)[CHAT] | {"model": "cutting", "stream": True}, upstream.asked("cutting")
    for _ in range(2):
        assert '"error"' in running.post(body, headers={"idempotency-key": "cut"}).text
    assert upstream.asked("cutting") == before + 2


def test_other_bodies_are_refused_and_other_callers_are_not_known(running: Running):
    body, headers = bodies(running.name)[CHAT], {"idempotency-key": "whose"}
    assert running.post(body, headers=headers).status_code == 200
    assert running.post(body | {"temperature": 0}, headers=headers).status_code == 422
    assert "idempotent-replayed" not in running.post(body, key="fraud", headers=headers).headers
