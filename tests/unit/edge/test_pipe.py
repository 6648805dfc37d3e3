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


async def sent_by_the_loop(pipe, *, slow=False, fails=None):
    """A taker that waits, and what goes past it."""
    sent, gate = [], asyncio.Event()

    async def send(chunk):
        sent.append(chunk)
        if slow:
            await gate.wait()
        if fails is not None:
            raise fails

    pipe.on_loop(lambda: None)
    pipe.send_by(send)
    taker = asyncio.create_task(pipe.take(LONG))
    await asyncio.sleep(0)
    return sent, gate, taker


def test_from_the_loop_it_is_sent_past_whoever_waits():
    async def test(pipe):
        sent, _, taker = await sent_by_the_loop(pipe)
        for word in (b"a", b"b"):
            pipe.put(word)
            pipe.put(word)
            pipe.flush()
        pipe.finish()
        return sent, await taker

    assert run(test) == ([b"aa", b"bb"], None)


def test_from_the_loop_nothing_overtakes_what_a_client_is_slow_to_take():
    async def test(pipe):
        sent, gate, taker = await sent_by_the_loop(pipe, slow=True)
        for word in (b"a", b"b", b"c"):
            pipe.put(word)
            pipe.flush()
        before = list(sent), taker.done()
        gate.set()
        return before, await taker

    assert run(test) == (([b"a"], False), b"bc")


def test_a_client_to_whom_nothing_can_be_sent_is_told_where_it_is_awaited():
    async def test(pipe):
        _, _, taker = await sent_by_the_loop(pipe, fails=OSError("The connection is gone."))
        pipe.put(b"a")
        pipe.flush()
        with pytest.raises(OSError, match="gone"):
            await taker

    run(test)


def test_what_is_sent_past_it_is_no_silence():
    async def test(pipe):
        sent, _, _ = await sent_by_the_loop(pipe)
        told = asyncio.create_task(pipe.take(0.3))
        await asyncio.sleep(0.2)
        pipe.put(b"a")
        pipe.flush()
        sent_at = pipe.loop.time()
        return sent, await told, pipe.loop.time() - sent_at >= 0.3

    assert run(test) == ([b"a"], b"", True)


def test_the_loop_is_told_of_room_when_much_was_taken_and_when_nobody_takes():
    told = []

    async def test(pipe):
        pipe.on_loop(lambda: told.append(pipe.full))
        for _ in range(2):
            pipe.put(b"x" * MOST_WAITING_BYTES)
        full = pipe.full
        await pipe.take(LONG)
        await asyncio.sleep(0)
        pipe.abandon()
        await asyncio.sleep(0)
        with pytest.raises(AbandonedError):
            pipe.put(b"y")
        return full

    assert run(test) is True
    assert told == [False, False]


def test_a_loop_that_has_ended_takes_nothing_over():
    pipes, abandoned = [], []

    async def test(pipe):
        pipes.append(pipe)
        return pipe.hand_over(lambda: None)

    assert run(test, lambda: abandoned.append(1)) is True
    assert not pipes[0].hand_over(lambda: None)
    assert (pipes[0].abandoned, abandoned) == (True, [1])
