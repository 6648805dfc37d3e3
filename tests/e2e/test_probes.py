"""Targets that are asked by the gateway itself: one that is well again is used before a request has to try it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sallyport.health import LEAST_FAILURES, Outcome
from sallyport.probing import Which, last_probes
from sallyport.settlement import UsageRecord
from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.seed import read_seed, sow
from tests.e2e.upstream import Upstream

SEED = """
[routing]
version = "probes"
[routing.targets.echo]
provider = "openai"
base_url = "{url}"
model = "echo"
privacy = "cloud"
price = {{ input = 1000.0, output = 1000.0 }}
[routing.targets.unused]
provider = "openai"
base_url = "{url}"
model = "unused"
privacy = "cloud"
[routing.routes.echo]
targets = ["echo"]
"""
LONG = 20.0  # seconds that a test is patient


def wait_for(happened: Any) -> None:
    deadline = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def opened(tmp_path: Path, upstream: Upstream) -> Iterator[Any]:
    """A gateway that asks by itself, while its only target is open."""
    gateways: list[EmbeddedGateway] = []

    def start(which: Which | None) -> EmbeddedGateway:
        gateway = EmbeddedGateway.open(tmp_path / "data", {}, probe=which, probe_seconds=0.05)
        gateways.append(gateway)
        sow(read_seed(SEED.format(url=upstream.url), "the test"), gateway.backend)
        for _ in range(LEAST_FAILURES):
            gateway.services.watch.note(place_of(gateway), Outcome(time.time(), None, "Down"))
        assert gateway.services.watch.opened([place_of(gateway)])
        gateway.start()
        return gateway

    yield start
    for gateway in gateways:
        gateway.stop()


def place_of(gateway: EmbeddedGateway) -> str:
    return gateway.services.configuration.routing_table().targets["echo"].place("echo")


def test_a_target_that_is_well_again_is_closed_without_a_request(opened, upstream):
    before = upstream.asked("echo")
    gateway = opened("open")
    wait_for(lambda: not gateway.services.watch.opened([place_of(gateway)]))
    time.sleep(0.3)  # six further rounds
    assert upstream.asked("echo") == before + 1, "a target that is well is left alone"
    assert upstream.asked("unused") == 0
    [(place, probe)] = last_probes(gateway.backend.records("health"))
    assert (place, probe.outcome) == (place_of(gateway), "answered")


def test_all_are_asked_again_and_again_at_the_gateways_own_cost(opened, upstream):
    before = upstream.asked("echo")
    gateway = opened("all")
    usage = gateway.backend.records("usage")
    wait_for(lambda: len(list(usage.scan())) >= 3)
    bills = [UsageRecord.model_validate(dict(record.body)) for record in usage.scan()]
    assert upstream.asked("echo") - before >= len(bills)
    assert {(bill.caller, bill.target, bill.cost > 0) for bill in bills} == {(None, "echo", True)}


def test_nobody_is_asked_by_default(opened, upstream):
    before = upstream.asked("echo")
    gateway = opened(None)
    time.sleep(0.3)
    assert upstream.asked("echo") == before
    assert list(last_probes(gateway.backend.records("health"))) == []
