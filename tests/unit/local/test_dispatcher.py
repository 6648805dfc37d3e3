"""Deliveries to subscribers: at least once, in batches, and never for ever."""

import json
import signal
import subprocess
import sys
import threading

import pytest
from aws_lambda_powertools.utilities.data_classes import SQSEvent

from sallyport.errors import StoreUnavailableError
from sallyport_local.dispatcher import Dispatcher, backoff
from sallyport_local.outbox import Outbox

_DIE_IN_THE_HANDLER = """
import os, signal, sys
from pathlib import Path
from sallyport_local.dispatcher import Dispatcher
from sallyport_local.folder import DataFolder
from sallyport_local.outbox import Outbox
from sallyport_local.schema import open_database
outbox = Outbox(open_database(DataFolder(Path(sys.argv[1])), thoroughly=False), ["audit"])
outbox.publish("precious")
Dispatcher(outbox, {"audit": lambda event: os.kill(os.getpid(), signal.SIGKILL)}).deliver("audit")
"""


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Subscriber:
    """Remembers what it got, batch by batch, and fails or raises on the bodies it is told to."""

    def __init__(self, failing=(), raising=()):
        self.batches = []
        self.failing = set(failing)
        self.raising = set(raising)

    def __call__(self, event):
        bodies = [record["body"] for record in event["Records"]]
        self.batches.append(bodies)
        if self.raising & set(bodies):
            raise ValueError("quotes a prompt")
        failures = [record["messageId"] for record in event["Records"] if record["body"] in self.failing]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failures]}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outbox(database, clock):
    return Outbox(database, ["audit"], clock=clock)


@pytest.fixture
def dispatch(outbox, clock):
    """A dispatcher without threads, whose failures wait ten seconds."""

    def make(subscriber, **options):
        return Dispatcher(outbox, {"audit": subscriber}, clock=clock, backoff=lambda failures: 10.0, **options)

    return make


def publish(outbox, *bodies):
    for body in bodies:
        outbox.publish(body)


def deliver_all(dispatcher, clock, rounds=20):
    for _ in range(rounds):
        while dispatcher.deliver("audit"):
            pass
        clock.now += 10.0


def test_batches_are_full_and_in_order(outbox, dispatch, clock):
    publish(outbox, *"abcdefghijklm")
    subscriber = Subscriber()
    deliver_all(dispatch(subscriber), clock)
    assert subscriber.batches == [list("abcdefghij"), list("klm")]
    assert outbox.is_empty()


def test_a_record_looks_as_from_sqs(outbox, dispatch):
    publish(outbox, '{"event": "completed"}')
    events = []
    dispatch(events.append).deliver("audit")
    (record,) = SQSEvent(json.loads(json.dumps(events[0]))).records
    assert record.body == '{"event": "completed"}'
    assert record.json_body == {"event": "completed"}
    assert record.message_id
    assert record.attributes.approximate_receive_count == "1"
    assert record.attributes.sent_timestamp == "1000000"
    assert record.event_source == "aws:sqs"
    assert record.queue_url.endswith("/audit")


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_no_failures_means_done(outbox, dispatch, answer):
    publish(outbox, "a", "b")
    dispatch(lambda event: answer).deliver("audit")
    assert outbox.is_empty()


def test_a_poison_message_does_not_block_the_other_nine(outbox, dispatch, clock):
    publish(outbox, *"abcdepghij")
    subscriber = Subscriber(failing="p")
    dispatcher = dispatch(subscriber)
    dispatcher.deliver("audit")
    deliver_all(dispatcher, clock)
    assert subscriber.batches == [list("abcdepghij"), ["p"], ["p"]]
    assert [(letter.queue, letter.failures) for letter in outbox.dead_letters()] == [("audit", 3)]


def test_a_message_that_raises_takes_its_neighbours_along_only_once(outbox, dispatch, clock):
    publish(outbox, "a", "p", "b")
    subscriber = Subscriber(raising="p")
    deliver_all(dispatch(subscriber), clock)
    assert subscriber.batches[:4] == [["a", "p", "b"], ["a"], ["p"], ["b"]]
    assert subscriber.batches[4:] == [["p"]]
    assert len(outbox.dead_letters()) == 1


def test_what_failed_before_does_not_hold_up_what_is_new(outbox, dispatch, clock):
    publish(outbox, "p")
    subscriber = Subscriber(failing="p")
    dispatcher = dispatch(subscriber)
    dispatcher.deliver("audit")
    clock.now += 10.0
    publish(outbox, "a", "b")
    dispatcher.deliver("audit")
    assert subscriber.batches == [["p"], ["a", "b"], ["p"]]


@pytest.mark.parametrize("identifier", ["unknown", "", None], ids=["unknown", "empty", "missing"])
def test_a_failure_that_names_no_message_of_the_batch_fails_it_all(outbox, dispatch, identifier):
    publish(outbox, "a", "b")
    dispatch(lambda event: {"batchItemFailures": [{"itemIdentifier": identifier}]}).deliver("audit")
    assert not outbox.is_empty()
    assert outbox.waiting("audit", 10) == []


def test_each_try_is_counted_for_the_subscriber(outbox, dispatch, clock):
    publish(outbox, "p")
    counts = []

    def fail(event):
        counts.append(event["Records"][0]["attributes"]["ApproximateReceiveCount"])
        raise StoreUnavailableError("The store is down.")

    deliver_all(dispatch(fail, max_receives=3), clock)
    assert counts == ["1", "2", "3"]
    assert len(outbox.dead_letters()) == 1


def test_a_dead_letter_is_delivered_again_once_redriven(outbox, dispatch, clock):
    publish(outbox, "p")
    subscriber = Subscriber(failing="p")
    dispatcher = dispatch(subscriber, max_receives=1)
    deliver_all(dispatcher, clock)
    subscriber.failing.clear()
    outbox.redrive()
    deliver_all(dispatcher, clock)
    assert subscriber.batches == [["p"], ["p"]]
    assert (outbox.is_empty(), outbox.dead_letters()) == (True, [])


def test_a_crash_between_handling_and_removal_delivers_again_and_counts_for_nothing(folder, database, dispatch):
    died = subprocess.run([sys.executable, "-c", _DIE_IN_THE_HANDLER, folder.path], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    events = []
    Dispatcher(Outbox(database, ["audit"]), {"audit": events.append}).deliver("audit")
    (record,) = events[0]["Records"]
    assert (record["body"], record["attributes"]["ApproximateReceiveCount"]) == ("precious", "1")


def test_the_drill_hands_everything_over_twice_and_removes_it_once(outbox, dispatch):
    publish(outbox, "a", "b")
    subscriber = Subscriber()
    dispatch(subscriber, deliver_twice=True).deliver("audit")
    assert subscriber.batches == [["a", "b"], ["a", "b"]]
    assert outbox.is_empty()


def test_logs_name_the_error_and_never_its_text(outbox, dispatch, clock, caplog):
    publish(outbox, "p")
    deliver_all(dispatch(Subscriber(raising="p")), clock)
    assert "ValueError" in caplog.text
    assert "dead letters" in caplog.text
    assert "quotes a prompt" not in caplog.text


def test_threads_deliver_to_every_subscriber_until_nothing_is_left(database):
    outbox = Outbox(database, ["audit", "settle"])
    subscribers = {"audit": Subscriber(), "settle": Subscriber(failing="x")}
    dispatcher = Dispatcher(outbox, subscribers, backoff=lambda failures: 0.0)
    publish(outbox, "before")
    dispatcher.start()
    publish(outbox, *(f"message {number}" for number in range(50)), "x")
    assert dispatcher.drain(timeout=30)
    dispatcher.stop()
    seen = [body for batch in subscribers["audit"].batches for body in batch]
    assert sorted(seen) == sorted(["before", *(f"message {number}" for number in range(50)), "x"])
    assert [letter.queue for letter in outbox.dead_letters()] == ["settle"]


def test_draining_gives_up_in_time_and_loses_nothing(database):
    outbox = Outbox(database, ["audit"])
    release, entered = threading.Event(), threading.Event()

    def slow(event):
        entered.set()
        release.wait(30)

    dispatcher = Dispatcher(outbox, {"audit": slow})
    dispatcher.start()
    outbox.publish("slow")
    entered.wait(30)
    assert not dispatcher.drain(timeout=0.0)
    release.set()
    assert dispatcher.drain(timeout=30)
    dispatcher.stop()


def test_a_stopped_dispatcher_leaves_the_rest_for_the_next(database):
    outbox = Outbox(database, ["audit"])
    first = Dispatcher(outbox, {"audit": Subscriber()})
    first.start()
    first.stop()
    outbox.publish("late")
    subscriber = Subscriber()
    second = Dispatcher(outbox, {"audit": subscriber})
    second.start()
    assert second.drain(timeout=30)
    second.stop()
    assert subscriber.batches == [["late"]]


@pytest.mark.parametrize(("failures", "low", "high"), [(1, 4, 8), (2, 64, 128), (9, 150, 300)])
def test_waits_grow_with_a_jitter_and_an_end(failures, low, high):
    waits = [backoff(failures) for _ in range(100)]
    assert low <= min(waits) < max(waits) <= high
