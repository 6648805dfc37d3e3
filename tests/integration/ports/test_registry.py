"""The registry of routing tables on every implementation of the records, with publishers that race."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sallyport.configuration import Configuration
from sallyport.contracts import Failure
from sallyport.errors import InvalidRequestError
from sallyport.registry import promote, publish, roll_back
from sallyport.routing import parse_table
from sallyport.table_versions import history, read_state, read_version
from sallyport.trial import observe, read_trial
from tests.unit.doubles import a_route, a_ticket, an_authorization

AT_ONCE = 8


@pytest.fixture
def records(backend):
    return backend.records("configuration")


def a_table(model):
    target = {"provider": "simulated", "model": model, "privacy": "private"}
    return parse_table({"version": "x", "targets": {"one": target}, "routes": {"mine": {"targets": ["one"]}}})


def test_versions_changes_and_what_is_in_force_read_back(records):
    publish(records, a_table("a"), author="ann", comment="Grüße", now=1.5)
    publish(records, a_table("b"), author="ann", comment="", now=2.5, percent=10)
    promote(records, author="bob", comment="", now=3.5)
    roll_back(records, author="bob", comment="", now=4.5)

    assert read_version(records, 2).table.targets["one"].model == "b"
    assert [(each.action, each.current, each.at) for each in history(records)] == [
        ("publish", 1, 1.5), ("canary", 1, 2.5), ("promote", 2, 3.5), ("rollback", 1, 4.5)
    ]  # fmt: skip
    assert Configuration(records, clock=lambda: 0.0).routing_table().version == "v1"


def test_of_publishers_at_once_each_wins_or_is_told_and_the_history_has_no_gap(records):
    def try_to(number):
        try:
            return publish(records, a_table(f"m{number}"), author=f"a{number}", comment="", now=1.0)
        except InvalidRequestError:
            return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        won = [change for change in pool.map(try_to, range(AT_ONCE)) if change]

    changes = list(history(records))
    assert won
    assert sorted(won, key=lambda each: each.number) == changes
    assert [each.number for each in changes] == list(range(1, len(won) + 1))
    for change in changes:
        version = read_version(records, change.current)
        assert version.author == change.author
        assert version.table.targets["one"].model == f"m{change.author[1:]}"
    assert read_state(records).change == changes[-1]


def test_settles_that_count_at_once_lose_nothing_but_what_they_leave_out(records, a_canary_request):
    publish(records, a_table("a"), author="ann", comment="", now=1.0)
    canary = publish(records, a_table("b"), author="ann", comment="", now=1.0, percent=50).canary

    def settle(_):
        configuration = Configuration(records, clock=lambda: 2.0)
        return observe([a_canary_request], configuration, records, time.time())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(settle, range(AT_ONCE))) == [None] * AT_ONCE
    counted = read_trial(records, canary).canary
    assert 0 < counted.requests <= AT_ONCE
    assert counted.failed == counted.requests


@pytest.fixture
def a_canary_request():
    return a_ticket(
        authorization=an_authorization(route=a_route(version="v2")), failure=Failure(error="NoTargetLeftError")
    )
