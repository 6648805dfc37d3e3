"""sallyport.trial: what settle sees of a canary is counted, and one that does worse ends."""

import pytest

from sallyport.attempts import Attempt, Inference, Usage
from sallyport.canary import gets
from sallyport.configuration import FRESH_SECONDS, Configuration
from sallyport.contracts import Failure
from sallyport.registry import promote, publish, roll_back
from sallyport.routing import parse_table
from sallyport.table_versions import Canary, history, read_state
from sallyport.trial import AUTHOR, TRIALS, count, observe, read_trial
from tests.unit.doubles import MemoryRecords, a_route, a_ticket, an_authorization

BEGAN = 1_795_197_000.0
CANARY = Canary(version=2, percent=50, since=BEGAN)
FAILED = Attempt(target="one", error="ProviderTimeoutError")


def a_table(model):
    target = {"provider": "simulated", "model": model, "privacy": "private"}
    return parse_table({"version": "x", "targets": {"one": target}, "routes": {"mine": {"targets": ["one"]}}})


def a_request(version, failure=None, latency_ms=100, attempts=(), inference=True, skipped=(), **fields):
    served = Inference(
        target="one",
        provider="simulated",
        model="m",
        usage=Usage(input_tokens=1, output_tokens=1),
        stop_reason="end",
        latency_ms=latency_ms,
        cost=0,
        reason="first",
        skipped=skipped,
    )
    known = {
        "authorization": an_authorization(route=a_route(version=version)),
        "inference": served if inference and failure is None else None,
        "failure": failure and Failure(error=failure),
        "attempts": attempts,
    }
    return a_ticket(**known | fields)


@pytest.mark.parametrize(
    ("ticket", "requests", "failed"),
    [
        (a_request("v2"), 1, 0),
        (a_request("v2", "NoTargetLeftError"), 1, 1),
        (a_request("v2", "ProviderDeniedError"), 1, 1),
        (a_request("v2", "NoPrivateTargetError"), 1, 1),
        (a_request("v2", attempts=(FAILED,)), 1, 1),
        (a_request("v2", skipped=("zero",)), 1, 1),
        (a_request("v2", "RateLimitedError"), 0, 0),
        (a_request("v2", "ContentBlockedError"), 0, 0),
        (a_request("v2", "ClientLeftError"), 0, 0),
        (a_request("v2", "StreamLostError"), 0, 0),
        (a_request("v2", inference=False), 0, 0),  # from the cache
        (a_request("v3"), 0, 0),
    ],
)
def test_counts_what_a_table_can_be_the_reason_of(ticket, requests, failed):
    arm = count([ticket], CANARY, "v1").canary
    assert (arm.requests, arm.failed) == (requests, failed)


def test_counts_each_request_on_its_own_side():
    trial = count([a_request("v2"), a_request("v1"), a_request("v1", "NoTargetLeftError")], CANARY, "v1")
    assert (trial.canary.requests, trial.current.requests, trial.current.failed) == (1, 2, 1)


@pytest.mark.parametrize(("late", "counted"), [(FRESH_SECONDS - 0.1, 0), (FRESH_SECONDS, 1)])
def test_a_model_that_only_the_canary_does_not_have_counts_against_it(late, counted):
    ids = [f"req_{number:08}" for number in range(50)]
    theirs = next(each for each in ids if gets(CANARY, each))
    others = next(each for each in ids if not gets(CANARY, each))
    at = BEGAN + late
    refused = [
        a_request("", "ModelNotFoundError", authorization=None, request_id=each, received_at=at)
        for each in (theirs, others)
    ]
    trial = count(refused, CANARY, "v1")
    assert (trial.canary.failed, trial.current.failed) == (counted, counted)


@pytest.fixture
def records():
    records = MemoryRecords()
    publish(records, a_table("a"), author="ann", comment="", now=BEGAN)
    return records


@pytest.fixture
def configuration(records, clock):
    return Configuration(records, clock=clock)


@pytest.fixture
def watch(records, configuration, clock):
    return lambda *tickets: observe(tickets, configuration, records, clock.now)


GOOD = [a_request("v1") for _ in range(10)]
BAD = [a_request("v2", "NoTargetLeftError") for _ in range(10)]


def try_out(records, model="b"):
    return publish(records, a_table(model), author="ann", comment="", now=BEGAN, percent=50).canary


def test_without_a_canary_nothing_is_counted(records, watch):
    assert watch(*GOOD, *BAD) is None
    assert not any(partition == TRIALS for partition, _ in records.rows)


def test_a_canary_that_fails_rolls_itself_back_and_says_why(records, watch):
    try_out(records)
    assert watch(*GOOD, *BAD[:9]) is None
    change = watch(BAD[9])
    assert (change.author, change.action, change.current) == (AUTHOR, "rollback", 1)
    assert change.comment == "100.0% of 10 requests failed, 0.0% of 10 without it"
    assert list(history(records))[-1] == change


def test_a_canary_that_does_as_well_stays(records, watch):
    canary = try_out(records)
    assert watch(*GOOD, *(a_request("v2") for _ in range(60))) is None
    assert read_trial(records, canary).canary.requests == 60
    assert read_state(records).change.canary == canary


@pytest.mark.parametrize("end", [promote, roll_back])
def test_what_an_operator_did_meanwhile_stands(end, records, watch):
    try_out(records)
    watch(*GOOD)
    end(records, author="bob", comment="", now=BEGAN + 1)
    assert watch(*BAD) is None
    assert list(history(records))[-1].author == "bob"


def test_a_canary_again_is_tried_out_anew(records):
    first = try_out(records)
    records.put(TRIALS, f"v2|{BEGAN}", count(BAD, first, "v1").to_json())
    again = Canary(version=2, percent=50, since=BEGAN + 100)
    assert read_trial(records, first).canary.failed == 10
    assert read_trial(records, again).canary.failed == 0


def test_a_count_that_always_loses_the_race_is_left_out(records, watch, monkeypatch):
    try_out(records)
    put = records.put
    monkeypatch.setattr(
        records, "put", lambda partition, *rest, **more: partition != TRIALS and put(partition, *rest, **more)
    )
    assert watch(*GOOD, *BAD) is None
    assert read_state(records).change.canary is not None
