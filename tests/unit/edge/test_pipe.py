"""sallyport.edge.pipe: bytes from a thread to the event loop, in order, bounded, and ended from either side."""

import asyncio
import queue
import threading

import pytest

from sallyport.edge.pipe import MOST_WAITING_BYTES, AbandonedError, Pipe
from sallyport.errors import InternalError

LONG = 10.0
"""Seconds that nothing here takes."""


def run(test, on_abandon=lambda: None):
    """`test` on an event loop, with a pipe that is made there."""

    async def main():
        return await asyncio.wait_for(test(Pipe(on_abandon)), LONG)

    return asyncio.run(main())


def from_thread(work, *arguments):
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


async def all_of(pipe):
    taken = []
    while (chunk := await pipe.take(LONG)) is not None:
        taken.append(chunk)
    return taken


def test_what_is_put_is_taken_in_order():
    def put(pipe):
        for number in range(2000):
            pipe.put(b"%d," % number)
        pipe.finish()

    async def test(pipe):
        from_thread(put, pipe)
        return b"".join(await all_of(pipe))

    assert run(test) == b"".join(b"%d," % number for number in range(2000))


def test_everything_that_is_ready_is_taken_at_once():
    def put(pipe):
        pipe.put(b"a")
        pipe.put(b"b")

    async def test(pipe):
        from_thread(put, pipe).join()
        return await pipe.take(LONG)

    assert run(test) == b"ab"


def test_silence_is_told_after_its_time():
    async def test(pipe):
        return await pipe.take(0.001), await pipe.take(0.001)

    assert run(test) == (b"", b"")


def test_whoever_puts_too_much_waits_for_whoever_takes():
    entered = threading.Event()

    def put(pipe):
        pipe.put(b"x" * (MOST_WAITING_BYTES + 1))
        entered.set()
        pipe.put(b"y")
        pipe.finish()

    async def test(pipe):
        thread = from_thread(put, pipe)
        await asyncio.to_thread(entered.wait, LONG)
        first = await pipe.take(LONG)
        rest = b"".join(await all_of(pipe))
        await asyncio.to_thread(thread.join, LONG)
        return len(first), rest

    assert run(test) == (MOST_WAITING_BYTES + 1, b"y")


@pytest.mark.parametrize("full", [False, True], ids=["later", "while it waits"])
def test_whoever_puts_learns_that_nobody_takes_any_more(full):
    outcome = []

    def put(pipe):
        try:
            while True:
                pipe.put(b"x" * (MOST_WAITING_BYTES + 1) if full else b"x")
        except AbandonedError:
            outcome.append("abandoned")
            pipe.finish()

    closed = threading.Event()

    async def test(pipe):
        from_thread(put, pipe)
        await pipe.take(LONG)
        pipe.abandon()
        await pipe.ended()

    run(test, closed.set)
    assert outcome == ["abandoned"]
    assert closed.wait(LONG)


def test_it_is_abandoned_once_and_not_after_its_end():
    calls = queue.SimpleQueue()

    async def ended(pipe):
        pipe.finish()
        pipe.abandon()

    async def test(pipe):
        pipe.abandon()
        pipe.abandon()
        assert await pipe.take(LONG) is None

    run(ended, lambda: calls.put("never"))
    run(test, lambda: calls.put("left"))
    assert calls.get(timeout=LONG) == "left"
    assert calls.empty()


def test_a_failure_is_raised_behind_what_was_put_before():
    def put(pipe):
        pipe.put(b"a")
        pipe.finish(InternalError("Broken."))

    async def test(pipe):
        from_thread(put, pipe).join()
        assert await pipe.take(LONG) == b"a"
        with pytest.raises(InternalError):
            await pipe.take(LONG)

    run(test)


def test_another_provider_may_be_asked_until_something_was_put():
    async def test(pipe):
        before = pipe.may_start_over()
        from_thread(pipe.put, b"a").join()
        return before, pipe.may_start_over()

    assert run(test) == (True, False)


def test_a_silent_provider_that_has_begun_is_begun_with_and_then_nothing_starts_over():
    async def test(pipe):
        nobody = pipe.begin()
        pipe.answering()
        return nobody, pipe.begin(), pipe.may_start_over()

    assert run(test) == (False, True, False)


def test_a_provider_that_failed_before_the_client_was_answered_is_forgotten():
    async def test(pipe):
        pipe.answering()
        return pipe.may_start_over(), pipe.begin()

    assert run(test) == (True, False)


def test_a_thread_that_outlives_the_loop_is_told():
    pipes = []

    async def test(pipe):
        pipes.append(pipe)

    run(test)
    pipes[0].put(b"a")
    with pytest.raises(AbandonedError):
        pipes[0].put(b"b")
