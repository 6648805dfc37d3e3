"""sallyport.overdue: what stands in the books for a stream of which nobody told the end."""

import pytest

from sallyport.attempts import Attempt
from sallyport.audit.log import request_partition
from sallyport.contracts import Completed, Failure, RedactionDecision
from sallyport.overdue import is_recorded, lost
from sallyport.redaction.judge import Sensitivity
from sallyport.routing import parse_table
from sallyport.settlement import day_of, usage_partition
from tests.unit.doubles import MemoryRecords, a_route, a_ticket, an_authorization

FAILURE = Failure(error="StreamLostError", cause='{"message":"It was lost."}')
TABLE = parse_table(
    {
        "version": "1",
        "targets": {
            "gpt": {"provider": "openai", "model": "gpt-1", "privacy": "cloud", "price": {"input": 3, "output": 15}},
            "house": {"provider": "openai", "model": "llama-1", "privacy": "private", "price": {"input": 1}},
        },
        "routes": {"demo": {"targets": ["gpt", "house"]}},
    }
)


def left(*, route=("gpt", "house!"), sensitivity=Sensitivity.PUBLIC, **ticket):
    planned = {
        "stream": True,
        "input_tokens": 1000,
        "authorization": an_authorization(route=a_route(*route)),
        "redaction": RedactionDecision(sensitivity=sensitivity, reason="nothing found"),
        "failure": FAILURE,
    }
    return Completed(ticket=a_ticket(**planned | ticket))


@pytest.mark.parametrize(("billed", "audited", "recorded"), [(0, 0, False), (1, 0, True), (0, 1, True), (1, 1, True)])
def test_a_stream_is_recorded_when_either_book_has_it(billed, audited, recorded):
    ticket, usage, index = left().ticket, MemoryRecords(), MemoryRecords()
    if billed:
        usage.put(usage_partition("acme", day_of(ticket.received_at)), ticket.request_id, {})
    if audited:
        index.put(request_partition(ticket.request_id), "-", {})

    assert is_recorded(ticket, usage, index) is recorded


def test_another_request_of_the_same_tenant_records_nothing():
    usage, index = MemoryRecords(), MemoryRecords()
    usage.put(usage_partition("acme", day_of(left().ticket.received_at)), "req_another_1", {})
    index.put(request_partition("req_another_1"), "-", {})

    assert not is_recorded(left().ticket, usage, index)


@pytest.mark.parametrize(
    ("sensitivity", "target", "model", "cost"),
    [(Sensitivity.PUBLIC, "gpt", "gpt-1", 3000), (Sensitivity.CONFIDENTIAL, "house", "llama-1", 1000)],
)
def test_the_input_is_charged_at_the_price_of_the_target_that_was_to_be_asked(sensitivity, target, model, cost):
    event = lost(left(sensitivity=sensitivity), TABLE)
    inference = event.ticket.inference

    assert event.ticket.failure == FAILURE
    assert inference is not None
    assert (inference.target, inference.model, inference.cost) == (target, model, cost)
    assert (inference.usage.input_tokens, inference.usage.output_tokens) == (1000, 0)
    assert (inference.estimated, inference.stop_reason) == (True, "cut")
    assert event.ticket.model_copy(update={"inference": None}) == left(sensitivity=sensitivity).ticket


@pytest.mark.parametrize(("provider", "asked"), [("bedrock", 3), ("openai", 1)])
def test_the_input_is_charged_as_often_as_it_would_have_been_sent(provider, asked):
    target = {"provider": provider, "model": "m", "privacy": "cloud", "price": {"input": 3}}
    table = parse_table({"version": "1", "targets": {"gpt": target}, "routes": {"demo": {"targets": ["gpt"]}}})
    inference = lost(left(route=("gpt",), choices=3), table).ticket.inference

    assert inference is not None
    assert (inference.usage.input_tokens, inference.cost) == (1000 * asked, 3000 * asked)


@pytest.mark.parametrize(
    "fields",
    [
        {"route": ("gpt",), "sensitivity": Sensitivity.RESTRICTED},
        {"route": ("gone",)},
        {"route": ("gpt",), "attempts": (Attempt(target="gpt", error="ProviderTimeoutError"),)},
        {"authorization": None},
        {"redaction": None},
    ],
    ids=["no private target", "a target that is gone", "none left", "not authorized", "not searched"],
)
def test_nothing_is_charged_when_nobody_could_have_been_asked(fields):
    event = lost(left(**fields), TABLE)

    assert event.ticket.inference is None
    assert event.ticket.failure == FAILURE
