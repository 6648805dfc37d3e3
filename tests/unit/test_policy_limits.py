"""A limit is one counter: a level's policy may not count the same thing twice under one name."""

import itertools

import pytest
from pydantic import ValidationError

from sallyport.limits import Demand
from sallyport.policy import Policy, Scoped, holds

NOW = 1_795_198_920.5
KINDS = ("requests", "tokens", "dollars")
WINDOWS = ("minute", "day", "month")
EACH = ({}, {"each": "user"})


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("first", "second"), [(10, 10), (10, 20), (0, 0), (0, 10)])
def test_refuses_two_limits_of_one_kind_for_one_window(first, second, kind, window):
    limits = [{"per": window, kind: first}, {"per": window, kind: second}]
    with pytest.raises(ValidationError, match=f"{kind} per {window}") as raised:
        Policy.model_validate({"limits": limits})
    [error] = raised.value.errors()
    assert error["loc"] == ("limits",), "whoever wrote the file is told which field it is"


def test_finds_the_second_wherever_it_stands():
    limits = [{"per": "minute", "requests": 10, "tokens": 500}, {"per": "day", "tokens": 900}]
    with pytest.raises(ValidationError, match="tokens per minute"):
        Policy.model_validate({"limits": [*limits, {"per": "minute", "tokens": 300, "dollars": 1}]})


def test_refuses_two_limits_of_each_user():
    limits = [{"per": "day", "tokens": most, "each": "user"} for most in (10, 20)]
    with pytest.raises(ValidationError, match="tokens per day of each user; leave one"):
        Policy.model_validate({"limits": limits})


@pytest.mark.parametrize(
    "limits",
    [
        [],
        [{"per": "minute", "requests": 10, "tokens": 10, "dollars": 10}],
        [{"per": "minute", "requests": 10}, {"per": "minute", "tokens": 10}, {"per": "minute", "dollars": 10}],
        [{"per": "minute", "requests": 10}, {"per": "day", "requests": 10}, {"per": "month", "requests": 10}],
        [{"per": "minute", "requests": 10}, {"per": "minute", "requests": 2, "each": "user"}],
    ],
    ids=["none", "one of each kind", "each kind by itself", "each window by itself", "of all and of each"],
)
def test_takes_limits_that_differ_in_kind_or_window(limits):
    assert len(Policy.model_validate({"limits": limits}).limits) == len(limits)


def test_no_two_holds_of_a_request_share_a_counter():
    """Nor do two levels with the same limits: each counts under its own name."""
    limits = [{"per": window, kind: 10, **each} for window, kind, each in itertools.product(WINDOWS, KINDS, EACH)]
    policy = Policy.model_validate({"limits": limits})
    levels = [Scoped(scope=scope, policy=policy) for scope in ("tenant/acme", "tenant/acme/project/fraud")]
    scopes = [hold.scope for hold in holds(levels, Demand(tokens=5, cost=5), NOW, "/user/amy")]
    assert len(set(scopes)) == len(scopes) == 2 * len(limits)
