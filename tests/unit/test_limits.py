"""sallyport.limits: windows of the calendar, and what is said and charged."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.contracts import Hold
from sallyport.errors import BudgetExhaustedError, InvalidRequestError, RateLimitedError
from sallyport.limits import Window, check_fits, refusal, seconds_left, settled_amounts, window_at
from sallyport.ports import Refused


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("answered", "amounts"), [(True, [1, 120, 77]), (False, [0, 120, 77])], ids=["answered", "refused"]
)
def test_each_hold_is_settled_by_its_own_kind(answered, amounts):
    held = [Hold(scope=f"tenant/a|{kind}|day|x", limit=9, amount=9) for kind in ("requests", "tokens", "dollars")]
    assert settled_amounts(held, tokens=120, cost=77, answered=answered) == amounts


@pytest.mark.parametrize(("amount", "fits"), [(499, True), (500, True), (501, False)])
def test_a_request_larger_than_a_whole_limit_is_not_told_to_wait(amount, fits):
    held = [
        Hold(scope="tenant/a|dollars|day|x", limit=1, amount=2),
        Hold(scope="tenant/a|tokens|minute|x", limit=500, amount=amount),
    ]
    if fits:
        check_fits(held)
    else:
        with pytest.raises(InvalidRequestError, match=r"501 tokens .* 500 per minute") as refused:
            check_fits(held)
        assert refused.value.details["param"] == "max_tokens"


@pytest.mark.parametrize(
    ("window", "now", "name", "left"),
    [
        (Window.MINUTE, "2026-11-20T18:02:00", "2026-11-20T18:02", 60),
        (Window.MINUTE, "2026-11-20T18:02:59.5", "2026-11-20T18:02", 0.5),
        (Window.MINUTE, "2026-12-31T23:59:59", "2026-12-31T23:59", 1),
        (Window.DAY, "2026-11-20T00:00:00", "2026-11-20", 86_400),
        (Window.DAY, "2026-11-20T23:59:59", "2026-11-20", 1),
        (Window.DAY, "2028-02-28T12:00:00", "2028-02-28", 43_200),
        (Window.MONTH, "2026-11-01T00:00:00", "2026-11", 30 * 86_400),
        (Window.MONTH, "2026-11-30T23:59:59", "2026-11", 1),
        (Window.MONTH, "2026-12-01T00:00:00", "2026-12", 31 * 86_400),
        (Window.MONTH, "2026-12-31T23:59:59", "2026-12", 1),
        (Window.MONTH, "2028-02-01T00:00:00", "2028-02", 29 * 86_400),
        (Window.MONTH, "2028-02-29T23:59:59", "2028-02", 1),
        (Window.MONTH, "2027-02-28T23:59:59", "2027-02", 1),
        (Window.MONTH, "2100-02-28T23:59:59", "2100-02", 1),
    ],
)
def test_windows_are_of_the_calendar(window, now, name, left):
    assert window_at(window, at(now)) == name
    assert seconds_left(window, at(now)) == pytest.approx(left)


@given(st.floats(0, 4e9), st.sampled_from(Window))
def test_a_window_ends_where_the_next_one_starts(now, window):
    end = now + seconds_left(window, now)
    assert window_at(window, now) != window_at(window, end + 0.001)
    assert window_at(window, max(now, end - 0.001)) == window_at(window, now)


@given(st.floats(0, 4e9), st.sampled_from(Window))
def test_whoever_waits_as_told_comes_in_another_window(now, window):
    error = refusal(Refused(f"tenant/acme|requests|{window}|x", limit=3, taken=3), now)
    assert window_at(window, now + error.retry_after + 1e-6) != window_at(window, now)
    assert error.retry_after - seconds_left(window, now) <= 0.11


def test_a_refusal_names_the_limit_and_the_wait():
    now = at("2026-11-20T18:02:18.25")
    error = refusal(Refused("tenant/acme|tokens|minute|2026-11-20T18:02", limit=500, taken=480), now)
    assert type(error) is RateLimitedError
    assert error.message == "The limit of tenant/acme is 500 tokens per minute. Try again in 42 s."
    window = {"limit": "tokens/minute", "at_most": 500, "left": 20, "ends_at": at("2026-11-20T18:03:00")}
    assert error.details == window | {"retry_after": 41.8}


def test_a_spent_budget_is_not_waited_for():
    error = refusal(Refused("tenant/acme|dollars|month|2026-11", limit=2_000_000, taken=1_990_000), at("2026-11-20"))
    assert type(error) is BudgetExhaustedError
    assert "$2.00, and $1.99 of it is spent or reserved" in error.message
    assert error.retry_after is None
