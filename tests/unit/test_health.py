"""sallyport.health: when a target is skipped, probed and called again."""

import pytest

from sallyport.health import (
    COOL_DOWN_SECONDS,
    IDLE_SECONDS,
    LEAST_FAILURES,
    LONGEST_COOL_DOWN_SECONDS,
    LONGEST_REST_SECONDS,
    PROBE_SECONDS,
    Health,
    Outcome,
    after,
    latency_of,
    learned,
    probing,
    state_of,
    wait_of,
)

NOW = 1000.0


def played(*outcomes, health=None, now=NOW, every=0.1, chance=0.0, **fields):
    """Outcomes one after the other: True for an answer, or the name of a fault."""
    health = health or Health()
    for outcome in outcomes:
        fault = None if outcome is True else outcome
        health = after(health, Outcome(now, 100 if outcome is True else None, fault, **fields), now, chance)
        now += every
    return health


def test_failures_in_a_row_open_it():
    assert not played(*["Down"] * (LEAST_FAILURES - 1)).open
    opened = played(*["Down"] * LEAST_FAILURES, every=0.0)
    assert opened.open
    assert opened.reason == "Down: 100 % of calls failed lately"
    assert state_of(opened, NOW) == "open"
    assert wait_of(opened, NOW) == 0.0


def test_failures_in_a_row_open_it_however_slowly_they_come():
    assert played(*["Down"] * LEAST_FAILURES, every=60.0).open


@pytest.mark.parametrize(
    ("of_ten", "opens"), [(5, True), (3, True), (2, True), (1, False)], ids=["half", "third", "fifth", "tenth"]
)
def test_a_share_of_failures_opens_it(of_ten, opens):
    pattern = ["Down"] * of_ten + [True] * (10 - of_ten)
    assert (played(*pattern * 6, every=0.02).changed_at > 0) is opens


def test_old_failures_fade():
    known = played(*["Down", True] * (LEAST_FAILURES - 1), every=0.0)
    assert not played("Down", health=known, now=NOW + 60).open
    assert played("Down", health=known, now=NOW).open


def test_a_probe_that_is_answered_closes_it():
    opened = played(*["Down"] * LEAST_FAILURES, every=0.0)
    later = NOW + COOL_DOWN_SECONDS
    assert state_of(opened, later - 0.01) == "open"
    assert state_of(opened, later) == "half open"
    assert wait_of(opened, later) is None
    tried = probing(opened, later)
    assert wait_of(tried, later) == 0.0, "one probe at a time"
    assert wait_of(tried, later + PROBE_SECONDS) is None, "and a lost probe blocks nobody"
    closed = played(True, health=tried, now=later)
    assert not closed.open
    assert played("Down", health=closed, now=later).open is False, "it starts anew"


def test_a_probe_that_fails_doubles_the_wait_up_to_an_end():
    health, now, waits = played(*["Down"] * LEAST_FAILURES, every=0.0), NOW, []
    for _ in range(5):
        waits.append(health.until - now)
        now = health.until
        health = played("Down", health=probing(health, now), now=now)
        assert health.reason == "Down: the probe failed"
    assert waits == [COOL_DOWN_SECONDS, 4.0, LONGEST_COOL_DOWN_SECONDS, 8.0, 8.0]
    assert LONGEST_COOL_DOWN_SECONDS <= 10


def test_chance_shortens_a_cool_down_by_a_quarter_at_most():
    untils = {played(*["Down"] * LEAST_FAILURES, every=0.0, chance=chance).until for chance in (0.0, 0.5, 1.0)}
    assert untils == {NOW + 2.0, NOW + 1.75, NOW + 1.5}


@pytest.mark.parametrize("outcome", [True, "Down"])
def test_a_call_that_began_before_it_was_opened_says_nothing_new(outcome):
    opened = played(*["Down"] * LEAST_FAILURES, every=0.0)
    late = Outcome(NOW - 1, 100, None if outcome is True else outcome)
    health = after(opened, late, NOW + 1, 0.0)
    assert (health.open, health.until, health.changed_at) == (True, opened.until, opened.changed_at)


def test_retry_after_is_obeyed_at_once():
    resting = played("Throttled", retry_after=30.0)
    assert state_of(resting, NOW) == "resting"
    assert wait_of(resting, NOW + 10) == 20.0
    assert resting.reason == "Throttled: the provider asked for 30 s"
    assert state_of(resting, NOW + 30) == "half open"
    assert not played(True, health=probing(resting, NOW + 30), now=NOW + 30).open
    shorter = played("Throttled", health=resting, now=NOW + 1, retry_after=1.0)
    assert shorter.until == resting.until, "the longest of what was asked for"


def test_a_rest_has_an_end():
    assert played("Throttled", retry_after=86_400.0).until == NOW + LONGEST_REST_SECONDS


def test_a_throttle_without_a_hint_is_a_failure_like_others():
    assert not played("Throttled").open
    assert played(*["Throttled"] * LEAST_FAILURES).open


def test_latency_jumps_up_and_fades():
    peak = after(Health(), Outcome(NOW, 5000), NOW, 0.0)
    assert peak.latency_ms == 5000
    soon = after(peak, Outcome(NOW, 100), NOW + 1, 0.0)
    assert 4500 < soon.latency_ms < 5000
    assert after(peak, Outcome(NOW, 100), NOW + 300, 0.0).latency_ms < 110


def test_a_failure_counts_as_slow_and_never_as_fast():
    known = after(Health(), Outcome(NOW, 500), NOW, 0.0)
    assert after(known, Outcome(NOW, 20, "Throttled"), NOW + 300, 0.0).latency_ms == 500
    assert after(known, Outcome(NOW, 9000, "Late"), NOW + 1, 0.0).latency_ms == 9000
    assert after(known, Outcome(NOW, None, "Cut"), NOW + 1, 0.0).latency_ms == 500


def test_what_was_measured_holds_for_a_while_and_fades():
    known = after(Health(), Outcome(NOW, 500), NOW, 0.0)
    assert latency_of(known, NOW + IDLE_SECONDS) == 500
    assert 100 < latency_of(known, NOW + IDLE_SECONDS + 30) < 250
    assert latency_of(Health(), NOW) is None


def test_whoever_saw_it_last_knows_how_long_it_takes_and_who_changed_it_last_is_right():
    mine = played("Down", True)
    slow = after(Health(), Outcome(NOW, 900), NOW + 10, 0.0)
    both = learned(mine, slow)
    assert (both.latency_ms, both.at, both.open) == (900, NOW + 10, False)
    assert 0 < both.bad < mine.bad, "failures fade until then"
    assert learned(slow, mine) == slow
    opened = played(*["Down"] * LEAST_FAILURES, every=0.0)
    assert learned(slow, opened) == opened
    assert learned(opened, slow).open
