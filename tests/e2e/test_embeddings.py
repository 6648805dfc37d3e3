"""Texts go the way of chats: masked, cached, priced, audited, to private targets when they are confidential."""

import openai
import pytest

from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize("options", [{}, {"encoding_format": "float"}, {"encoding_format": "base64"}])
def test_the_openai_client_gets_its_vectors_in_the_order_of_its_texts(running: Running, options: dict):
    texts = ["a", "bcd", f"of {running.name}"]
    vectors = running.client().embeddings.create(model="vectors", input=texts, **options)

    assert [each.index for each in vectors.data] == [0, 1, 2]
    if "base64" not in options.values():
        assert [each.embedding[:2] for each in vectors.data] == [[len(text), place] for place, text in enumerate(texts)]
    assert (vectors.usage.prompt_tokens, vectors.usage.total_tokens) == (30, 30)


def test_the_provider_sees_placeholders_numbered_for_each_text(running: Running, upstream: Upstream):
    one, other = (f"{name}.{running.name}@example.com" for name in ("gina", "hank"))
    answer = running.embed(f"{one} wrote to {other}", f"{other}, card {CARD}", user=one)

    assert upstream.requests[-1]["input"] == ["<EMAIL_1> wrote to <EMAIL_2>", "<EMAIL_1>, card <CREDIT_CARD_1>"]
    assert upstream.requests[-1]["user"] == "<EMAIL_1>"
    assert answer.headers["x-sallyport-redactions"] == "CREDIT_CARD=1,EMAIL=4"
    assert as_json(answer)["sallyport"]["redactions"] == {"CREDIT_CARD": 1, "EMAIL": 4}


def test_the_same_texts_again_are_a_cache_hit_whatever_they_are_told_in(running: Running, upstream: Upstream):
    first = running.embed("Keep me", running.name, encoding_format="float")
    running.settle()
    asked = upstream.asked("vectors")
    again = running.embed("Keep me", running.name, encoding_format="float")
    encoded = running.embed("Keep me", running.name, encoding_format="base64")

    assert [each.headers["x-sallyport-cache"] for each in (first, again, encoded)] == ["miss", "hit", "hit"]
    assert as_json(again)["data"] == as_json(first)["data"]
    assert as_json(again)["sallyport"]["cost_usd"] == 0
    assert upstream.asked("vectors") == asked


@pytest.mark.parametrize("fields", [{"dimensions": 256}, {"input": ["once more"]}, {"extra": 1}])
def test_other_texts_or_wishes_are_no_hit(running: Running, fields: dict):
    running.embed("The same", running.name)
    running.settle()

    assert running.embed("The same", running.name, **fields).headers["x-sallyport-cache"] == "miss"


def test_another_tenants_vectors_are_no_hit_and_not_for_everybody(running: Running):
    assert running.embed("Whose?", key="small").status_code == 404


def test_vectors_are_audited_and_billed_once_for_their_input(running: Running):
    answer = running.embed(f"Audit me, {running.name}", "and me")
    running.settle()
    request_id = answer.headers["x-request-id"]
    ticket = running.audited(request_id)
    assert ticket is not None
    bill = running.billed(request_id, ticket)

    assert (ticket.operation, ticket.model, ticket.caller.user) == ("embed", "vectors", "agent-7")
    assert ticket.inference is not None
    assert (ticket.inference.target, ticket.inference.stop_reason) == ("vectors", "end")
    assert bill is not None
    assert (bill.input_tokens, bill.output_tokens) == (20, 0)
    assert bill.cost == ticket.inference.cost == 20 * 2
    assert as_json(answer)["sallyport"]["cost_usd"] == pytest.approx(40 / 1_000_000)
    assert running.path(request_id) == [
        "Authorize", "Redact", "ForAModel?", "CacheLookup", "Answered?", "Infer", "Publish", "Done"
    ]  # fmt: skip


def test_the_next_target_makes_vectors_when_one_fails(running: Running):
    answer = running.embed(f"Try hard, {running.name}", model="vectors-broken")

    assert answer.headers["x-sallyport-target"] == "vectors"
    assert as_json(answer)["sallyport"]["attempts"] == [
        {"target": "vectors-broken", "error": "ProviderUnavailableError"}
    ]


def test_confidential_texts_go_to_the_private_target_or_nowhere(running: Running, upstream: Upstream):
    text = f"Card {CARD} of {running.name}"
    answer = running.embed(text, model="vectors-house", key="fraud")
    asked = len(upstream.requests)
    refused = running.embed(text, key="fraud")

    assert answer.headers["x-sallyport-target"] == "vectors-house"
    assert upstream.requests[-1]["input"] == [text]
    assert (refused.status_code, as_json(refused)["error"]["code"]) == (503, "no_private_target")
    assert len(upstream.requests) == asked


def test_a_model_for_something_else_is_refused_with_those_that_are_for_it(running: Running, upstream: Upstream):
    asked = len(upstream.requests)
    client = running.client()
    with pytest.raises(openai.BadRequestError, match="echo is for chat, not for embeddings") as no_chat:
        client.embeddings.create(model="echo", input="a")
    with pytest.raises(openai.BadRequestError, match="vectors is for embeddings, not for chat") as no_vectors:
        client.chat.completions.create(model="vectors", messages=[{"role": "user", "content": "a"}])

    assert (no_chat.value.param, no_vectors.value.param) == ("model", "model")
    assert "vectors-house" in no_chat.value.message
    assert "uncached" in no_vectors.value.message
    assert len(upstream.requests) == asked
    running.settle()
    ticket = running.audited(no_chat.value.request_id or "")
    assert ticket is not None
    assert ticket.failure is not None


def test_many_vectors_travel_sealed_beside_the_workflow(running: Running):
    """2048 of 256 numbers are 2.8 MB; a state may have 256 KiB."""
    texts = [f"{running.name} {number}" for number in range(2048)]
    vectors = running.client().embeddings.create(model="vectors", input=texts)

    assert [each.embedding[0] for each in vectors.data] == [len(text) for text in texts]


def test_one_model_is_looked_up_by_its_name(running: Running):
    assert running.client().models.retrieve("vectors").id == "vectors"
    for key, name in (("small", "vectors"), ("app", "nothing")):
        with pytest.raises(openai.NotFoundError) as refused:
            running.client(key).models.retrieve(name)
        assert refused.value.code == "model_not_found"
