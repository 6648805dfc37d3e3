"""`sallyport drill`: what it prints and how it ends; what it plays is shown in tests/e2e."""

import json

import pytest

from sallyport_cli.drill import command
from sallyport_cli.drill.playing import Result
from sallyport_cli.drill.processes import NotStartedError
from sallyport_cli.drill.scenario import exactly
from sallyport_cli.drill.scenarios import SCENARIOS


@pytest.fixture
def played(monkeypatch):
    """Nothing is started; scenarios miss a figure if their name is among `missed`."""
    missed: set[str] = set()

    def play(scenarios, data):
        return [
            Result(each, (exactly("a figure", 2 if each.name in missed else 3, 3, note="a note"),), 0.5)
            for each in scenarios
        ]

    monkeypatch.setattr(command, "_played", play)
    return missed


def test_lists_what_there_is(invoke):
    listed = invoke("drill", "--list")
    assert listed.exit_code == 0
    for scenario in SCENARIOS.values():
        assert scenario.name in listed.stdout
        assert scenario.shows in listed.stdout
    assert [each["name"] for each in json.loads(invoke("drill", "--list", "--json").stdout)] == list(SCENARIOS)


def test_plays_all_or_those_that_are_named_once_each(invoke, played):
    assert "8 of 8 scenarios met their figures" in invoke("drill").stdout
    told = invoke("drill", "outage", "fallback", "outage", "--json")
    assert [each["scenario"] for each in json.loads(told.stdout)] == ["outage", "fallback"]


def test_a_figure_that_is_missed_is_named_and_is_exit_code_1(invoke, played, tmp_path):
    played.add("outage")
    told = invoke("drill", "outage", "fallback", "--chart", str(tmp_path / "c.svg"))

    assert told.exit_code == 1
    assert "1 of 2 scenarios met their figures" in told.stdout
    assert told.stdout.count("MISSED") == 1
    assert "2, not 3" in (tmp_path / "c.svg").read_text()
    figures = [each["figures"][0] for each in json.loads(invoke("drill", "outage", "--json").stdout)]
    assert figures == [
        {"name": "a figure", "observed": 2, "least": 3, "most": 3, "unit": None, "note": "a note", "passed": False}
    ]


def test_plays_on_no_folder_that_something_is_in(invoke, played, folder, tmp_path):
    refused = invoke("drill", "--data", str(folder))
    assert refused.exit_code == 1
    assert "is not empty" in refused.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert invoke("drill", "fallback", "--data", str(empty)).exit_code == 0
    assert f"sallyport usage --by tenant --data {empty}" in invoke("drill", "--data", str(empty)).stdout


def test_a_chart_that_could_not_be_written_is_told_before_anything_is_played(invoke, played, tmp_path):
    refused = invoke("drill", "--chart", str(tmp_path / "nowhere" / "c.svg"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "There is no folder" in refused.stderr


def test_an_unknown_scenario_is_wrong_usage_that_names_those_there_are(invoke):
    refused = invoke("drill", "fallbak")
    assert refused.exit_code == 2
    assert "isolation" in refused.stderr


def test_what_does_not_start_is_told(invoke, monkeypatch):
    def broken():
        raise NotStartedError("The simulated fleet did not start; what it said is above.")

    monkeypatch.setattr(command, "fleet", broken)
    refused = invoke("drill", "fallback")
    assert refused.exit_code == 1
    assert "did not start" in refused.stderr
