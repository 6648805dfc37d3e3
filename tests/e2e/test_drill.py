"""What `sallyport drill` plays, and that it meets the figures of AWS's article on resilience, on the real pipeline."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sallyport_cli.drill.chart import LONGEST_NAME
from sallyport_cli.drill.scenarios import SCENARIOS

ARTICLE: dict[str, dict[str, float]] = {
    "spread": {"answered in one Region, which admits 3": 3, "answered through the profile": 10},
    "sharding": {"admitted with one account": 5, "admitted with two accounts": 10},
    "fallback": {"answered by the primary": 3, "answered by the fallback": 7, "failed": 0},
    "balance": {"failed": 0},
    "isolation": {"consumer A, answered": 60, "consumer B, answered": 100, "consumer C, answered": 100},
    "outage": {"failed": 0},
    "throttled": {"failed of those with another target": 0},
    "slow": {"answered by the other": 10, "failed": 0, "told that it is late, of callers who wait 1 s": 3},
}
"""Written down here once more, so that no scenario can be changed to fit."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drill")


def sallyport(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sallyport_cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def drilled(folder: Path) -> subprocess.CompletedProcess[str]:
    return sallyport("drill", "--json", "--data", str(folder / "data"), "--chart", str(folder / "chart.svg"))


@pytest.fixture(scope="module")
def results(drilled: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    assert drilled.returncode == 0, drilled.stdout + drilled.stderr
    return {each["scenario"]: each for each in json.loads(drilled.stdout)}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_meets_its_figures(results: dict[str, dict[str, Any]], name: str):
    observed = {figure["name"]: figure["observed"] for figure in results[name]["figures"]}

    assert [figure for figure in results[name]["figures"] if not figure["passed"]] == []
    assert ARTICLE[name].items() <= observed.items()


def test_says_what_it_is_doing_and_draws_what_it_found(
    drilled: subprocess.CompletedProcess[str], results: dict[str, dict[str, Any]], folder: Path
):
    assert f"[8/8] {list(SCENARIOS)[-1]}" in drilled.stderr
    assert ElementTree.parse(folder / "chart.svg").getroot().tag.endswith("svg")
    names = [figure["name"] for each in results.values() for figure in each["figures"]]
    assert max(map(len, names)) <= LONGEST_NAME


def test_the_folder_that_it_leaves_can_be_looked_into(results: dict[str, dict[str, Any]], folder: Path):
    verified = sallyport("audit", "verify", "--json", "--data", str(folder / "data"))
    used = sallyport("usage", "--by", "tenant", "--json", "--data", str(folder / "data"))

    assert verified.returncode == 0
    assert json.loads(verified.stdout)["records"] == sum(each["requests"] for each in results.values())
    assert "consumer-A" in used.stdout


def test_a_drill_that_is_told_to_stop_leaves_no_process_behind():
    command = [sys.executable, "-m", "sallyport_cli", "drill", "balance"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as drill:
        assert drill.stderr is not None
        assert any("[1/1]" in line for line in drill.stderr)
        started = Path(f"/proc/{drill.pid}/task/{drill.pid}/children").read_text().split()
        drill.terminate()
        drill.communicate(timeout=60)

    assert (drill.returncode, len(started)) == (1, 2)
    assert [each for each in started if Path("/proc", each).exists()] == []
