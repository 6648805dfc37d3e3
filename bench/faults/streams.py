"""Streams whose upstream breaks, stalls, lies or never ends, and whose clients leave."""

import asyncio
import time
from collections.abc import Coroutine
from statistics import quantiles
from typing import Any

from bench.faults.place import BREAKS, IDLE_SECONDS, WHERE_BEDROCK, Finding, Place, new_nonce
from bench.faults.upstream import WORDS
from sallyport.tokens import estimate_text

AT_ONCE = 20


async def broken(place: Place, how: str, code: str, *, where: str = "") -> Finding:
    """What was said reaches the client, then an error; what was said is billed, as an estimate."""
    models = [where + each for each in BREAKS if each.startswith(how)]
    asked = [(models[number % len(models)], new_nonce()) for number in range(place.times(100))]
    told = await _all([place.stream(model, nonce) for model, nonce in asked])
    records = await place.records([each.request_id for each in told])
    good = 0
    for (_, nonce), each in zip(asked, told, strict=True):
        ticket, bill = records[each.request_id]
        honest = each.error is not None and each.error["code"] == code and not each.done and each.finish is None
        seen = place.upstream.seen.get(nonce)
        whole = seen is not None and each.words == seen.words
        cut = ticket is not None and ticket.inference is not None and ticket.inference.stop_reason == "cut"
        most = estimate_text(" ".join(each.words)) + len(each.words)
        good += honest and whole and cut and bill is not None and bill.estimated and 0 < bill.output_tokens <= most
    return Finding(
        f"the upstream's stream breaks ({where}{how})",
        f"every word, then an error with code {code}; no end; recorded as cut, only what was delivered billed",
        f"{good} of {len(asked)}",
        good == len(asked),
    )


async def cut(place: Place) -> Finding:
    return await broken(place, "cut", "provider_unavailable")


async def error_event(place: Place) -> Finding:
    return await broken(place, "error", "rate_limit_exceeded")


async def garbage_chunk(place: Place) -> Finding:
    return await broken(place, "spoil", "provider_reply_invalid")


async def error_frame(place: Place) -> Finding:
    return await broken(place, "error", "provider_throttled", where=WHERE_BEDROCK)


async def bad_checksum(place: Place) -> Finding:
    return await broken(place, "spoil", "provider_reply_invalid", where=WHERE_BEDROCK)


async def cut_between_frames(place: Place) -> Finding:
    return await broken(place, "cut", "provider_unavailable", where=WHERE_BEDROCK)


async def stall(place: Place) -> Finding:
    """A stream that falls silent is ended, and whoever streams beside it notices nothing."""
    alone = await _latencies(place, place.times(200))
    stalled = [asyncio.create_task(place.stream("stall-5", new_nonce())) for _ in range(AT_ONCE)]
    await asyncio.sleep(0.3)
    beside = await _latencies(place, min(place.times(200), 30))
    told = await asyncio.gather(*stalled)
    slowest = max(each.seconds for each in told)
    ended = sum(each.error is not None and not each.done and len(each.words) == 5 for each in told)
    ratio = quantiles(beside, n=100)[98] / quantiles(alone, n=100)[98]
    return Finding(
        "the upstream falls silent in mid-stream",
        f"an error within {IDLE_SECONDS + 1} s; neighbours' p99 at most + 10 % (or 5 ms)",
        f"{ended} of {AT_ONCE} ended, the slowest after {slowest:.1f} s; neighbours' p99 x {ratio:.2f}",
        ended == AT_ONCE and slowest <= IDLE_SECONDS + 1 and (ratio <= 1.1 or _gap(beside, alone) <= 0.005),
    )


async def client_leaves(place: Place) -> Finding:
    """Before the first word and in mid-stream: the upstream is hung up on, and nothing stays reserved."""
    late: list[float] = []
    for model, after in (("paced", 2), ("slow", None)):
        nonces = [new_nonce() for _ in range(place.times(500))]
        late += await _all([_leave(place, model, nonce, after) for nonce in nonces])
    settled = await place.settled()
    worst = max(late)
    return Finding(
        "the client leaves before the first word, and in mid-stream",
        "the upstream is hung up on within 0.5 s; no reservation leaks",
        f"{len(late)} left, the upstream noticed after {worst:.2f} s at the latest; "
        f"{place.open_reservations()} reservations open",
        settled and worst <= 0.5,
    )


async def client_leaves_a_whole_answer(place: Place) -> Finding:
    """While it waits for one: the same, and the record says that it left."""
    nonces = [new_nonce() for _ in range(place.times(500))]
    before = await place.ended("hang", "ClientLeftError", 0)
    worst = max(await _all([_leave_whole(place, nonce) for nonce in nonces]))
    settled = await place.settled()
    recorded = await place.ended("hang", "ClientLeftError", before + len(nonces)) - before
    return Finding(
        "the client leaves while it waits for a whole answer",
        "the upstream is hung up on within 0.5 s; no reservation leaks; each recorded as left",
        f"{len(nonces)} left, the upstream noticed after {worst:.2f} s at the latest; "
        f"{place.open_reservations()} reservations open; {recorded} recorded",
        settled and worst <= 0.5 and recorded == len(nonces),
    )


async def cancel_storm(place: Place) -> Finding:
    """No answer ever reaches another caller, however many leave."""
    nonces = [new_nonce() for _ in range(place.times(2000))]
    told = await _all([place.stream("echo", nonce, leave_after=_leaves(n)) for n, nonce in enumerate(nonces)])
    swaps = sum(
        any(not word.startswith(nonce) for word in each.words) for nonce, each in zip(nonces, told, strict=True)
    )
    whole = sum(each.done and len(each.words) == WORDS for each in told)
    stayed = sum(_leaves(number) is None for number in range(len(nonces)))
    settled = await place.settled()
    return Finding(
        "three of ten clients leave while others read",
        "no word of another's answer; all others whole",
        f"{swaps} swaps in {len(nonces)}, {whole} of {stayed} whole",
        swaps == 0 and whole == stayed and settled,
    )


async def endless(place: Place) -> Finding:
    """A model that does not stop is stopped; what it says is passed on as it is, for clients to render safely."""
    nonce = new_nonce()
    told = await place.stream("endless", nonce)
    tokens = estimate_text(" ".join(told.words))
    await asyncio.sleep(0.5)
    left = place.upstream.seen[nonce].left_at is not None
    return Finding(
        "the upstream streams without end",
        "cut with an error soon after max_tokens (400) cannot be true any more; the upstream is hung up on",
        f"cut after {tokens} tokens by estimate; hung up on: {left}",
        told.error is not None and not told.done and left and tokens < 400 * 16,
    )


SCENARIOS = {
    1: [cut, cut_between_frames],
    2: [stall],
    8: [error_event, garbage_chunk, error_frame, bad_checksum],
    9: [client_leaves, client_leaves_a_whole_answer],
    10: [cancel_storm],
    44: [endless],
}
"""By their rows in the table of faults."""


def _leaves(number: int) -> int | None:
    return number % 7 if number % 10 < 3 else None


async def _leave(place: Place, model: str, nonce: str, after: int | None) -> float:
    """Seconds from when the client left until the upstream noticed."""
    if after is None:
        left_at = await _cancel(place, place.stream(model, nonce), nonce)
    else:
        left_at = (await place.stream(model, nonce, leave_after=after)).left_at or 0.0
    return await _noticed(place, nonce, left_at)


async def _leave_whole(place: Place, nonce: str) -> float:
    return await _noticed(place, nonce, await _cancel(place, place.ask("hang", nonce), nonce))


async def _cancel(place: Place, asking: Coroutine[Any, Any, Any], nonce: str) -> float:
    """Soon after the upstream was asked; when that was."""
    task = asyncio.create_task(asking)
    while nonce not in place.upstream.seen:
        if task.done():
            raise AssertionError(f"answered without its upstream: {task.result()}")
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    left_at = time.monotonic()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return left_at


async def _noticed(place: Place, nonce: str, left_at: float) -> float:
    while (noticed := place.upstream.seen[nonce].left_at) is None and time.monotonic() < left_at + 5:
        await asyncio.sleep(0.005)
    return (noticed or left_at + 5) - left_at


async def _all[T](work: list[Coroutine[Any, Any, T]]) -> list[T]:
    """A few at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: Coroutine[Any, Any, T]) -> T:
        async with gate:
            return await each

    return await asyncio.gather(*map(one, work))


async def _latencies(place: Place, count: int) -> list[float]:
    """Of plain requests, twenty a second."""
    tasks = []
    for _ in range(count):
        tasks.append(asyncio.create_task(_timed(place)))
        await asyncio.sleep(0.05)
    return await asyncio.gather(*tasks)


async def _timed(place: Place) -> float:
    started = time.monotonic()
    (await place.ask("echo")).raise_for_status()
    return time.monotonic() - started


def _gap(beside: list[float], alone: list[float]) -> float:
    return quantiles(beside, n=100)[98] - quantiles(alone, n=100)[98]
