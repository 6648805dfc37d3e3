"""sallyport.edge.outcome: what a client may know."""

import pytest

from sallyport.attempts import Attempt, Inference, Unmet, Usage
from sallyport.contracts import CacheDecision, CacheOutcome, RedactionDecision
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.redaction.judge import Sensitivity
from sallyport.redaction_decision import Opinion
from tests.unit.doubles import a_route, a_ticket, an_authorization

REDACTION = RedactionDecision(findings={"EMAIL": 2, "IBAN": 1}, masked=3, sensitivity=Sensitivity.INTERNAL, reason="r")


def an_inference(model="model-1"):
    return Inference(
        target="gpt",
        provider="openai",
        model=model,
        usage=Usage(input_tokens=1, output_tokens=1),
        stop_reason="end",
        latency_ms=1,
        cost=1234,
        reason="r",
    )


def answered(model="model-1", **fields):
    miss = CacheDecision(outcome=CacheOutcome.MISS, reason="new")
    return a_ticket(**{"redaction": REDACTION, "cache": miss, "inference": an_inference(model)} | fields)


def test_a_client_learns_how_its_answer_came_about():
    ticket = answered(attempts=(Attempt(target="claude", error="ProviderTimeoutError", status=504),))
    outcome = outcome_of(ticket)
    assert outcome.to_json() == {
        "request_id": "req_12345678",
        "target": "gpt",
        "provider": "openai",
        "model": "model-1",
        "cache": "miss",
        "sensitivity": "internal",
        "redactions": {"EMAIL": 2, "IBAN": 1},
        "attempts": [{"target": "claude", "error": "ProviderTimeoutError"}],
        "cost_usd": 0.001234,
        "warnings": [],
    }
    assert headers_of(outcome) == {
        "x-sallyport-target": "gpt",
        "x-sallyport-model": "model-1",
        "x-sallyport-cache": "miss",
        "x-sallyport-sensitivity": "internal",
        "x-sallyport-redactions": "EMAIL=2,IBAN=1",
        "x-sallyport-attempts": "2",
        "x-sallyport-cost-usd": "0.001234",
    }


def test_a_client_is_warned_of_what_its_target_did_not_honour():
    inference = an_inference("model-1").model_copy(update={"unmet": (Unmet(field="seed", reason="it has none"),)})
    outcome = outcome_of(answered(inference=inference))
    assert outcome.warnings == [{"field": "seed", "reason": "it has none"}]


def test_a_client_is_told_that_a_cheaper_model_was_asked():
    outcome = outcome_of(answered(authorization=an_authorization(route=a_route(alias="small"))))
    assert outcome.warnings == [{"field": "model", "reason": "a budget has no room left for demo, so small was asked"}]
    assert headers_of(outcome)["x-sallyport-cheaper-model"] == outcome.cheaper_model == "small"
    assert outcome_of(answered(authorization=an_authorization())).cheaper_model is None


def test_a_hit_names_who_answered_first_and_costs_nothing():
    hit = CacheDecision(outcome=CacheOutcome.HIT, reason="known", inference=an_inference())
    outcome = outcome_of(answered(cache=hit, inference=None))
    assert (outcome.target, outcome.cost_usd) == ("gpt", 0.0)
    assert headers_of(outcome)["x-sallyport-attempts"] == "0"


def test_a_second_opinion_is_part_of_what_a_request_cost_also_where_the_cache_answered():
    opinion = Opinion(service="comprehend", reason="comprehend was asked", confirmed=1, units=3, cost=300)
    redaction = answered().redaction.model_copy(update={"opinion": opinion})
    hit = CacheDecision(outcome=CacheOutcome.HIT, reason="known", inference=an_inference())
    assert outcome_of(answered(redaction=redaction)).cost_usd == 0.001534
    assert outcome_of(answered(redaction=redaction, cache=hit, inference=None)).cost_usd == 0.0003


@pytest.mark.parametrize("model", ["a\r\nset-cookie: b", "a\x00b", "mödel", "模型", "a\x7fb", "a\tb"])
def test_a_providers_name_for_its_model_makes_no_header_of_its_own(model):
    value = headers_of(outcome_of(answered(model)))["x-sallyport-model"]
    assert value.isascii()
    assert value.isprintable()
    assert len(value) == len(model)


@pytest.mark.parametrize("missing", ["redaction", "cache", "inference"])
def test_a_ticket_without_its_decisions_was_not_answered(missing):
    with pytest.raises(ValueError, match="answered ticket"):
        outcome_of(answered(**{missing: None}))
