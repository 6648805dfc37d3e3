"""sallyport.alerts: a budget's parts are told once each, and nobody's request rests on it."""

import threading

import pytest

from sallyport.alerts import Alerts, alerts_between
from sallyport.contracts import Failure, Hold
from sallyport.errors import StoreUnavailableError
from sallyport.limits import refusal
from sallyport.ports import Refused
from tests.unit.doubles import MemoryRecords, a_ticket, an_authorization

DAY, MONTH = "tenant/acme|requests|day|2026-11-20", "tenant/acme|dollars|month|2026-11"
NOON = 1_795_176_000.0


class Totals:
    def __init__(self, **totals):
        self.totals = {}

    def taken(self, scope):
        return self.totals.get(scope, 0)


@pytest.fixture
def ledger():
    return Totals()


@pytest.fixture
def usage():
    return MemoryRecords()


@pytest.fixture
def told(ledger, usage):
    """What is told after a request that took from a budget, by a container of its own."""

    def told(taken, *, scope=DAY, limit=100, alert_at=(50, 80, 100), now=NOON, alerts=None):
        ledger.totals[scope] = taken
        hold = Hold(scope=scope, limit=limit, amount=1, alert_at=alert_at)
        ticket = a_ticket(authorization=an_authorization(hold))
        return [each.percent for each in (alerts or Alerts(ledger, usage)).after([ticket], now)]

    return told


def refused(scope, limit, taken, alert_at=(50, 80, 100)):
    error = refusal(Refused(scope, limit, taken), NOON, alert_at)
    return a_ticket(failure=Failure(error=type(error).__name__, cause=str(error)))


@pytest.mark.parametrize(
    ("taken", "percents"),
    [
        (0, []),
        (49, []),
        (50, [50]),
        (79, [50]),
        (80, [50, 80]),
        (99, [50, 80]),
        (100, [50, 80, 100]),
        (130, [50, 80, 100]),
    ],
)
def test_tells_what_is_reached(taken, percents, told):
    assert told(taken) == percents


def test_tells_each_part_once_in_a_window(told):
    assert [told(taken) for taken in (50, 50, 60, 80, 40, 85, 100, 120)] == [[50], [], [], [80], [], [], [100], []]
    assert told(50, scope=DAY.replace("-20", "-21")) == [50], "another day"


def test_tells_where_the_policy_says_so_and_nowhere_else(told):
    assert told(100, alert_at=()) == []
    assert told(100, alert_at=(90,)) == [90]


@pytest.mark.parametrize("containers", [1, 8], ids=["one container", "a container each"])
def test_of_many_at_once_one_tells(containers, ledger, usage, told):
    lock, put = threading.Lock(), usage.put

    def one_at_a_time(*arguments, **options):
        with lock:
            return put(*arguments, **options)

    usage.put = one_at_a_time
    known = [Alerts(ledger, usage) for _ in range(containers)]
    heard, start = [], threading.Barrier(16)

    def ask(number):
        start.wait()
        heard.extend(told(80, alerts=known[number % containers]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [50, 80]


def test_what_was_told_is_not_marked_again_at_every_request(ledger, usage, told):
    alerts = Alerts(ledger, usage)
    assert told(60, alerts=alerts) == [50]
    usage.rows.clear()
    assert told(60, alerts=alerts) == []


def test_a_refusal_says_that_a_budget_is_used_up_though_a_little_is_left(ledger, usage):
    ledger.totals[MONTH] = 1_990_000
    alerts = list(Alerts(ledger, usage).after([refused(MONTH, 2_000_000, 1_990_000)], NOON))
    assert [(each.percent, each.refused) for each in alerts] == [(50, False), (80, False), (100, True)]
    assert alerts[-1].summary == (
        "tenant/acme has used $1.99 of $2.00 per month (2026-11), and a request was refused for it."
    )


def test_a_budget_of_nothing_is_told_when_it_refuses(told, ledger, usage):
    assert told(0, limit=0) == []
    assert [each.percent for each in Alerts(ledger, usage).after([refused(DAY, 0, 0)], NOON)] == [100]


@pytest.mark.parametrize(
    "ticket",
    [
        a_ticket(),
        a_ticket(failure=Failure(error="NoTargetLeftError", cause=None)),
        refused("tenant/acme|requests|minute|2026-11-20T12:00", 1, 1, alert_at=()),
    ],
    ids=["not authorized", "another failure", "a limit per minute"],
)
def test_what_is_no_budget_is_not_looked_at(ticket, usage):
    assert list(Alerts(None, usage).after([ticket], NOON)) == []


def test_says_how_much_of_what_was_used(told, usage):
    told(81)
    said = [each.summary for each in alerts_between(usage, "2026-11-20", "2026-11-20")]
    assert said[-1] == "tenant/acme has used 81 requests of 100 requests per day (2026-11-20): 80 % or more."


@pytest.mark.parametrize(
    ("first", "last", "listed"),
    [
        ("2026-11-20", "2026-11-20", ["requests/day", "dollars/month"]),
        ("2026-11-01", "2026-11-19", []),
        ("2026-11-21", "2026-12-31", ["requests/day"]),
        ("2026-11-01", "2026-12-31", ["requests/day", "dollars/month", "requests/day"]),
    ],
)
def test_lists_what_was_told_from_day_to_day(first, last, listed, told, usage):
    """The last is of a request that was settled when its month was over."""
    told(60)
    told(60, scope=MONTH, now=NOON + 1)
    told(60, scope=DAY.replace("-20", "-30"), now=NOON + 12 * 86_400)
    assert [each.limit for each in alerts_between(usage, first, last)] == listed


def test_a_store_that_is_down_says_so(told, usage):
    usage.down = True
    with pytest.raises(StoreUnavailableError):
        told(60)
