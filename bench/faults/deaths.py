"""Gateways that are killed, or told to stop, while many ask."""

import asyncio
import itertools
import signal
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx

from bench.bills import bills_of
from bench.faults.place import Finding, Place, new_nonce
from bench.faults.tenants import new_key
from bench.redis_server import KEPT, RedisServer
from sallyport.redis_ledger import RedisLedger
from sallyport.settlement import UsageRecord
from sallyport_local.backend import EmbeddedBackend

RATE, STOP_SECONDS = 50, 10
UNDER_WAY_SECONDS = 0.7
"""After which calls that take a second are under way."""


async def shared_budget(place: Place) -> Finding:
    """Two gateways count in one Redis; one of them is killed while its calls are under way."""
    count = max(40, place.times(200))
    room = count // 4
    seed = f"[tenants.pool]\nlimits = [{{{{ per = 'month', requests = {room} }}}}]\n"
    nonces = [new_nonce() for _ in range(count)]
    with tempfile.TemporaryDirectory() as folder, RedisServer(Path(folder), *KEPT) as server:
        environment = {"LEDGER_URL": server.url}
        async with (
            place.another(seed=seed, environment=environment) as one,
            place.another(seed=seed, environment=environment) as two,
        ):
            keys = {gateway: new_key(gateway, "pool") for gateway in (one, two)}
            asking = [
                asyncio.create_task(_status(gateway, keys[gateway], nonce))
                for nonce, gateway in zip(nonces, itertools.cycle((two, one)), strict=False)
            ]
            await asyncio.sleep(UNDER_WAY_SECONDS)
            await two.kill_and_restart()
            told = Counter(await asyncio.gather(*asking))
            billed = [bill for gateway in (one, two) for bill in await _billed(gateway)]
        ledger = RedisLedger(server.url)
        ledger.expire(now=time.time() + 3600)
        drift = ledger.taken(f"tenant/pool|requests|month|{time.strftime('%Y-%m', time.gmtime())}") - len(billed)
    calls = sum(place.upstream.asked[nonce] for nonce in nonces)
    return Finding(
        f"{count} at once ask two gateways for a budget of {room}, and one of the two is killed",
        f"at most {room} calls of the upstream; afterwards the ledger has what is billed",
        f"{calls} calls, {len(billed)} billed, {drift} more in the ledger; {dict(told)}",
        0 < calls <= room and drift == 0 and set(told) <= {200, 429, 0},
    )


async def told_to_stop(place: Place) -> Finding:
    """SIGTERM under load: what has begun is answered."""
    async with place.another() as gateway:
        asking = []
        for number in range(2 * RATE):
            asking.append(asyncio.create_task(_status(gateway, gateway.gateway.key, new_nonce())))
            await asyncio.sleep(1 / RATE)
            if number == RATE:
                gateway.gateway.process.send_signal(signal.SIGTERM)
                stopped = time.monotonic()
        told = Counter(await asyncio.gather(*asking))
        await asyncio.to_thread(gateway.gateway.process.wait, 60)
        seconds = time.monotonic() - stopped
    return Finding(
        f"SIGTERM while {RATE} requests a second come, each of which takes a second",
        f"what has begun is answered, what comes later finds nobody; ended within {STOP_SECONDS} s",
        f"{told[200]} answered, {told[-1]} found nobody, {told[0]} were cut; ended after {seconds:.1f} s",
        set(told) <= {200, -1} and told[200] >= RATE and seconds <= STOP_SECONDS,
    )


SCENARIOS = {29: [shared_budget], 36: [told_to_stop]}


async def _status(place: Place, key: str, nonce: str) -> int:
    """Over a connection of its own. 0 for one that was cut, -1 where nobody listens."""
    headers = {"authorization": f"Bearer {key}", "connection": "close"}
    try:
        return (await place.ask("second", nonce, headers=headers)).status_code
    except httpx.ConnectError:
        return -1
    except httpx.HTTPError:
        return 0


async def _billed(place: Place) -> list[UsageRecord]:
    with closing(EmbeddedBackend.open(place.data)) as backend:
        end = time.monotonic() + 30
        while not backend.events.is_empty() and time.monotonic() < end:
            await asyncio.sleep(0.1)
        bills = bills_of(backend)
    return [bill for bill in bills if bill.cost]
