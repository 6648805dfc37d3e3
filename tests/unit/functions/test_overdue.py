"""functions/overdue: a stream without a record gets one, and any other is left alone."""

import json

import pytest

from sallyport.contracts import Completed


def published(services):
    return [Completed.model_validate_json(each.body) for each in services.backend.events.waiting("settle", 10)]


def settle(invoke, services):
    """As its own queue hands it over."""
    records = [{"messageId": str(each.message_id), "body": each.body} for each in _waiting(services)]
    assert invoke("settle/answered", Records=records) == {"batchItemFailures": []}


def _waiting(services):
    return services.backend.events.waiting("settle", 10)


def test_a_lost_stream_is_published_with_its_failure(invoke, services):
    assert invoke("overdue/lost") == {"batchItemFailures": []}
    [event] = published(services)
    assert event.ticket.failure.error == "StreamLostError"
    assert (event.ticket.inference.target, event.ticket.inference.estimated) == ("simulated", True)


def test_what_comes_again_after_it_was_settled_is_left_alone(invoke, services):
    invoke("overdue/lost")
    settle(invoke, services)
    assert invoke("overdue/twice") == {"batchItemFailures": []}
    assert len(published(services)) == 1
    [bill] = services.backend.records("usage").scan()
    assert bill.body["outcome"] == "StreamLostError"


def test_a_stream_that_was_recorded_is_left_alone(invoke, services, load_event):
    [record] = load_event("overdue/lost")["Records"]
    event = json.loads(record["body"])
    del event["ticket"]["failure"]
    assert invoke("settle/answered", Records=[{**record, "body": json.dumps(event)}]) == {"batchItemFailures": []}
    invoke("overdue/lost")
    assert published(services) == []


def test_what_cannot_be_read_is_reported_alone(invoke, services):
    assert len(invoke("overdue/one_unreadable")["batchItemFailures"]) == 1
    assert len(published(services)) == 1


@pytest.mark.parametrize("case", ["lost", "twice"])
def test_a_store_that_is_down_sends_every_message_back(case, invoke, services, load_event):
    services.backend.close()
    assert len(invoke(f"overdue/{case}")["batchItemFailures"]) == len(load_event(f"overdue/{case}")["Records"])
