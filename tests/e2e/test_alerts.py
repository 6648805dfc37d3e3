"""A budget that is used up, request by request: each part of it is told once."""

from concurrent.futures import ThreadPoolExecutor

from sallyport.alerts import alerts_between
from tests.e2e.running import Running


def told(running: Running) -> list[tuple[str, str, int, bool]]:
    alerts = alerts_between(running.gateway.backend.records("usage"), "2000-01-01", "2100-01-01")
    return [(each.level, each.limit, each.percent, each.refused) for each in alerts]


def test_parts_of_a_budget_are_told_once_though_many_ask_at_once(running: Running):
    """Of three requests a day two are more than half."""
    small = ("tenant/small", "requests/day")
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(running.ask, f"{running.name} {number}", "echo", "small") for number in range(2)]
        assert [each.result().status_code for each in asked] == [200, 200]
    running.settle()
    assert told(running) == [(*small, 50, False)]

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(running.ask, f"{running.name} more {number}", "echo", "small") for number in range(8)]
        assert sorted(each.result().status_code for each in asked) == [200, *[429] * 7]
    running.settle()
    parts = told(running)
    assert [each[:3] for each in parts] == [(*small, percent) for percent in (50, 80, 100)]


def test_a_budget_that_refuses_is_told_though_a_little_is_left(running: Running):
    assert running.ask(f"{running.name}", "echo", "poor", max_tokens=1000).status_code == 429
    running.settle()
    assert [each for each in told(running) if each[0] == "tenant/poor"] == [("tenant/poor", "dollars/month", 100, True)]
