"""The durable queues: one message, a delivery for every subscriber."""

import pytest

from sallyport_local.database import Database
from sallyport_local.outbox import LATER_SECONDS, DeadLetter, Outbox
from sallyport_local.schema import open_database


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outbox(database, clock):
    return Outbox(database, ["audit", "settle"], ["overdue"], clock=clock)


def bodies(outbox, queue, limit=10):
    return [delivery.body for delivery in outbox.waiting(queue, limit)]


def ids(outbox, queue):
    return [delivery.message_id for delivery in outbox.waiting(queue, 10)]


def count(database: Database, table):
    with database.read() as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_message_waits_in_every_queue_in_the_order_of_publication(outbox):
    for body in ("one", "two", "three"):
        outbox.publish(body)
    assert bodies(outbox, "audit") == bodies(outbox, "settle") == ["one", "two", "three"]
    assert bodies(outbox, "audit", limit=2) == ["one", "two"]


def test_what_was_published_is_there_after_a_restart(outbox, database, folder):
    outbox.publish("one")
    database.close()
    again = open_database(folder, thoroughly=False)
    assert bodies(Outbox(again, ["audit", "settle"]), "audit") == ["one"]
    again.close()


def test_a_message_goes_with_its_last_delivery(outbox, database):
    outbox.publish("one")
    (message,) = ids(outbox, "audit")
    outbox.finish("audit", [message], retry={}, dead=[])
    assert (bodies(outbox, "audit"), bodies(outbox, "settle")) == ([], ["one"])
    assert not outbox.is_empty()
    outbox.finish("settle", [message], retry={}, dead=[])
    assert outbox.is_empty()
    assert (count(database, "messages"), count(database, "deliveries")) == (0, 0)


def test_a_failed_delivery_comes_again_when_its_time_comes(outbox, clock):
    outbox.publish("one")
    outbox.finish("audit", [], retry={ids(outbox, "audit")[0]: 1002.0}, dead=[])
    assert (bodies(outbox, "audit"), outbox.next_at("audit")) == ([], 1002.0)
    clock.now = 1002.0
    assert [(delivery.body, delivery.failures) for delivery in outbox.waiting("audit", 10)] == [("one", 1)]


def test_what_is_sent_for_later_is_delivered_then_and_to_its_queue_alone(outbox, database, clock):
    outbox.send("overdue", "one", delay_seconds=30)
    assert [bodies(outbox, queue) for queue in ("audit", "settle", "overdue")] == [[], [], []]
    assert outbox.next_at("overdue") == 1030.0
    assert outbox.is_empty()

    clock.now = 1030.0
    assert not outbox.is_empty()
    assert [bodies(outbox, queue) for queue in ("audit", "settle", "overdue")] == [[], [], ["one"]]
    outbox.finish("overdue", ids(outbox, "overdue"), retry={}, dead=[])
    assert count(database, "messages") == 0


def test_what_is_for_later_is_there_after_a_restart_and_can_be_hastened(outbox, database, folder, clock):
    outbox.send("overdue", "one", delay_seconds=30)
    database.close()
    again = open_database(folder, thoroughly=False)
    restarted = Outbox(again, ["audit"], ["overdue"], clock=clock)
    assert bodies(restarted, "overdue") == []
    assert restarted.hasten("overdue") == 1
    assert bodies(restarted, "overdue") == ["one"]
    again.close()


def test_only_what_was_sent_for_later_is_hastened(outbox, clock):
    outbox.publish("one")
    outbox.send("overdue", "failed", delay_seconds=0)
    outbox.finish("overdue", [], retry={ids(outbox, "overdue")[0]: 1300.0}, dead=[])
    outbox.finish("audit", [], retry={ids(outbox, "audit")[0]: 1300.0}, dead=[])
    outbox.finish("settle", ids(outbox, "settle"), retry={}, dead=[])
    assert outbox.hasten("overdue") == outbox.hasten("audit") == 0
    assert not outbox.is_empty(), "what failed is still to be delivered"


def test_dead_letters_wait_for_an_operator(outbox, clock):
    outbox.publish("one")
    outbox.publish("two")
    first, second = ids(outbox, "audit")
    outbox.finish("audit", [second], retry={}, dead=[first])
    outbox.finish("settle", [first, second], retry={}, dead=[])
    assert outbox.dead_letters() == [DeadLetter("audit", first, 1, 1000.0)]
    assert outbox.is_empty()
    assert outbox.next_at("audit") is None

    clock.now = 5000.0
    assert outbox.redrive() == 1
    assert outbox.dead_letters() == []
    assert [(each.body, each.failures) for each in outbox.waiting("audit", 10)] == [("one", 0)]
    assert bodies(outbox, "settle") == []


def test_who_redrives_need_not_wait_for_what_failed_before(outbox, clock):
    outbox.publish("one")
    outbox.send("overdue", "later", delay_seconds=600)
    outbox.finish("audit", [], retry={ids(outbox, "audit")[0]: 1300.0}, dead=[])
    assert outbox.redrive() == 0
    assert [(each.body, each.failures) for each in outbox.waiting("audit", 10)] == [("one", 1)]
    assert bodies(outbox, "overdue") == [], "what was sent for later is still for later"


def test_no_message_gets_the_number_of_another(outbox):
    outbox.publish("one")
    (first,) = ids(outbox, "audit")
    for queue in ("audit", "settle"):
        outbox.finish(queue, [first], retry={}, dead=[])
    outbox.publish("two")
    assert ids(outbox, "audit") != [first]


@pytest.mark.parametrize(
    ("act", "woken"),
    [
        (lambda outbox: outbox.publish("one"), {"audit", "settle"}),
        (lambda outbox: outbox.send("overdue", "one", delay_seconds=0), {"overdue"}),
        (lambda outbox: outbox.send("overdue", "one", delay_seconds=LATER_SECONDS - 0.1), {"overdue"}),
        (lambda outbox: outbox.send("overdue", "one", delay_seconds=LATER_SECONDS), set()),
        (lambda outbox: outbox.hasten("overdue"), {"overdue"}),
        (lambda outbox: outbox.redrive(), {"audit", "settle", "overdue"}),
    ],
)
def test_whoever_has_something_to_deliver_is_woken(outbox, act, woken):
    act(outbox)
    assert {queue for queue, event in outbox.arrived.items() if event.is_set()} == woken
