"""sallyport targets."""

import re
import time

import pytest

from sallyport.health import LEAST_FAILURES, Outcome
from sallyport.probing import Prober
from sallyport.routing import packaged_table


@pytest.fixture
def watch(services):
    return services.watch


def shown(run_json):
    return {row["target"]: row for row in run_json("targets")}


def test_shows_every_target_of_the_table_and_knows_nothing_bad(run_json):
    rows = shown(run_json)
    assert rows.keys() == packaged_table().targets.keys()
    assert {(row["state"], row["reason"], row["until"]) for row in rows.values()} == {("closed", "", None)}


def place(name):
    return packaged_table().targets[name].place(name)


def test_shows_what_is_skipped_until_when_and_why(run, run_json, watch):
    watch.note(place("simulated"), Outcome(time.time(), None, "ProviderThrottledError", 600.0))
    for _ in range(LEAST_FAILURES):
        watch.note(place("simulated-backup"), Outcome(time.time(), None, "ProviderTimeoutError"))
    rows = shown(run_json)
    assert (rows["simulated"]["state"], rows["simulated-backup"]["state"]) == ("resting", "open")
    assert rows["simulated"]["until"].endswith("Z")
    assert rows["simulated-backup"]["reason"] == "ProviderTimeoutError: 100 % of calls failed lately"
    assert "ProviderThrottledError: the provider asked for 600 s" in run("targets").stdout


def test_shows_the_last_probe_of_each_target_that_was_asked(run, run_json, services):
    usage = services.backend.records("usage")
    prober = Prober(services.providers, services.watch, services.backend.records("health"), usage, services.now)
    prober.round(packaged_table(), ("simulated",))
    rows = shown(run_json)
    assert rows["simulated"]["probed"].endswith("Z")
    assert re.fullmatch(r"answered in \d+ ms", rows["simulated"]["probe"])
    assert (rows["simulated-backup"]["probed"], rows["simulated-backup"]["probe"]) == (None, None)
    assert rows["simulated"]["probe"] in run("targets").stdout
