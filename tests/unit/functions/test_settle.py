"""functions/settle: batches from SQS, each message once."""

import pytest

from sallyport.settlement import UsageRecord


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
