"""sallyport alerts: the list of what was told lately: nothing is kept for ever."""

import time

import pytest

from sallyport.alerts import Alerts
from sallyport.contracts import Hold, Reservation
from tests.unit.doubles import a_ticket, an_authorization

DAY = 86_400


@pytest.fixture
def noon():
    """Today's, UTC."""
    return time.time() // DAY * DAY + DAY / 2


@pytest.fixture
def today(noon):
    day = time.strftime("%Y-%m-%d", time.gmtime(noon))
    return ("--from", day, "--to", day)


@pytest.fixture
def told(services, noon):
    month = time.strftime("%Y-%m", time.gmtime(noon))
    backend = services.backend
    for level in ("tenant/acme/project/fraud", "tenant/acme2"):
        hold = Hold(scope=f"{level}|dollars|month|{month}", limit=2_000_000, amount=1_300_000, alert_at=(50, 80))
        backend.ledger.reserve(Reservation(request_id=f"req_{level[-5:]}", holds=(hold,), expires_at=2**31), now=noon)
        assert len(list(services.alerts.after([a_ticket(authorization=an_authorization(hold))], noon))) == 1
    return Alerts


def test_lists_whose_budget_reached_what(run_json, told, today):
    first, second = run_json("alerts", *today)["alerts"]
    assert (first["level"], second["level"]) == ("tenant/acme/project/fraud", "tenant/acme2")
    assert (first["limit"], first["percent"], first["taken"], first["at_most"]) == (
        "dollars/month",
        50,
        1_300_000,
        2_000_000,
    )


def test_lists_one_tenants_and_no_others_whose_name_starts_alike(run_json, told, today):
    [alert] = run_json("alerts", *today, "--tenant", "acme")["alerts"]
    assert alert["level"] == "tenant/acme/project/fraud"


def test_is_a_table_for_people(run, told, today):
    shown = run("alerts", *today).stdout
    for word in (f"{today[1]} 12:00:00", "tenant/acme/project/fraud", "50 %", "$1.30", "$2.00"):
        assert word in shown


@pytest.mark.parametrize(("arguments", "said"), [((), "No alert from"), (("--tenant", "acme"), "No alert of acme")])
def test_says_that_there_was_none(arguments, said, run, services, today):
    assert said in run("alerts", *today, *arguments).stdout


def test_refuses_a_time_that_ends_before_it_starts(run, services):
    result = run("alerts", "--from", "2026-11-02", "--to", "2026-11-01")
    assert (result.exit_code, "is after" in result.stderr) == (2, True)
