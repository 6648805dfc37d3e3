"""Tenants beside each other, and keys that change: who asks too much costs nobody else anything."""

import asyncio
import time
from collections import Counter
from contextlib import closing
from statistics import quantiles

import httpx

from bench.faults.place import Finding, Place, new_nonce
from sallyport.administration import create_key, revoke_key
from sallyport_local.backend import EmbeddedBackend

FLOOD, LIMIT, QUIET = 50, 60, 10
"""Requests a second of the one that floods, how many it may ask a minute, and requests a second of its neighbour."""

SEED = f"""
[tenants.flood]
limits = [{{{{ per = "minute", requests = {LIMIT} }}}}]
[tenants.quiet]
limits = [{{{{ per = "minute", requests = 1000000 }}}}]
[routing.targets.patient]
provider = "openai"
base_url = "http://127.0.0.1:{{port}}/v1"
model = "echo"
privacy = "cloud"
timeout_seconds = 30
price = {{{{ input = 2.0, output = 8.0 }}}}
[routing.routes.patient]
targets = ["patient"]
cache_ttl_seconds = 0
"""


async def flood(place: Place) -> Finding:
    """One tenant asks for fifty times what it may."""
    seconds = max(3, place.times(60))
    async with place.another(seed=SEED) as gateway:
        flooding, quiet = new_key(gateway, "flood"), new_key(gateway, "quiet")
        alone = await _asked(gateway, quiet, QUIET, seconds)
        crowd = asyncio.create_task(_asked(gateway, flooding, FLOOD, seconds))
        beside = await _asked(gateway, quiet, QUIET, seconds)
        told = Counter(status for status, _ in await crowd)
    errors = sum(status != 200 for status, _ in beside)
    ratio = _p99(beside) / _p99(alone)
    minutes = 2 + seconds // 60  # windows are calendar minutes
    return Finding(
        f"a tenant asks {FLOOD} times a second and may ask {LIMIT} times a minute; another asks {QUIET} times a second",
        "the first is told 429 beyond its limit, the other nothing; its p99 at most doubles (or + 5 ms)",
        f"the first: {dict(told)}; the other: {errors} of {len(beside)} failed, p99 x {ratio:.2f}",
        set(told) <= {200, 429}
        and 0 < told[200] <= LIMIT * minutes
        and told[429] > 0
        and errors == 0
        and (place.scale < 1 or ratio <= 2 or _p99(beside) - _p99(alone) <= 0.005),
    )


async def rotation(place: Place) -> Finding:
    """A key is replaced under load: the new one is made, clients go over to it, the old one is revoked."""
    third = max(3, place.times(60)) / 3
    async with place.another(seed=SEED) as gateway:
        old = new_key(gateway, "quiet")
        told = await _asked(gateway, old, FLOOD, third)
        new = new_key(gateway, "quiet")
        for each in await asyncio.gather(*(_asked(gateway, key, FLOOD / 2, third) for key in (old, new))):
            told += each
        with closing(EmbeddedBackend.open(gateway.data)) as backend:
            revoke_key(backend.records("keys"), old.split("_")[1], time.time())
        told += await _asked(gateway, new, FLOOD, third)
    statuses = Counter(status for status, _ in told)
    return Finding(
        f"a client's key is replaced while {FLOOD} requests a second come",
        "both are valid until the old one is revoked; no request fails",
        f"{len(told) - statuses[200]} of {len(told)} failed; {dict(statuses)}",
        set(statuses) == {200},
    )


SCENARIOS = {17: [flood], 24: [rotation]}


def new_key(place: Place, tenant: str) -> str:
    """Made as an operator's command makes it, beside the running server."""
    with closing(EmbeddedBackend.open(place.data)) as backend:
        key, _ = create_key(backend.records("keys"), backend.key_macs, tenant=tenant, project="bench", now=time.time())
    return key


async def _asked(place: Place, key: str, rate: float, seconds: float) -> list[tuple[int, float]]:
    """An open loop: the status and the seconds of each, however the others fare."""
    headers = {"authorization": f"Bearer {key}"}

    async def one() -> tuple[int, float]:
        started = time.monotonic()
        reply: httpx.Response = await place.ask("patient", new_nonce(), headers=headers)
        return reply.status_code, time.monotonic() - started

    asking, started = [], time.monotonic()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
        asking.append(asyncio.create_task(one()))
    return await asyncio.gather(*asking)


def _p99(asked: list[tuple[int, float]]) -> float:
    return quantiles((seconds for _, seconds in asked), n=100)[98]
