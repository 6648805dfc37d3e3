"""sallyport.edge.streams: what is under way is known and can be cut, and streams can be waited for."""

import threading

import pytest

from sallyport.edge.streams import Streams
from sallyport.errors import StreamLostError
from sallyport.presence import Client

LONG = 10.0
"""Seconds that nothing here takes."""


class Endless:
    """Runs until it is cut, and then until it is `recorded`."""

    def __init__(self):
        self.was_cut = threading.Event()
        self.recorded = threading.Event()
        self.begun = threading.Event()
        self.pipe = None

    def run(self, pipe):
        self.pipe = pipe
        self.begun.set()
        self.was_cut.wait(LONG)
        yield None
        self.recorded.wait(LONG)

    def cut(self):
        self.was_cut.set()


def run(streams, relay, pipe):
    threading.Thread(target=streams.run, args=(relay, pipe), daemon=True).start()
    assert relay.begun.wait(LONG)


def test_every_stream_under_way_is_cut_and_waited_for():
    streams, relays = Streams(), [Endless(), Endless()]
    for number, relay in enumerate(relays):
        run(streams, relay, number)
    streams.cut()
    assert all(relay.was_cut.is_set() for relay in relays)
    assert not streams.join(0.01)
    for relay in relays:
        relay.recorded.set()
    assert streams.join(LONG)
    assert [relay.pipe for relay in relays] == [0, 1]


def test_what_begins_after_the_cut_is_cut_too():
    streams, relay = Streams(), Endless()
    streams.cut()
    run(streams, relay, None)
    assert relay.was_cut.is_set()
    relay.recorded.set()
    assert streams.join(LONG)


def test_what_has_ended_is_not_cut():
    streams, relay = Streams(), Endless()
    run(streams, relay, None)
    relay.was_cut.set()
    relay.recorded.set()
    assert streams.join(LONG)
    relay.was_cut.clear()
    streams.cut()
    assert not relay.was_cut.is_set()


@pytest.mark.parametrize("late", [False, True])
def test_whoever_waits_for_a_whole_answer_is_cut_too(late):
    streams, client = Streams(), Client()
    if late:
        streams.cut()
    with streams.awaited(client):
        streams.cut()
        with pytest.raises(StreamLostError):
            client.check()


def test_who_has_its_answer_is_not_cut():
    streams, client = Streams(), Client()
    with streams.awaited(client):
        pass
    streams.cut()
    client.check()


@pytest.mark.parametrize("timeout", [0.0, LONG])
def test_without_streams_there_is_nothing_to_wait_for(timeout):
    assert Streams().join(timeout)
