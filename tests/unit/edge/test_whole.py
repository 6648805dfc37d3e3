"""sallyport.edge.whole: a client that leaves while its answer is made is noticed, and so is a stop; one that stays
costs nothing.
"""

import asyncio
import threading

import pytest

from sallyport.edge.streams import Streams
from sallyport.edge.whole import while_it_waits
from sallyport.errors import StreamLostError
from sallyport.presence import client_waiting

LONG = 10.0
"""Seconds that nothing here takes."""


def play(make, *told, streams=None):
    """`make` for a client of whom a server tells this, and then nothing."""
    messages = [{"type": each} for each in told]
    cancelled = []

    async def receive():
        if messages:
            return messages.pop(0)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def main():
        try:
            return await asyncio.wait_for(while_it_waits(receive, streams or Streams(), make, 2, 3), LONG)
        finally:
            await asyncio.sleep(0)

    return asyncio.run(main()), cancelled


def until_left(*_):
    left = threading.Event()
    with client_waiting().until_left(left.set):
        return left.wait(LONG)


def test_who_stays_gets_what_is_made_and_is_watched_no_longer():
    assert play(lambda first, second: first * second) == (6, [True])


def test_who_leaves_ends_what_is_under_way():
    assert play(until_left, "http.request", "http.disconnect") == (True, [])


def test_a_stop_ends_what_is_under_way_and_says_so():
    streams = Streams()

    def until_cut(*_):
        threading.Thread(target=streams.cut).start()
        assert until_left()
        client_waiting().check()

    with pytest.raises(StreamLostError):
        play(until_cut, streams=streams)


def test_what_fails_is_raised():
    with pytest.raises(ZeroDivisionError):
        play(lambda *_: 1 // 0)
