"""A target's own limits, shared: one tenant's burst does not consume what is another's."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from sallyport.shares import SHARES, Askers, Seen
from tests.e2e.running import Running, as_json

WEIGHTS = {"a": 3.0, "b": 5.0, "c": 5.0}

MINUTE, ROOM = 60, 5
"""Seconds: of the limits, and what a burst should find left of one."""


@pytest.fixture
def burst(running: Running) -> Callable[..., dict[str, list[httpx.Response]]]:
    """Five requests of each tenant at once, all within one minute."""
    known = {name: Seen(weight=weight, at=time.time()) for name, weight in WEIGHTS.items()}
    records = running.gateway.backend.records("configuration")
    for target in ("shared", "behind", "behind-streams"):
        records.put(SHARES, target, Askers(tenants=known).to_json())

    def asked(model: str, /, **other: Any) -> dict[str, list[httpx.Response]]:
        """`other` is what `a` asks differently."""
        minute = _minute_with_room()
        with ThreadPoolExecutor(15) as pool:
            asking = {
                name: [pool.submit(running.ask, f"{name} {number} {minute}", key=name, **fields) for number in range(5)]
                for name, fields in {
                    "a": {"model": model} | other,
                    "b": {"model": model},
                    "c": {"model": model},
                }.items()
            }
            answers = {name: [each.result() for each in answers] for name, answers in asking.items()}
        if time.time() // MINUTE == minute:
            return answers
        # What came late has used up some of this minute, too.
        _wait_for_the_next_minute()
        return asked(model, **other)

    return asked


def _minute_with_room() -> float:
    if time.time() % MINUTE > MINUTE - ROOM:
        _wait_for_the_next_minute()
    return time.time() // MINUTE


def _wait_for_the_next_minute() -> None:
    time.sleep(MINUTE - time.time() % MINUTE)


def served(answers: list[httpx.Response], target: str = "shared") -> int:
    return [each.headers.get("x-sallyport-target") for each in answers].count(target)


def test_who_is_over_its_part_gets_three_of_five_and_the_others_all(running: Running, burst):
    """The article's figures: 60 %, 100 % and 100 %."""
    answers = burst("shared")
    assert {name: served(each) for name, each in answers.items()} == {"a": 3, "b": 5, "c": 5}
    refused = [each for each in answers["a"] if each.status_code != 200]
    assert [each.status_code for each in refused] == [429, 429]
    for each in refused:
        assert 1 <= int(each.headers["retry-after"]) <= 60
        assert as_json(each)["error"]["message"].startswith("What the model shared can take of this tenant per minute")
    running.settle()


def test_a_route_with_another_target_goes_there_instead(running: Running, burst):
    """In the same minute as the test before or in another: there is room for 13 in each."""
    answers = burst("shared-first")
    assert all(each.status_code == 200 for each in [*answers["a"], *answers["b"], *answers["c"]])
    assert served(answers["a"]) <= 3
    assert served(answers["a"]) + served(answers["a"], "echo") == 5
    running.settle()


@pytest.mark.parametrize(("target", "stream"), [("behind", False), ("behind-streams", True)])
def test_a_burst_that_falls_back_leaves_the_others_all_of_theirs(target: str, stream: bool, running: Running, burst):
    answers = burst(target, model=f"before-{target}", stream=stream)
    assert {name: served(each, target) for name, each in answers.items()} == {"a": 3, "b": 5, "c": 5}
    assert [each.status_code for each in answers["a"]].count(200) == 3
    running.settle()
