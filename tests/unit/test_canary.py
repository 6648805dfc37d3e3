"""sallyport.canary: whose requests a canary gets, and when it ends by itself."""

import pytest

from sallyport.canary import Arm, Trial, gets, judge, percentile, seen
from sallyport.table_versions import Canary

REQUESTS = [f"req_{number:08}" for number in range(4000)]


def a_canary(percent=20, version=2, since=1.0):
    return Canary(version=version, percent=percent, since=since)


def arm(requests, failed=0, latency_ms=100):
    return seen([(number < failed, latency_ms) for number in range(requests)])


@pytest.mark.parametrize("percent", [1, 10, 20, 50, 99])
def test_a_canary_gets_about_its_share(percent):
    share = sum(gets(a_canary(percent), each) for each in REQUESTS) / len(REQUESTS)
    assert share == pytest.approx(percent / 100, abs=0.025)


def test_a_request_is_always_on_the_same_side():
    assert [gets(a_canary(), each) for each in REQUESTS] == [gets(a_canary(), each) for each in REQUESTS]


@pytest.mark.parametrize("other", [a_canary(50, version=3), a_canary(50, since=2.0)])
def test_another_canary_gets_other_requests(other):
    both = sum(gets(a_canary(50), each) and gets(other, each) for each in REQUESTS) / len(REQUESTS)
    assert both == pytest.approx(0.25, abs=0.03)


def test_a_wider_canary_keeps_those_it_had():
    assert all(gets(a_canary(30), each) for each in REQUESTS if gets(a_canary(10), each))


@pytest.mark.parametrize(
    ("canary", "current", "ends"),
    [
        (arm(0), arm(0), False),
        (arm(9, 9), arm(900), False),
        (arm(10, 10), arm(9), False),
        (arm(10, 10), arm(10), True),
        (arm(10, 5), arm(90), False),
        (arm(10, 6), arm(90), True),
        (arm(10, 10), arm(10, 6), False),
        (arm(49, 24), arm(450), False),
        (arm(50, 24), arm(450), True),
        (arm(50, 2), arm(450), False),
        (arm(50, 3), arm(450), True),
        (arm(50, 3), arm(450, 9), False),
        (arm(50, 8), arm(50, 5), False),
        (arm(1000, 50), arm(1000), False),
        (arm(1000, 51), arm(1000), True),
        (arm(1000, 400), arm(1000, 500), False),
        (arm(100, 100), arm(100, 100), False),
    ],
)
def test_a_canary_ends_that_fails_more_often_and_not_by_chance(canary, current, ends):
    assert judge(Trial(canary=canary, current=current)).ends is ends


@pytest.mark.parametrize(
    ("canary", "current", "ends"),
    [
        (arm(50, latency_ms=2500), arm(50, latency_ms=1000), True),
        (arm(49, latency_ms=2500), arm(50, latency_ms=1000), False),
        (arm(50, latency_ms=2500), arm(49, latency_ms=1000), False),
        (arm(50, latency_ms=1900), arm(50, latency_ms=1000), False),
        (arm(50, latency_ms=240), arm(50, latency_ms=20), False),
        (arm(50, latency_ms=400), arm(50, latency_ms=20), True),
        (arm(50, latency_ms=1000), arm(50, latency_ms=2500), False),
        (arm(0), arm(500), False),
    ],
)
def test_a_canary_ends_that_is_much_slower(canary, current, ends):
    assert judge(Trial(canary=canary, current=current)).ends is ends


def test_a_verdict_says_why():
    assert judge(Trial(canary=arm(10, 10), current=arm(40, 1))).reason == (
        "100.0% of 10 requests failed, 2.5% of 40 without it"
    )
    slow = judge(Trial(canary=arm(50, latency_ms=4096), current=arm(50, latency_ms=1024)))
    assert slow.reason == "95 % were answered within 4096 ms, without it within 1024 ms"
    assert "too few" in judge(Trial()).reason


@pytest.mark.parametrize("latency_ms", [0, 1, 2, 99, 100, 12_345, 285_000])
def test_a_percentile_is_exact_to_a_step(latency_ms):
    assert latency_ms <= percentile(arm(20, latency_ms=latency_ms), 0.95) <= max(latency_ms * 1.2 + 1, 1)


def test_a_percentile_passes_over_the_slowest_twentieth():
    fast_and_slow = seen([(False, 100)] * 95 + [(False, 60_000)] * 5)
    assert percentile(fast_and_slow, 0.95) < 130
    assert percentile(fast_and_slow, 0.96) > 50_000
    assert percentile(Arm(), 0.95) == 0


def test_counts_add_up_and_survive_the_store():
    trial = Trial(canary=arm(3, 1), current=arm(5)).plus(Trial(canary=arm(2, latency_ms=900), current=arm(1, 1)))
    assert (trial.canary.requests, trial.canary.failed, sum(trial.canary.latencies.values())) == (5, 1, 4)
    assert Trial.model_validate_json(trial.model_dump_json()) == trial
