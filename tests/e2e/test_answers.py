"""What a client sees of one request, and what the provider sees of it."""

import json

import httpx
import pytest

from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

IBAN = "GB33 BUKB 2020 1555 5555 55"
CARD = "4111 1111 1111 1111"


def test_the_openai_client_gets_an_answer(running: Running):
    completion = running.client().chat.completions.create(
        model="echo", messages=[{"role": "user", "content": f"Hello from {running.name}"}]
    )

    assert completion.choices[0].message.content == f"You said: Hello from {running.name}"
    assert completion.usage is not None
    assert completion.usage.total_tokens == 150


def test_the_same_question_again_is_a_cache_hit(running: Running, upstream: Upstream):
    question = f"What is a sallyport, {running.name}?"
    first = running.ask(question)
    running.settle()
    asked = upstream.asked("echo")
    second = running.ask(question)

    assert (first.headers["x-sallyport-cache"], second.headers["x-sallyport-cache"]) == ("miss", "hit")
    assert as_json(second)["choices"] == as_json(first)["choices"]
    assert upstream.asked("echo") == asked
    assert as_json(second)["sallyport"]["cost_usd"] == 0


def test_another_persons_question_is_a_hit_restored_with_their_own_address(running: Running):
    running.ask(f"Write to alice.{running.name}@example.com about the refund, {running.name}")
    running.settle()
    answer = running.ask(f"Write to bob.{running.name}@example.org about the refund, {running.name}")

    assert answer.headers["x-sallyport-cache"] == "hit"
    assert f"bob.{running.name}@example.org" in answer.text
    assert "alice" not in answer.text


def test_another_tenant_asking_the_same_is_no_hit(running: Running):
    question = f"A question of two tenants, {running.name}"
    running.ask(question)
    running.settle()

    assert running.ask(question, key="small").headers["x-sallyport-cache"] == "miss"


@pytest.mark.parametrize(("header", "outcomes"), [("no-store", ["off", "miss"]), ("no-cache", ["off", "hit"])])
def test_cache_control_is_honoured(running: Running, header: str, outcomes: list[str]):
    question = f"Fresh please, {header} {running.name}"
    first = running.ask(question, headers={"cache-control": header})
    running.settle()
    second = running.ask(question)

    assert [each.headers["x-sallyport-cache"] for each in (first, second)] == outcomes


def test_a_route_without_a_lifetime_is_not_cached(running: Running):
    for _ in range(2):
        answer = running.ask(f"Never keep this, {running.name}", model="uncached")
        running.settle()
    assert answer.headers["x-sallyport-cache"] == "off"


def test_the_provider_sees_placeholders_and_the_client_its_originals(running: Running, upstream: Upstream):
    email = f"carol.{running.name}@example.com"
    answer = running.ask(f"Mail {email}, card {CARD}, account {IBAN}, again {email}.")
    sent = upstream.requests[-1]["messages"][-1]["content"]

    assert sent == "Mail <EMAIL_1>, card <CREDIT_CARD_1>, account <IBAN_1>, again <EMAIL_1>."
    assert as_json(answer)["choices"][0]["message"]["content"].endswith(
        f"Mail {email}, card {CARD}, account {IBAN}, again {email}."
    )
    assert answer.headers["x-sallyport-redactions"] == "CREDIT_CARD=1,EMAIL=2,IBAN=1"


def test_every_text_of_a_request_is_redacted(running: Running, upstream: Upstream):
    secret = f"dave.{running.name}@example.com"
    call = {"id": "c1", "type": "function", "function": {"name": "mail", "arguments": json.dumps({"to": secret})}}
    tool = {"name": "mail", "description": f"Ask {secret}", "parameters": {"type": "object", "properties": {}}}
    answer = running.post(
        {
            "model": "echo",
            "user": secret,
            "messages": [
                {"role": "system", "content": f"The owner is {secret}"},
                {"role": "user", "content": [{"type": "text", "text": f"Find {secret}"}]},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": f"sent to {secret}"},
            ],
            "tools": [{"type": "function", "function": tool}],
            "tool_choice": "required",
        }
    )
    arguments = as_json(answer)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]

    assert secret not in json.dumps(upstream.requests[-1])
    assert json.loads(arguments) == {"text": f"sent to {secret}"}


def test_a_placeholder_typed_by_the_user_stays_what_it_is(running: Running):
    answer = running.ask(f"Who is <EMAIL_1>? Not eve.{running.name}@example.com.")

    assert (
        f"Who is <EMAIL_1>? Not eve.{running.name}@example.com." in as_json(answer)["choices"][0]["message"]["content"]
    )


def test_large_content_travels_sealed_beside_the_workflow(running: Running):
    text = f"frank.{running.name}@example.com says: " + "All work and no play. " * 20_000
    answer = running.ask(text)

    assert answer.status_code == 200, answer.text[:300]
    assert as_json(answer)["choices"][0]["message"]["content"] == f"You said: {text}"


def test_models_are_those_the_key_may_use(running: Running):
    assert [model.id for model in running.client("small").models.list()] == ["echo"]
    assert len(list(running.client("app").models.list())) > 5


def test_health_needs_no_key(running: Running):
    assert httpx.get(f"{running.url}/healthz").json() == {"status": "ok"}


def test_every_request_is_audited_and_billed_once(running: Running):
    answer = running.ask(f"Audit me, {running.name}")
    running.settle()
    request_id = answer.headers["x-request-id"]
    ticket = running.audited(request_id)
    assert ticket is not None
    bill = running.billed(request_id, ticket)

    assert ticket.inference is not None
    assert ticket.inference.target == "echo"
    assert ticket.caller.user == "agent-7"
    assert bill is not None
    assert bill.cost == ticket.inference.cost == 100 * 2 + 50 * 8
    assert running.path(request_id) == [
        "Authorize", "Redact", "ForAModel?", "CacheLookup", "Answered?", "Infer", "Publish", "Done"
    ]  # fmt: skip
