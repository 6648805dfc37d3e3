"""sallyport.shares: whose part of a target's limits is how large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.contracts import Hold
from sallyport.routing import Target, TargetLimits
from sallyport.shares import (
    KNOWN_SECONDS,
    LATELY_SECONDS,
    Asker,
    Askers,
    Seen,
    part_of,
    portions,
    target_of,
)

NOON = 1_795_176_000.0


def askers(**seconds_ago):
    """Who was seen so long ago, each with the weight 1 unless it is a pair with the weight."""
    told = {name: ago if isinstance(ago, tuple) else (ago, 1.0) for name, ago in seconds_ago.items()}
    return Askers(tenants={name: Seen(weight=weight, at=NOON - ago) for name, (ago, weight) in told.items()})


@pytest.mark.parametrize(
    ("known", "own", "lendable"),
    [
        (askers(), 100, 0),
        (askers(acme=5), 100, 0),
        (askers(acme=5, globex=5), 50, 0),
        (askers(globex=5), 50, 0),
        (askers(globex=5, initech=5), 33, 1),
        (askers(globex=(5, 3.0)), 25, 0),
        (askers(globex=(5, 999.0)), 0, 1),
        (askers(globex=LATELY_SECONDS + 1), 90, 0),
        (askers(globex=5, initech=LATELY_SECONDS + 1), 45, 0),
        (askers(globex=KNOWN_SECONDS + 1), 100, 0),
    ],
    ids=[
        "nobody is known",
        "alone",
        "two",
        "one who comes to another",
        "three, and a rest",
        "a heavier one",
        "a part of less than one",
        "one is away",
        "two, and one is away",
        "one is forgotten",
    ],
)
def test_parts_are_by_weight_of_those_who_asked_lately(known, own, lendable):
    assert part_of(100, Asker("acme", 1.0), known, NOON) == (own, lendable)


@given(
    st.integers(1, 10_000),
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.tuples(st.integers(0, 2 * KNOWN_SECONDS), st.floats(0.01, 1000)), min_size=1
    ),
)
def test_parts_and_what_is_lent_are_never_more_than_there_is(limit, seen):
    known = askers(**seen)
    lately = {name: each.weight for name, each in known.tenants.items() if each.at > NOON - LATELY_SECONDS}
    parts = [part_of(limit, Asker(name, weight), known, NOON) for name, weight in lately.items()]
    assert all(own >= 0 and lendable >= 0 for own, lendable in parts)
    assert len({lendable for _, lendable in parts}) <= 1, "they all know the same"
    if parts:
        assert sum(own for own, _ in parts) + parts[0][1] <= limit


def test_a_request_takes_of_the_whole_and_of_its_own_part_or_of_what_is_lent():
    target = Target(provider="simulated", model="m", privacy="private", limits=TargetLimits(requests=9, tokens=1000))
    requests, tokens = portions(
        "gpt", target, Asker("acme", 1.0), askers(b=5, c=5), {"requests": 1, "tokens": 70}, NOON
    )
    minute = "minute|2026-11-20T12:00"
    assert requests.total == Hold(scope=f"target/gpt|requests|{minute}", limit=9, amount=1)
    assert requests.own == Hold(scope=f"target/gpt/tenant/acme|requests|{minute}", limit=3, amount=1)
    assert requests.lent == Hold(scope=f"target/gpt/lent|requests|{minute}", limit=0, amount=1)
    assert (tokens.total.amount, tokens.own.limit, tokens.lent.limit) == (70, 333, 1)


def test_a_target_without_limits_has_nothing_to_split():
    target = Target(provider="simulated", model="m", privacy="private")
    assert portions("gpt", target, Asker("acme", 1.0), Askers(), {"requests": 1, "tokens": 1}, NOON) == ()


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ("target/gpt|requests|minute|x", "gpt"),
        ("target/gpt/tenant/acme|requests|minute|x", "gpt"),
        ("target/gpt/lent|tokens|minute|x", "gpt"),
        ("tenant/target|requests|minute|x", None),
        ("tenant/acme/project/target|requests|minute|x", None),
    ],
)
def test_a_counter_tells_whose_it_is(scope, target):
    assert target_of(scope) == target
