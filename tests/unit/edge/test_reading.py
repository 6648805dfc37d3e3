"""sallyport.edge.reading: a relay goes from its thread to the event loop and back, and waits where it may."""

import asyncio
import os
import threading
import time

import pytest

from sallyport.edge.pipe import MOST_WAITING_BYTES, Pipe
from sallyport.edge.reading import Reading
from sallyport.providers.provider import Waiting

LONG = 10.0
"""Seconds that nothing here takes."""


class Spoken:
    """A source over a pipe of the system: `say` from anywhere. Late at `late`; only a thread can wait if `closed`."""

    def __init__(self, *, closed=False, seconds=LONG):
        self.closed = closed
        self.late = time.monotonic() + seconds
        self.unblocked = 0
        self._here, self._there = os.pipe()

    def say(self, words):
        os.write(self._there, words)

    def heard(self):
        return os.read(self._here, 2 * MOST_WAITING_BYTES)

    def unblock(self):
        self.unblocked += 1
        if self.closed:
            return None
        os.set_blocking(self._here, False)
        return os.dup(self._here)

    def late_at(self):
        return self.late

    def close(self):
        os.close(self._here)
        os.close(self._there)


class Run:
    """Passes on what a source says until it says `.` or is late, and remembers in which thread it did what.

    What begins with `!` it does not do on the loop.
    """

    def __init__(self, source):
        self.source = source
        self.left = threading.Event()
        self.places = []

    def steps(self, pipe):
        self._note("begun")
        pipe.put(b"first ")
        while True:
            yield Waiting(self.source)
            try:
                words = self.source.heard()
            except BlockingIOError:
                words = b""
            if self.left.is_set() or (not words and time.monotonic() >= self.source.late_at()):
                break
            if words.startswith(b"!"):
                yield None
            if words:
                self._note("passed on")
                pipe.put(words)
            if words.endswith(b"."):
                break
        yield None
        self._note("ended")
        pipe.finish()

    def _note(self, what):
        self.places.append((what, threading.current_thread() is threading.main_thread()))


def play(source, talk):
    """`talk` to a run that has begun, on an event loop; what it did where, and how often it ended."""
    run, ends = Run(source), []

    async def main():
        pipe = Pipe(run.left.set)
        Reading(run.steps(pipe), pipe, lambda: ends.append(1)).start()
        await asyncio.wait_for(talk(pipe, run), LONG)
        await asyncio.wait_for(pipe.ended(), LONG)
        while not ends:
            await asyncio.sleep(0.001)

    asyncio.run(main())
    source.close()
    assert ends == [1]
    return run.places


async def all_of(pipe):
    said = b""
    while (chunk := await pipe.take(LONG)) is not None:
        said += chunk
    return said


async def passed_on(run, times):
    while len(run.places) < 1 + times:
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("closed", [False, True], ids=["on the loop", "in its thread, where only that can wait"])
def test_words_are_passed_on_as_they_come(closed):
    source = Spoken(closed=closed)

    async def talk(pipe, _):
        assert await pipe.take(LONG) == b"first "
        for words in (b"second ", b"third"):
            source.say(words)
            assert await pipe.take(LONG) == words
        source.say(b".")
        assert await all_of(pipe) == b"."

    places = play(source, talk)
    assert places == [("begun", False), *[("passed on", not closed)] * 3, ("ended", False)]


def test_what_takes_long_is_done_in_a_thread_and_then_the_loop_goes_on():
    source = Spoken()

    async def talk(pipe, _):
        assert await pipe.take(LONG) == b"first "
        for words in (b"short", b"!long", b"short", b"!long", b"short"):
            source.say(words)
            assert await pipe.take(LONG) == words
        source.say(b".")
        assert await all_of(pipe) == b"."

    on_loop = [loop for what, loop in play(source, talk) if what == "passed on"]
    assert on_loop == [True, False, True, False, True, True]
    assert source.unblocked == 3


def test_a_silence_after_it_came_back_from_a_thread_ends_it_too():
    source = Spoken(seconds=0.3)

    async def talk(pipe, _):
        assert await pipe.take(LONG) == b"first "
        for words in (b"short", b"!long"):
            source.say(words)
            assert await pipe.take(LONG) == words
        assert await all_of(pipe) == b""

    assert play(source, talk)[-1] == ("ended", False)
    assert time.monotonic() >= source.late


def test_what_was_there_before_the_loop_listened_is_not_waited_for():
    source = Spoken()
    source.say(b"all at once.")

    async def talk(pipe, _):
        assert await all_of(pipe) == b"first all at once."

    assert play(source, talk)[-1] == ("ended", False)


def test_a_silence_ends_it_when_it_is_late():
    source = Spoken(seconds=0.05)

    async def talk(pipe, _):
        assert await all_of(pipe) == b"first "

    assert play(source, talk) == [("begun", False), ("ended", False)]
    assert time.monotonic() >= source.late


def test_an_end_that_comes_nearer_is_kept():
    source = Spoken()

    async def talk(pipe, _):
        await pipe.take(LONG)
        source.late = time.monotonic() + 0.05
        source.say(b"hurry")
        assert await all_of(pipe) == b"hurry"

    assert play(source, talk)[-1] == ("ended", False)


def test_nothing_is_read_for_a_client_that_does_not_take():
    source, much = Spoken(), b"x" * (MOST_WAITING_BYTES // 2)

    async def talk(pipe, run):
        for said in (1, 2):
            source.say(much)
            await passed_on(run, said)
        source.say(much[1:] + b".")
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(run.places) == 3
        assert len(await all_of(pipe)) == len(b"first ") + 3 * len(much)

    assert [what for what, _ in play(source, talk)] == ["begun", *["passed on"] * 3, "ended"]


def test_who_leaves_while_nothing_is_read_ends_it_too():
    source = Spoken()

    async def talk(pipe, run):
        for said in (1, 2):
            source.say(b"x" * (MOST_WAITING_BYTES // 2))
            await passed_on(run, said)
        run.left.set()
        pipe.abandon()

    assert play(source, talk)[-1] == ("ended", False)


def test_one_whose_loop_has_stopped_is_ended_in_a_thread():
    source, ended = Spoken(), threading.Event()
    run = Run(source)

    async def main():
        pipe = Pipe(run.left.set)
        reading = Reading(run.steps(pipe), pipe, ended.set)
        reading.start()
        while not source.unblocked:
            await asyncio.sleep(0.001)
        reading.rescue()  # nothing to do as long as it runs
        return reading

    reading = asyncio.run(main())
    assert not ended.is_set()
    run.left.set()
    reading.rescue()
    assert ended.wait(LONG)
    source.close()


def test_one_that_comes_too_late_for_its_loop_goes_on_in_its_thread():
    source, ended = Spoken(), threading.Event()
    run = Run(source)

    async def main():
        pipe = Pipe(run.left.set)
        return Reading(run.steps(pipe), pipe, ended.set)

    reading = asyncio.run(main())
    reading.start()
    assert ended.wait(LONG)
    assert run.left.is_set()
    source.close()
