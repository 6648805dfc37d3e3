"""sallyport.strategies: the order of targets, and what moves when one of them comes or goes."""

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.strategies import Candidate, Strategy, order, peak_ewma

STRATEGIES = get_args(Strategy.__value__)
SEEDS = st.text("abcdef0123456789", min_size=1, max_size=12)
WEIGHTS = st.sampled_from([0.0, 0.1, 1.0, 3.0, 1_000_000.0])
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        name=st.text("abcdefgh", min_size=1, max_size=4),
        weight=WEIGHTS,
        cost=st.integers(0, 3),
        context_tokens=st.integers(1, 3),
        abilities=st.integers(0, 5),
        latency_ms=st.none() | st.floats(0, 100),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.name,
)
DRAWN = st.sampled_from(["weighted", "sticky"])


def candidates(field, **values):
    return [Candidate(name, **{field: value}) for name, value in values.items()]


@given(st.sampled_from(STRATEGIES), CANDIDATES, SEEDS)
def test_every_strategy_puts_all_targets_in_an_order_and_always_in_the_same(strategy, some, seed):
    ordered = order(strategy, some, seed)
    assert sorted(ordered) == sorted(each.name for each in some)
    assert order(strategy, some, seed) == ordered


@pytest.mark.parametrize(
    ("strategy", "some", "expected"),
    [
        ("ordered", candidates("cost", b=2, a=1), ["b", "a"]),
        ("least_cost", candidates("cost", b=2, a=1, c=3), ["a", "b", "c"]),
        ("least_cost", candidates("cost", b=1, a=1), ["b", "a"]),
        ("least_latency", candidates("latency_ms", b=20.0, a=10.0), ["a", "b"]),
        ("least_latency", candidates("latency_ms", b=20.0, a=None), ["a", "b"]),
        ("least_latency", candidates("latency_ms", b=0.0, a=None), ["a", "b"]),
        ("least_latency", candidates("latency_ms", b=None, a=None), ["b", "a"]),
        ("by_context_size", candidates("context_tokens", b=200, a=8), ["a", "b"]),
        ("by_capability", candidates("abilities", b=5, a=1, c=0), ["c", "a", "b"]),
    ],
)
def test_a_strategy_says_which_is_best(strategy, some, expected):
    assert order(strategy, some, "req_1") == expected


@pytest.mark.parametrize("weights", [{"a": 9.0, "b": 1.0}, {"a": 1.0, "b": 1.0, "c": 2.0}, {"a": 0.25, "b": 0.75}])
def test_ten_thousand_draws_come_to_the_weights(weights):
    some = candidates("weight", **weights)
    first = Counter(order("weighted", some, f"req_{number}")[0] for number in range(10_000))
    for name, weight in weights.items():
        assert first[name] / 10_000 == pytest.approx(weight / sum(weights.values()), abs=0.02)


def test_the_second_is_drawn_by_weight_among_the_others():
    some = candidates("weight", a=2.0, b=3.0, c=1.0)
    drawn = [order("weighted", some, f"req_{number}") for number in range(10_000)]
    second = Counter(each[1] for each in drawn if each[0] == "a")
    assert second["b"] / sum(second.values()) == pytest.approx(0.75, abs=0.03)


def test_what_has_no_weight_is_only_asked_when_all_others_failed():
    some = candidates("weight", idle=0.0, a=0.001, b=1.0, spare=0.0)
    for number in range(100):
        assert order("weighted", some, f"req_{number}")[2:] == ["idle", "spare"]


@given(DRAWN, CANDIDATES, WEIGHTS, SEEDS)
def test_a_target_that_comes_or_goes_leaves_the_order_of_the_others(strategy, some, weight, seed):
    more = [*some, Candidate("newcomer", weight=weight)]
    without = [name for name in order(strategy, more, seed) if name != "newcomer"]
    assert without == order(strategy, some, seed)


def test_a_newcomer_takes_its_share_of_the_conversations_and_moves_no_others():
    some = candidates("weight", a=1.0, b=1.0, c=1.0)
    more = [*some, Candidate("d")]
    before = [order("sticky", some, f"conversation {number}")[0] for number in range(10_000)]
    after = [order("sticky", more, f"conversation {number}")[0] for number in range(10_000)]
    moved = {new for old, new in zip(before, after, strict=True) if new != old}
    assert moved == {"d"}
    assert after.count("d") / 10_000 == pytest.approx(0.25, abs=0.02)


def test_a_latency_jumps_to_its_peak_and_falls_by_and_by():
    assert peak_ewma(100, 900, 0.01) == 900
    assert peak_ewma(900, 100, 0) == 900
    assert peak_ewma(900, 100, 10) == pytest.approx(100 + 800 / 2.71828, rel=1e-4)
    assert peak_ewma(900, 100, 1000) == pytest.approx(100)
    assert peak_ewma(900, 100, -5) == 900, "clocks of two machines may differ"
    assert peak_ewma(900, 100, 10, decay_seconds=100) > peak_ewma(900, 100, 10)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_latency_stays_between_what_was_known_and_what_was_seen(known, seen, seconds):
    assert min(known, seen) <= peak_ewma(known, seen, seconds) * (1 + 1e-9)
    assert peak_ewma(known, seen, seconds) <= max(known, seen) * (1 + 1e-9)
