"""A fleet's quotas: a window that slides, requests and tokens."""

import pytest

from sallyport_local.fleet.quotas import Quotas
from sallyport_local.fleet.script import Place, Quota

HERE = Place("bedrock", "111111111111", "us-east-1", "nova")
THERE = Place("bedrock", "222222222222", "us-east-1", "nova")


def admitted(quota: Quota, *calls: tuple[float, int]) -> Quotas:
    quotas = Quotas()
    for at, tokens in calls:
        assert quotas.wait(HERE, quota, tokens, at) == 0
        quotas.admit(HERE, tokens, at)
    return quotas


@pytest.mark.parametrize(("now", "wait"), [(10.0, 51.0), (60.9, pytest.approx(0.1)), (61.0, 0.0)])
def test_admits_so_many_requests_in_any_minute_and_says_how_long_the_next_one_waits(now: float, wait: float):
    quota = Quota(requests=2)
    assert admitted(quota, (1.0, 5), (2.0, 5)).wait(HERE, quota, 5, now) == wait


@pytest.mark.parametrize(("tokens", "wait"), [(40, 0.0), (41, 50.0), (70, 50.0), (71, 55.0), (100, 55.0), (101, 60.0)])
def test_admits_so_many_tokens_and_waits_for_as_many_to_leave_the_window(tokens: int, wait: float):
    quota = Quota(tokens=100)
    assert admitted(quota, (0.0, 30), (5.0, 30)).wait(HERE, quota, tokens, 10.0) == wait


def test_what_was_used_counts_in_the_place_of_what_was_asked():
    quota, quotas = Quota(tokens=100), Quotas()
    call = quotas.admit(HERE, 100, 0.0)
    assert quotas.wait(HERE, quota, 50, 1.0) == 59.0
    call.tokens = 50
    assert quotas.wait(HERE, quota, 50, 1.0) == 0.0


def test_each_place_has_a_quota_of_its_own():
    quota = Quota(requests=1, seconds=10)
    quotas = admitted(quota, (0.0, 5))
    assert quotas.wait(HERE, quota, 5, 1.0) == 9.0
    assert quotas.wait(THERE, quota, 5, 1.0) == 0.0
