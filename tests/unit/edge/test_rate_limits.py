"""sallyport.edge.rate_limits: what is left, in the words of each SDK."""

import pytest

from sallyport.contracts import Hold
from sallyport.edge.rate_limits import RateLimit, anthropic_headers, limits_in, limits_of, openai_headers
from sallyport.errors import BudgetExhaustedError, RateLimitedError, from_failure
from sallyport.limits import refusal
from sallyport.ports import Refused
from tests.unit.doubles import a_ticket, an_authorization

AT = 1_795_197_618.25  # 2026-11-20 18:00:18.25 UTC
MINUTE_ENDS, DAY_ENDS = 1_795_197_660, 1_795_219_200


def hold(kind, limit, taken=None, *, window="minute", scope="tenant/acme"):
    return Hold(scope=f"{scope}|{kind}|{window}|x", limit=limit, amount=1, taken=taken)


def told(*holds):
    return limits_of(a_ticket(received_at=AT, authorization=an_authorization(*holds)))


@pytest.mark.parametrize(
    ("holds", "limits"),
    [
        ([], []),
        ([hold("dollars", 10, 3)], []),
        ([hold("requests", 10, 3)], [RateLimit("requests", 10, 7, MINUTE_ENDS)]),
        ([hold("requests", 10)], [RateLimit("requests", 10, None, MINUTE_ENDS)]),
        (
            [hold("requests", 10, 3), hold("requests", 5, 4, scope="target/gpt/tenant/acme")],
            [RateLimit("requests", 10, 7, MINUTE_ENDS)],
        ),
        ([hold("tokens", 10, 12, window="day")], [RateLimit("tokens", 10, 0, DAY_ENDS)]),
        (
            [hold("tokens", 90, 80), hold("requests", 5, 5)],
            [RateLimit("requests", 5, 0, MINUTE_ENDS), RateLimit("tokens", 90, 10, MINUTE_ENDS)],
        ),
        (
            [hold("requests", 10, 3), hold("requests", 99, 93, window="day")],
            [RateLimit("requests", 99, 6, DAY_ENDS)],
        ),
        (
            [hold("requests", 10, 4, window="day"), hold("requests", 99, 93)],
            [RateLimit("requests", 99, 6, MINUTE_ENDS)],
        ),
        ([hold("requests", 99), hold("requests", 10, window="day")], [RateLimit("requests", 10, None, DAY_ENDS)]),
    ],
    ids=[
        "none",
        "money is no rate",
        "one",
        "nobody knows what is left",
        "a target's limit is not its callers' own",
        "settled beyond it",
        "both kinds",
        "the day has less left",
        "as much left, and the minute ends first",
        "the smaller, where nobody knows",
    ],
)
def test_the_limit_with_the_least_left_is_told(holds, limits):
    assert told(*holds) == limits


def test_a_ticket_that_was_not_authorized_has_no_limits():
    assert limits_of(a_ticket()) == []


def test_openai_hears_of_durations():
    limits = [RateLimit("requests", 10, 7, MINUTE_ENDS), RateLimit("tokens", 500, None, DAY_ENDS)]
    assert openai_headers(limits, AT) == {
        "x-ratelimit-limit-requests": "10",
        "x-ratelimit-remaining-requests": "7",
        "x-ratelimit-reset-requests": "42s",
        "x-ratelimit-limit-tokens": "500",
        "x-ratelimit-reset-tokens": "5h59m42s",
    }


@pytest.mark.parametrize(
    ("seconds", "said"), [(-3, "1s"), (0.2, "1s"), (59.1, "1m0s"), (360, "6m0s"), (3600, "1h0m0s"), (90_061, "25h1m1s")]
)
def test_a_duration_is_never_a_moment_too_short(seconds, said):
    [*_, reset] = openai_headers([RateLimit("requests", 1, 0, MINUTE_ENDS)], MINUTE_ENDS - seconds).values()
    assert reset == said


def test_anthropic_hears_of_times_and_of_its_own_kinds_of_tokens():
    limits = [RateLimit("requests", 10, 7, MINUTE_ENDS), RateLimit("tokens", 500, 20, DAY_ENDS)]
    tokens = {"limit": "500", "remaining": "20", "reset": "2026-11-21T00:00:00Z"}
    assert anthropic_headers(limits, AT) == {
        "anthropic-ratelimit-requests-limit": "10",
        "anthropic-ratelimit-requests-remaining": "7",
        "anthropic-ratelimit-requests-reset": "2026-11-20T18:01:00Z",
    } | {
        f"anthropic-ratelimit-{kind}-{name}": value
        for kind in ("tokens", "input-tokens", "output-tokens")
        for name, value in tokens.items()
    }


def test_a_refusal_tells_its_limit_after_it_has_crossed_the_workflow():
    error = refusal(Refused("tenant/acme|tokens|minute|x", limit=500, taken=480), AT)
    crossed = from_failure(type(error).__name__, str(error))
    assert limits_in(crossed) == [RateLimit("tokens", 500, 20, MINUTE_ENDS)]


@pytest.mark.parametrize("error", [RateLimitedError("x"), BudgetExhaustedError("x", limit="dollars/day"), ValueError()])
def test_no_other_error_tells_a_limit(error):
    assert limits_in(error) == []
