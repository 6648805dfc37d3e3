"""sallyport.retry_budget: further calls, for each request a part."""

import pytest

from sallyport.retry_budget import MOST_SAVED, RetryBudget


def calls(requests, failing):
    """Upstream calls for so many requests, of whose calls every n-th fails."""
    budget, made = RetryBudget(), 0
    for number in range(requests):
        budget.earn()
        made += 1
        if number % failing == 0 and budget.spend():
            made += 1
    return made


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_calls_stay_below_six_for_five_requests(failing):
    assert calls(1200, failing) <= 1.2 * 1200
    assert calls(300, failing) <= 1.2 * 300


def test_a_few_failures_are_always_helped():
    assert calls(1200, 10) == 1200 + 120


def test_a_quiet_route_may_fail_at_once_for_a_while_and_then_every_sixth_time():
    budget = RetryBudget()
    assert sum(budget.spend() for _ in range(20)) == MOST_SAVED
    for _ in range(6):
        assert not budget.spend()
        budget.earn()
    assert budget.spend()
    assert not budget.spend()
