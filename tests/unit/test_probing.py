"""sallyport.probing: something tiny, asked on a schedule, by a provider that plays its part."""

import threading

import pytest
from pydantic import ValidationError

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, StopReason, Text
from sallyport.embedding import EmbeddingAnswer
from sallyport.errors import (
    InvalidRequestError,
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    StoreUnavailableError,
)
from sallyport.health import LEAST_FAILURES, Outcome
from sallyport.probing import MOST_TOKENS, PATIENCE_SECONDS, PROBES, Prober, Round, last_probes
from sallyport.routing import parse_table
from sallyport.settlement import UsageRecord
from sallyport.watch import PARTITION
from tests.unit.doubles import MemoryRecords, a_watch

NOON = 1_795_176_000.0
USED = Usage(input_tokens=10, output_tokens=2)
TARGET = {"provider": "openai", "model": "m", "privacy": "cloud", "price": {"input": 1.0, "output": 3.0}}
TABLE = parse_table(
    {
        "version": "1",
        "targets": {
            "first": TARGET,
            "second": {**TARGET, "timeout_seconds": 7, "max_output_tokens": 5},
            "vectors": {**TARGET, "operation": "embed", "price": {"input": 1.0}},
            "idle": TARGET,
        },
        "routes": {"demo": {"targets": ["first", "second"]}, "vectors": {"targets": ["vectors"]}},
    }
)
PLACES = {name: target.place(name) for name, target in TABLE.targets.items()}


class Clock:
    now = NOON

    def __call__(self):
        return self.now


class Player:
    """Provider and registry in one; `plays` says which models fail."""

    def __init__(self):
        self.asked = {}
        self.plays = {}

    def get(self, name):
        return self

    def chat(self, request, target, *, max_tokens, timeout):
        self._play(target, (request, max_tokens, timeout))
        choice = Choice(blocks=(Text(text="OK"),), stop_reason=StopReason.END)
        return ChatAnswer(model="m", choices=(choice,), usage=USED)

    def embed(self, request, target, *, timeout):
        self._play(target, (request, None, timeout))
        return EmbeddingAnswer(model="m", vectors=("AAAA",), usage=Usage(input_tokens=3, output_tokens=0))

    def unmet_by_embedding(self, request, target):
        return ()

    def _play(self, target, call):
        name = next(name for name, each in TABLE.targets.items() if each is target)
        self.asked[name] = call
        if name in self.plays:
            raise self.plays[name]


class Place:
    """A prober on records in memory."""

    def __init__(self):
        self.clock, self.player = Clock(), Player()
        self.health, self.usage = MemoryRecords(), MemoryRecords()
        self.watch = a_watch(self.health, clock=self.clock)
        self.prober = Prober(self.player, self.watch, self.health, self.usage, self.clock)

    def round(self, which="all"):
        return self.prober.round(TABLE, which)

    def open(self, name, retry_after=None):
        for _ in range(LEAST_FAILURES):
            self.watch.note(PLACES[name], Outcome(self.clock.now, None, "Down", retry_after))

    def bills(self):
        return [UsageRecord.model_validate(dict(record.body)) for record in self.usage.scan()]


@pytest.fixture
def place():
    return Place()


def test_all_that_routes_name_are_asked_and_nothing_else(place):
    assert sorted(place.round()) == sorted(place.player.asked) == ["first", "second", "vectors"]


def test_those_that_are_named_are_asked_though_no_route_names_them(place):
    assert sorted(place.round(("idle",))) == ["idle"]


def test_a_name_that_the_table_does_not_have_is_refused(place):
    with pytest.raises(InvalidRequestError, match="no target nobody"):
        place.round(("idle", "nobody"))
    assert place.player.asked == {}


@pytest.mark.parametrize("which", ["some", "", None, 3, [" "]])
def test_a_schedule_that_asks_for_something_else_is_no_round(which):
    with pytest.raises(ValidationError):
        Round(targets=which)


def test_what_is_asked_is_tiny_and_patience_has_an_end(place):
    place.round()
    _, most, patience = place.player.asked["first"]
    assert (most, patience) == (MOST_TOKENS, PATIENCE_SECONDS)
    assert place.player.asked["second"][1:] == (5, 7)
    assert len(place.player.asked["vectors"][0].texts) == 1


def test_it_is_the_gateways_own_spending_and_no_tenants(place):
    place.round()
    assert {(record.partition) for record in place.usage.scan()} == {"|2026-11-20"}
    assert {(bill.target, bill.cost, bill.input_tokens) for bill in place.bills()} == {
        ("first", 16, 10), ("second", 16, 10), ("vectors", 3, 3)
    }  # fmt: skip
    assert {(bill.caller, bill.model, bill.outcome) for bill in place.bills()} == {(None, None, "answered")}


def test_every_round_is_billed(place):
    place.round()
    place.round()
    assert len(place.bills()) == 6


def test_nothing_is_asked_of_targets_that_are_well_when_the_open_ones_are_meant(place):
    assert place.round("open") == {}
    assert place.player.asked == {}


def test_an_answer_closes_what_was_open(place):
    place.open("first")
    place.clock.now += 10
    assert place.round("open")["first"].outcome == "answered"
    assert list(place.player.asked) == ["first"]
    assert place.watch.opened(PLACES.values()) == []
    assert place.health.get(PARTITION, PLACES["first"]).body["open"] is False, "others read it"


def test_what_another_process_opened_is_asked(place):
    other = a_watch(place.health, clock=place.clock)
    for _ in range(LEAST_FAILURES):
        other.note(PLACES["second"], Outcome(NOON, None, "Down"))
    place.clock.now += 10
    assert list(place.round("open")) == ["second"]


def test_a_failure_opens_for_longer(place):
    place.open("first")
    place.clock.now += 10
    place.player.plays["first"] = ProviderUnavailableError("Down.")
    probe = place.round("open")["first"]
    assert (probe.outcome, probe.cost) == ("ProviderUnavailableError", 0)
    assert place.watch.avoid([PLACES["first"]]) == {PLACES["first"]: 0.0}


@pytest.mark.parametrize(("retry_after", "later"), [(None, 1.0), (600.0, 500.0)], ids=["cooling down", "resting"])
@pytest.mark.parametrize("which", ["open", "all", ("first",)])
def test_whoever_is_to_be_left_alone_is(retry_after, later, which, place):
    place.open("first", retry_after)
    place.clock.now += later
    assert "first" not in place.round(which)
    assert "first" not in place.player.asked


@pytest.mark.parametrize(
    ("failure", "opens"),
    [
        (ProviderUnavailableError("x"), True),
        (ProviderTimeoutError("x"), True),
        (ProviderDeniedError("x"), True),
        (ProviderRejectedError("x"), False),
    ],
)
def test_failures_open_a_target_that_is_well_as_those_of_requests_do(failure, opens, place):
    place.player.plays["first"] = failure
    for _ in range(LEAST_FAILURES):
        assert place.watch.opened([PLACES["first"]]) == []
        place.round()
    assert bool(place.watch.opened([PLACES["first"]])) is opens


def test_a_throttle_is_obeyed(place):
    place.player.plays["first"] = ProviderThrottledError("x", retry_after=60.0)
    place.round()
    assert place.watch.avoid([PLACES["first"]]) == {PLACES["first"]: 60.0}


def test_so_short_an_answer_says_nothing_of_how_long_others_take(place):
    place.watch.note(PLACES["first"], Outcome(NOON, 3000))
    place.round()
    assert place.watch.latencies() == {PLACES["first"]: 3000.0}


def test_the_last_probe_is_kept_for_a_day_beside_the_targets_health(place):
    place.player.plays["second"] = ProviderUnavailableError("x")
    place.round()
    place.clock.now += 60
    del place.player.plays["second"]
    place.round()
    probes = dict(last_probes(place.health))
    assert probes.keys() == {PLACES["first"], PLACES["second"], PLACES["vectors"]}
    assert (probes[PLACES["second"]].at, probes[PLACES["second"]].outcome) == (NOON + 60, "answered")
    assert {record.partition for record in place.health.scan()} == {PROBES, PARTITION}


def test_one_that_hangs_keeps_nobody_from_being_asked(place):
    """Each waits for the other to be asked."""
    both = threading.Barrier(3, timeout=5)
    ask = place.player._play
    place.player._play = lambda target, call: (ask(target, call), both.wait())
    assert len(place.round()) == 3


def test_what_cannot_be_billed_is_an_error_once_all_were_asked(place):
    place.usage.down = True
    with pytest.raises(StoreUnavailableError):
        place.round()
    assert len(place.player.asked) == 3
