"""sallyport.batches: what fails comes again, and takes nothing else with it."""

import json

import pytest

from sallyport.batches import all_messages, each_message
from sallyport.contracts import Completed
from sallyport.errors import StoreUnavailableError
from tests.unit.doubles import CANARY, a_ticket


def message(name, **ticket):
    completed = Completed(ticket=a_ticket(request_id=f"req_{name}_1234", **ticket))
    return {"messageId": name, "body": json.dumps(completed.to_json())}


def bad(name, body):
    return {"messageId": name, "body": body}


GOOD = {"Records": [message("a"), message("b"), message("c")]}
UNREADABLE = [
    "",
    CANARY,
    "{}",
    json.dumps({"event": "completed", "ticket": {"prompt": CANARY}}),
    json.dumps({"Type": "Notification", "Message": message("a")["body"]}),
]


def failed(response):
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def test_every_message_is_handled_and_none_comes_again():
    seen = []
    assert each_message(GOOD, lambda completed: seen.append(completed.ticket.request_id)) == {"batchItemFailures": []}
    assert seen == ["req_a_1234", "req_b_1234", "req_c_1234"]


@pytest.mark.parametrize("error", [StoreUnavailableError("Away."), KeyError(CANARY)], ids=["store", "bug"])
def test_one_that_fails_does_not_stop_the_others(error, log):
    seen = []

    def handle(completed):
        if "_b_" in completed.ticket.request_id:
            raise error
        seen.append(completed.ticket.request_id)

    assert failed(each_message(GOOD, handle)) == ["b"]
    assert seen == ["req_a_1234", "req_c_1234"]
    assert CANARY not in log.text


@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("handle_batch", [each_message, all_messages])
def test_what_is_no_event_is_reported_alone_and_not_repeated(handle_batch, body, log):
    seen = []
    event = {"Records": [message("a"), bad("x", body), message("b")]}
    assert failed(handle_batch(event, seen.append)) == ["x"]
    assert len(seen) == (2 if handle_batch is each_message else 1)
    assert CANARY not in log.text
    assert [line["message_id"] for line in log.lines] == ["x"]


def test_a_batch_is_one():
    seen = []
    assert failed(all_messages(GOOD, seen.append)) == []
    assert [len(batch) for batch in seen] == [3]


@pytest.mark.parametrize("error", [StoreUnavailableError("Away."), KeyError(CANARY)], ids=["store", "bug"])
def test_a_batch_that_fails_comes_again_as_a_whole(error, log):
    def handle(batch):
        raise error

    event = {"Records": [bad("x", "{}"), *GOOD["Records"]]}
    assert failed(all_messages(event, handle)) == ["x", "a", "b", "c"]
    assert CANARY not in log.text


@pytest.mark.parametrize("handle_batch", [each_message, all_messages])
def test_nothing_readable_is_nothing_to_handle(handle_batch):
    seen = []
    assert failed(handle_batch({"Records": [bad("x", "{}")]}, seen.append)) == ["x"]
    assert handle_batch({"Records": []}, seen.append) == {"batchItemFailures": []}
    assert seen == []


def test_a_message_that_brings_a_bug_out_takes_no_other_with_it(log):
    handled = []

    def handle(batch):
        if any(completed.ticket.request_id == "req_b_1234" for completed in batch):
            raise KeyError(CANARY)
        handled.extend(completed.ticket.request_id for completed in batch)

    assert failed(all_messages(GOOD, handle)) == ["b"]
    assert handled == ["req_a_1234", "req_c_1234"]
    assert CANARY not in log.text
