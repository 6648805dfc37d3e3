"""functions/probe: what a schedule asks for is asked, and what came of it is written down."""

import pytest

from sallyport.errors import InternalError
from sallyport.health import Health
from sallyport.probing import last_probes
from sallyport.routing import packaged_table
from sallyport.watch import PARTITION

SIMULATED = packaged_table().targets["simulated"].place("simulated")


def test_named_targets_are_asked(invoke, services):
    told = invoke("probe/named")
    assert {name: each["outcome"] for name, each in told.items()} == dict.fromkeys(
        ("simulated", "simulated-embedding"), "answered"
    )
    assert dict(last_probes(services.backend.records("health")))[SIMULATED].outcome == "answered"
    bills = services.backend.records("usage").scan()
    assert {bill.body["target"] for bill in bills} == {"simulated", "simulated-embedding"}


def test_nothing_is_asked_while_all_are_well(invoke):
    assert invoke("probe/open") == {}


def test_an_open_target_that_answers_is_well_again(invoke, services):
    at = services.now() - 60
    opened = Health(open=True, until=at + 2, at=at, changed_at=at, reason="Down")
    services.backend.records("health").put(PARTITION, SIMULATED, opened.to_json())
    told = invoke("probe/open")
    assert list(told) == ["simulated"]
    assert services.watch.opened([SIMULATED]) == []


def test_an_event_that_is_no_round_is_refused(invoke):
    with pytest.raises(InternalError):
        invoke("probe/unknown")
