"""Requests that come again: under one Idempotency-Key, at once, in other words, and after the gateway died."""

import asyncio
import time

import httpx

from bench.faults.place import Finding, Place, new_nonce
from sallyport.idempotency import MARGIN_SECONDS

TIMES, AT_ONCE = 5, 40
PATIENCE_SECONDS = 2
"""Of the client whose gateway dies."""


async def repeated(place: Place) -> Finding:
    """Five clients with one key each, who come back when they are told to: one call of the model, one answer."""
    room = asyncio.Semaphore(AT_ONCE)
    keys = [new_nonce() for _ in range(place.times(1000))]

    async def five(nonce: str) -> tuple[bool, int]:
        async with room:
            replies = await asyncio.gather(*(_until_answered(place, nonce) for _ in range(TIMES)))
        answers = {reply.content for reply, _ in replies}
        whole = all(reply.status_code == 200 for reply, _ in replies)
        return whole and len(answers) == 1, sum(conflicts for _, conflicts in replies)

    told = await asyncio.gather(*map(five, keys))
    same = sum(each for each, _ in told)
    calls = [place.upstream.asked[nonce] for nonce in keys]
    return Finding(
        f"{TIMES} times the same Idempotency-Key and body, at once",
        "200 after as many 409 as it takes; one call of the upstream a key; the same bytes",
        f"{len(keys)} keys: {same} with {TIMES} equal answers, {sum(calls)} calls of the upstream, at most "
        f"{max(calls)} a key; {sum(conflicts for _, conflicts in told)} told to wait",
        same == len(keys) and calls == [1] * len(keys),
    )


async def another_body(place: Place) -> Finding:
    keys = [new_nonce() for _ in range(place.times(100))]
    for nonce in keys:
        await place.ask("echo", nonce, headers=_key(nonce))
    replies = [await place.ask("echo", nonce, "another", headers=_key(nonce)) for nonce in keys]
    refused = sum(reply.status_code == 422 for reply in replies)
    calls = sum(place.upstream.asked[nonce] for nonce in keys)
    return Finding(
        "the same Idempotency-Key with another body",
        "422, and no call of the upstream",
        f"{refused} of {len(keys)} refused; {calls} calls for the {len(keys)} first bodies",
        refused == calls == len(keys),
    )


async def died(place: Place) -> Finding:
    """The gateway is killed while the upstream works: its key is held for a while, then the request completes once."""
    nonce = new_nonce()
    async with place.another() as gateway:
        asking = asyncio.create_task(gateway.ask("first-hangs", nonce, headers=_key(nonce, PATIENCE_SECONDS)))
        while not place.upstream.asked[nonce]:
            await asyncio.sleep(0.02)
        killed = time.monotonic()
        await gateway.kill_and_restart()
        await asyncio.gather(asking, return_exceptions=True)
        reply, conflicts = await _until_answered(gateway, nonce, "first-hangs")
        seconds = time.monotonic() - killed
        again = await gateway.ask("first-hangs", nonce, headers=_key(nonce))
    calls = place.upstream.asked[nonce]
    most = PATIENCE_SECONDS + 2 * MARGIN_SECONDS
    return Finding(
        "the gateway is killed while the upstream works, and the same Idempotency-Key comes again",
        f"409 while the first may be alive, then one more call, within {most} s; from then on the same bytes",
        f"{conflicts} times 409, then {reply.status_code} after {seconds:.1f} s; {calls} calls with the lost one; "
        f"again: {again.headers.get('idempotent-replayed')}",
        reply.status_code == 200 and conflicts > 0 and calls == 2 and again.content == reply.content and seconds < most,
    )


SCENARIOS = {30: [repeated, another_body, died]}


def _key(nonce: str, patience: int = 60) -> dict[str, str]:
    return {"idempotency-key": nonce, "x-stainless-read-timeout": str(patience)}


async def _until_answered(place: Place, nonce: str, model: str = "echo") -> tuple[httpx.Response, int]:
    """As an SDK does: come back after the time that a 409 tells."""
    conflicts = 0
    while (reply := await place.ask(model, nonce, headers=_key(nonce))).status_code == 409:
        conflicts += 1
        await asyncio.sleep(float(reply.headers["retry-after"]))
    return reply, conflicts
