"""sallyport.settlement: the real cost, the bill and the kept answer, once however often the event comes."""

import json

import pytest

from sallyport.attempts import Inference, Usage
from sallyport.caching import CachedAnswer, look_up
from sallyport.contracts import CacheControl, CacheDecision, CacheOutcome, Completed, Failure, Hold, Reservation, Sealed
from sallyport.errors import StoreUnavailableError
from sallyport.inference import CUT
from sallyport.redaction_decision import Opinion, RedactionDecision
from sallyport.settlement import UsageRecord, day_of, opinion_on, settle, usage_partition
from tests.unit.doubles import CALLER, MemoryCache, MemoryLedger, MemoryRecords, a_route, a_ticket, an_authorization

HOLDS = tuple(Hold(scope=f"tenant/acme|{kind}|day|2026-11-20", limit=10**6, amount=10**5) for kind in
              ("requests", "tokens", "dollars"))  # fmt: skip
INFERENCE = Inference(
    target="gpt",
    provider="openai",
    model="gpt-4.1",
    usage=Usage(input_tokens=70, output_tokens=30),
    stop_reason="end",
    latency_ms=3,
    cost=450,
    reason="it is the best",
)
ANSWER = Sealed(sealed="answer")
MISS = CacheDecision(outcome=CacheOutcome.MISS, reason="new", store_key="key-1", ttl_seconds=60)
HIT = CacheDecision(outcome=CacheOutcome.HIT, reason="known", inference=INFERENCE)


@pytest.fixture
def ledger():
    return MemoryLedger()


@pytest.fixture
def usage():
    return MemoryRecords()


@pytest.fixture
def cache():
    return MemoryCache()


@pytest.fixture
def settled(ledger, usage, cache, clock):
    def settled(answer=ANSWER, **ticket):
        known = {"authorization": an_authorization(*HOLDS), "cache": MISS, "inference": INFERENCE}
        bill, _ = settle(Completed(ticket=a_ticket(**known | ticket), answer=answer), ledger, usage, cache, clock.now)
        return bill

    return settled


def bill_in(usage):
    [record] = usage.scan()
    return UsageRecord.model_validate(record.body)


def test_room_that_was_taken_elsewhere_is_settled_with_the_rest(settled, ledger):
    hold = Hold(scope="target/gpt|tokens|minute|2026-11-20T18:00", limit=10**6, amount=10**5)
    instead = Reservation(request_id="req_12345678-gpt", holds=(hold,), expires_at=1_795_197_780)
    route = a_route("house!", "gpt")
    taken = route.targets[1].model_copy(update={"reserved": True, "instead": instead})
    route = route.model_copy(update={"targets": (taken, route.targets[0])})
    settled(authorization=an_authorization(*HOLDS, route=route))
    assert ledger.settled == [("req_12345678", [1, 100, 450]), ("req_12345678-gpt", [100])]


def test_an_answer_is_settled_billed_and_kept(settled, ledger, usage, cache, clock):
    bill = settled()
    assert ledger.settled == [("req_12345678", [1, 100, 450])]
    assert bill_in(usage) == bill
    assert bill == UsageRecord(
        request_id="req_12345678",
        caller=CALLER,
        at=clock.now,
        model="demo",
        target="gpt",
        outcome="answered",
        cache="miss",
        input_tokens=70,
        output_tokens=30,
        cost=450,
    )
    assert usage.get("acme|2026-11-20", "req_12345678")
    lookup = look_up("key-1", a_route(), CacheControl(), cache, clock.now)
    assert (lookup.answer, lookup.decision.inference) == (Sealed(sealed="answer"), INFERENCE)


def test_the_same_event_again_changes_nothing(settled, usage, cache, clock):
    settled()
    before = (dict(usage.rows), dict(cache.entries))
    clock.now += 59
    settled()
    assert (usage.rows, cache.entries) == before


def test_an_event_that_comes_too_late_keeps_no_old_answer(settled, usage, cache, clock):
    clock.now += 60
    settled()
    assert cache.entries == {}
    assert bill_in(usage).cost == 450


def test_a_hit_is_a_request_that_cost_nothing(settled, ledger, usage, cache):
    settled(cache=HIT, inference=None)
    assert ledger.settled == [("req_12345678", [1, 0, 0])]
    assert (bill_in(usage).outcome, bill_in(usage).cache, bill_in(usage).cost) == ("answered", "hit", 0)
    assert cache.entries == {}


def test_a_stream_that_broke_is_charged_as_far_as_it_came_and_not_kept(settled, ledger, cache):
    cut = INFERENCE.model_copy(update={"stop_reason": CUT, "estimated": True})
    bill = settled(inference=cut, failure=Failure(error="ClientLeftError", cause="{}"))
    assert ledger.settled == [("req_12345678", [1, 100, 450])]
    assert (bill.outcome, bill.cost, bill.estimated) == ("ClientLeftError", 450, True)
    assert cache.entries == {}


OPINION = Opinion(service="comprehend", reason="comprehend was asked", confirmed=1, units=4, cost=400)
ADVISED = RedactionDecision(sensitivity="internal", reason="1 EMAIL masked", opinion=OPINION)


def test_a_second_opinion_is_billed_beside_the_answer(settled, ledger, usage):
    bill = settled(redaction=ADVISED)
    assert ledger.settled == [("req_12345678", [1, 100, 850])]
    assert (bill.cost, bill.opinion_cost) == (850, 400)
    assert bill_in(usage) == bill


def test_a_second_opinion_is_billed_where_the_cache_answered(settled, ledger):
    bill = settled(cache=HIT, inference=None, redaction=ADVISED)
    assert ledger.settled == [("req_12345678", [1, 0, 400])]
    assert (bill.cost, bill.opinion_cost) == (400, 400)


@pytest.mark.parametrize(
    ("redaction", "cause"),
    [
        (ADVISED, '{"message":"No target answers."}'),
        (None, json.dumps({"message": "The policy does not let AGE through.", "opinion": OPINION.to_json()})),
    ],
    ids=["refused later", "refused for it"],
)
def test_a_second_opinion_is_billed_where_the_request_was_refused(redaction, cause, settled, ledger):
    failure = Failure(error="ContentBlockedError", cause=cause)
    bill = settled(answer=None, inference=None, cache=None, redaction=redaction, failure=failure)
    assert ledger.settled == [("req_12345678", [0, 0, 400])]
    assert (bill.outcome, bill.cost, bill.opinion_cost) == ("ContentBlockedError", 400, 400)


def test_a_refusal_gives_everything_back(settled, ledger, usage, cache):
    settled(answer=None, inference=None, cache=None, failure=Failure(error="NoTargetLeftError", cause="{}"))
    assert ledger.settled == [("req_12345678", [0, 0, 0])]
    assert (bill_in(usage).outcome, bill_in(usage).cost) == ("NoTargetLeftError", 0)
    assert cache.entries == {}


@pytest.mark.parametrize("authorization", [None, an_authorization()], ids=["never authorized", "no limits"])
def test_what_held_nothing_is_billed_all_the_same(authorization, settled, ledger, usage):
    settled(authorization=authorization)
    assert ledger.settled == []
    assert bill_in(usage).cost == 450


@pytest.mark.parametrize(
    ("answer", "ticket"),
    [
        (None, {}),
        (Sealed(sealed_in="answer/acme/r"), {}),
        (Sealed(sealed="x"), {"cache": None}),
        (Sealed(sealed="x"), {"cache": CacheDecision(outcome=CacheOutcome.OFF, reason="no-store")}),
        (Sealed(sealed="x"), {"inference": INFERENCE.model_copy(update={"stop_reason": "length"})}),
        (Sealed(sealed="x"), {"inference": INFERENCE.model_copy(update={"stop_reason": "tool_calls"})}),
    ],
)
def test_not_every_answer_is_kept(answer, ticket, settled, cache):
    settled(answer, **ticket)
    assert cache.entries == {}


def test_a_cache_that_is_down_costs_a_hit_and_no_bill(settled, usage, cache):
    cache.down = True
    settled()
    assert bill_in(usage).cost == 450


def test_a_bill_that_cannot_be_written_comes_again(settled, usage, ledger):
    usage.down = True
    with pytest.raises(StoreUnavailableError):
        settled()
    usage.down = False
    settled()
    assert bill_in(usage).cost == 450


def test_what_is_kept_is_what_the_lookup_reads(settled, cache):
    settled()
    [(value, _)] = cache.entries.values()
    assert CachedAnswer.model_validate(json.loads(value)).answer == Sealed(sealed="answer")


@pytest.mark.parametrize(
    ("at", "day"),
    [(0.0, "1970-01-01"), (1_795_219_199.999, "2026-11-20"), (1_795_219_200.0, "2026-11-21")],
)
def test_a_day_is_one_of_utc(at, day):
    assert day_of(at) == day
    assert usage_partition("acme", day) == f"acme|{day}"


def test_the_opinion_on_a_ticket_is_that_of_its_redaction():
    failure = Failure(error="NoTargetLeftError", cause='{"message":"No target answers."}')
    assert opinion_on(a_ticket(redaction=ADVISED)) == OPINION
    assert opinion_on(a_ticket(redaction=ADVISED, failure=failure)) == OPINION
    assert opinion_on(a_ticket(failure=failure)) is None
    assert opinion_on(a_ticket()) is None
