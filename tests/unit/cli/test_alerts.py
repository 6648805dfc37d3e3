"""sallyport alerts: the list of what was told."""

import pytest

from sallyport.alerts import Alerts
from sallyport.contracts import Hold, Reservation
from tests.unit.doubles import a_ticket, an_authorization

NOON = 1_795_176_000.0
NOVEMBER = ("--from", "2026-11-01", "--to", "2026-11-30")


@pytest.fixture
def told(services):
    backend = services.backend
    for level in ("tenant/acme/project/fraud", "tenant/acme2"):
        hold = Hold(scope=f"{level}|dollars|month|2026-11", limit=2_000_000, amount=1_300_000, alert_at=(50, 80))
        backend.ledger.reserve(Reservation(request_id=f"req_{level[-5:]}", holds=(hold,), expires_at=2**31), now=NOON)
        assert len(list(services.alerts.after([a_ticket(authorization=an_authorization(hold))], NOON))) == 1
    return Alerts


def test_lists_whose_budget_reached_what(run_json, told):
    first, second = run_json("alerts", *NOVEMBER)["alerts"]
    assert (first["level"], second["level"]) == ("tenant/acme/project/fraud", "tenant/acme2")
    assert (first["limit"], first["percent"], first["taken"], first["at_most"]) == (
        "dollars/month",
        50,
        1_300_000,
        2_000_000,
    )


def test_lists_one_tenants_and_no_others_whose_name_starts_alike(run_json, told):
    [alert] = run_json("alerts", *NOVEMBER, "--tenant", "acme")["alerts"]
    assert alert["level"] == "tenant/acme/project/fraud"


def test_is_a_table_for_people(run, told):
    shown = run("alerts", *NOVEMBER).stdout
    for word in ("2026-11-20 12:00:00", "tenant/acme/project/fraud", "50 %", "$1.30", "$2.00"):
        assert word in shown


@pytest.mark.parametrize(("arguments", "said"), [((), "No alert from"), (("--tenant", "acme"), "No alert of acme")])
def test_says_that_there_was_none(arguments, said, run, services):
    assert said in run("alerts", *NOVEMBER, *arguments).stdout


def test_refuses_a_time_that_ends_before_it_starts(run, services):
    result = run("alerts", "--from", "2026-11-02", "--to", "2026-11-01")
    assert (result.exit_code, "is after" in result.stderr) == (2, True)
