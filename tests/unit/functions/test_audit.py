"""functions/audit: batches from SQS, appended to the log once."""

import pytest


def test_an_answer_is_on_record(invoke, services, log):
    assert invoke("audit/answered") == {"batchItemFailures": []}
    assert list(services.backend.audit.list(""))
    assert next(line for line in log.lines if line["message"] == "audited")["written"] == 1


@pytest.mark.parametrize(("case", "written"), [("answered_and_refused", 2), ("twice", 1), ("one_unreadable", 1)])
def test_each_request_is_written_once(case, written, invoke, log):
    for _ in range(2):
        invoke(f"audit/{case}")
    assert sum(line["written"] for line in log.lines if line["message"] == "audited") == written


def test_what_cannot_be_read_is_reported_alone(invoke):
    assert len(invoke("audit/one_unreadable")["batchItemFailures"]) == 1


def test_a_log_that_is_out_of_reach_sends_every_message_back(invoke, services):
    services.backend.close()
    assert len(invoke("audit/answered_and_refused")["batchItemFailures"]) == 2
