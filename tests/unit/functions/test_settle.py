"""functions/settle: batches from SQS, each message once."""

import json
from types import SimpleNamespace

import pytest

from sallyport.alerts import Alerts
from sallyport.contracts import Hold, Reservation
from sallyport.observability import metrics
from sallyport.registry import publish
from sallyport.routing import packaged_table
from sallyport.settlement import UsageRecord
from sallyport.table_versions import history
from sallyport.trial import TRIALS


def bills(services):
    return [UsageRecord.model_validate(dict(record.body)) for record in services.backend.records("usage").scan()]


def test_an_answer_is_billed(invoke, services):
    assert invoke("settle/answered") == {"batchItemFailures": []}
    [bill] = bills(services)
    assert (bill.outcome, bill.input_tokens, bill.output_tokens) == ("answered", 70, 24)


def test_a_refusal_is_on_record_too(invoke, services):
    assert invoke("settle/answered_and_refused") == {"batchItemFailures": []}
    assert sorted(bill.outcome for bill in bills(services)) == ["NoTargetLeftError", "answered"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_message_that_comes_twice_is_billed_once(times, invoke, services):
    for _ in range(times):
        assert invoke("settle/twice") == {"batchItemFailures": []}
    assert len(bills(services)) == 1


def test_what_cannot_be_read_is_reported_alone(invoke, services):
    assert len(invoke("settle/one_unreadable")["batchItemFailures"]) == 1
    assert len(bills(services)) == 1


def test_a_store_that_is_down_sends_every_message_back(invoke, services):
    services.backend.close()
    assert len(invoke("settle/answered_and_refused")["batchItemFailures"]) == 2


@pytest.fixture
def budgeted(load_event, invoke):
    """Settle an answer that took its part of a budget for two requests a day."""

    def settle():
        event = load_event("settle/answered")
        [record] = event["Records"]
        body = json.loads(record["body"])
        hold = {"scope": "tenant/acme|requests|day|2026-11-20", "limit": 2, "amount": 1, "alert_at": [50, 80]}
        body["ticket"]["authorization"]["reservation"]["holds"] = [hold]
        record["body"] = json.dumps(body)
        return invoke("settle/answered", Records=[record])

    return settle


def test_a_budget_that_is_half_used_is_told_once_in_a_line_a_metric_and_a_message(
    budgeted, load_event, services, log, monkeypatch
):
    counted, published = [], []
    monkeypatch.setattr(metrics, "add_metric", lambda *, name, **rest: counted.append(name))
    monkeypatch.setattr(type(services.backend), "alerts", SimpleNamespace(publish=published.append), raising=True)
    services.backend.ledger.reserve(
        Reservation(
            request_id="another-request",
            holds=(Hold(scope="tenant/acme|requests|day|2026-11-20", limit=2, amount=1),),
            expires_at=2**31,
        ),
        now=1.0,
    )
    for _ in range(2):
        assert budgeted() == {"batchItemFailures": []}
    [line] = [each for each in log.lines if each["message"] == "a budget reached a part that is told"]
    assert line["alert"]["percent"] == 50
    assert counted.count("BudgetAlert") == 1
    [message] = map(json.loads, published)
    assert message["summary"].startswith("tenant/acme has used 1 requests of 2 requests per day (2026-11-20)")


def test_alerts_that_cannot_be_told_settle_all_the_same(budgeted, services, log, monkeypatch):
    counted = []
    monkeypatch.setattr(metrics, "add_metric", lambda *, name, **rest: counted.append(name))
    monkeypatch.setattr(Alerts, "after", lambda *_: 1 / 0)
    assert budgeted() == {"batchItemFailures": []}
    assert len(bills(services)) == 1
    [line] = [each for each in log.lines if each["message"] == "left out"]
    assert (line["what"], line["error"]) == ("_alert", "ZeroDivisionError")
    assert counted.count("LeftOut") == 1


@pytest.fixture
def a_canary(services):
    """Version 1, for half of the requests since long before the sample events."""
    packaged = packaged_table()
    fewer = packaged.model_copy(update={"routes": {"demo": packaged.routes["demo"]}})
    records = services.backend.records("configuration")
    return publish(records, fewer, author="ann", comment="", now=1.0, percent=50).canary


def served_by(event, version, number):
    """The messages of an event, as other requests that another table served."""
    changed = json.loads(json.dumps(event))
    for each, record in enumerate(changed["Records"]):
        body = json.loads(record["body"])
        body["ticket"]["authorization"]["route"]["table_version"] = version
        body["ticket"]["request_id"] = f"req_{version}_{number}_{each}".replace(".", "_")
        record["body"] = json.dumps(body)
    return changed["Records"]


def test_a_canary_that_fails_is_rolled_back_with_a_log_line_and_a_metric(
    a_canary, invoke, services, load_event, log, monkeypatch
):
    answered, refused = load_event("settle/answered"), load_event("settle/answered_and_refused")
    refused["Records"] = refused["Records"][1:]
    records = [record for number in range(10) for record in served_by(answered, "packaged-1", number)]
    records += [record for number in range(10) for record in served_by(refused, "v1", number)]
    counted = []
    monkeypatch.setattr(metrics, "add_metric", lambda *, name, **rest: counted.append(name))
    assert invoke("settle/answered", Records=records) == {"batchItemFailures": []}
    *_, last = history(services.backend.records("configuration"))
    assert (last.action, last.author, last.current) == ("rollback", "sallyport", 0)
    [line] = [each for each in log.lines if each["message"] == "the canary was rolled back"]
    assert line["reason"] == last.comment
    assert counted.count("CanaryRolledBack") == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_message_that_comes_twice_is_counted_once(times, a_canary, invoke, services):
    for _ in range(times):
        invoke("settle/answered")
    [trial] = services.backend.records("configuration").query(TRIALS)
    assert trial.body["current"]["requests"] == 1


def test_what_goes_wrong_with_the_count_costs_no_message(a_canary, invoke, services, log):
    services.configuration.canary()
    services.backend.records("configuration").put(TRIALS, f"v1|{a_canary.since}", {"of": "a newer gateway"})
    assert invoke("settle/answered") == {"batchItemFailures": []}
    assert len(bills(services)) == 1
    [line] = [each for each in log.lines if each["message"] == "left out"]
    assert (line["what"], line["error"]) == ("_follow_the_canary", "ValidationError")
