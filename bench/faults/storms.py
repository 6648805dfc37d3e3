"""Upstreams that throttle or fail for a while: how often they are asked, who is asked instead, and until when."""

import asyncio
import time
from collections import Counter

import httpx

from bench.faults.place import Finding, Place, new_nonce

RATE, SECONDS = 20, 60
"""Requests a second, and how long each part of a storm lasts."""
AMPLIFICATION, CLOSED_SECONDS = 1.2, 10

_TARGET = """
[routing.targets.{name}]
provider = "openai"
base_url = "http://127.0.0.1:{{port}}/v1"
model = "{model}"
privacy = "cloud"
timeout_seconds = 10
price = {{{{ input = 2.0, output = 8.0 }}}}
"""
_TARGETS = {
    "soon": "status-429-1",
    "late": "status-429-60",
    "weather": "weather",
    "shelter": "echo",
    **{f"broken-{each}": "status-500" for each in "abc"},
}
_ROUTES = {
    "soon": ["soon"],
    "late": ["late"],
    "weather": ["weather", "shelter"],
    "broken": ["broken-a", "broken-b", "broken-c"],
}
SEED = "".join(_TARGET.format(name=name, model=model) for name, model in _TARGETS.items()) + "".join(
    f"[routing.routes.{name}]\ntargets = {targets}\ncache_ttl_seconds = 0\n" for name, targets in _ROUTES.items()
)


async def throttled(place: Place) -> Finding:
    """A Retry-After that fits is waited for once; a long one is told; who comes meanwhile is told at once."""
    soon = [new_nonce() for _ in range(place.times(50))]
    late = [new_nonce() for _ in range(place.times(50))]
    async with place.another(seed=SEED) as gateway:
        replies = [
            *await asyncio.gather(*(gateway.ask("soon", nonce) for nonce in soon)),
            *[await gateway.ask("late", nonce) for nonce in late],
        ]
    calls = Counter(place.upstream.asked[nonce] for nonce in soon + late)
    told = Counter((reply.status_code, "retry-after" in reply.headers) for reply in replies)
    return Finding(
        "the upstream answers 429 with Retry-After 1, and with Retry-After 60",
        "429 with Retry-After, or 503 with it while the provider wants to be left alone; at most 2 calls a request",
        f"{dict(told)}; calls of the upstream: {dict(calls)}",
        set(told) <= {(429, True), (503, True)} and (429, True) in told and max(calls) <= 2,
    )


async def chain(place: Place) -> Finding:
    """Three targets that all fail: each is asked once."""
    nonces = [new_nonce() for _ in range(3)]
    async with place.another(seed=SEED) as gateway:
        replies = [await gateway.ask("broken", nonce) for nonce in nonces]
    calls = [place.upstream.asked[nonce] for nonce in nonces]
    told = [(reply.status_code, reply.json()["error"]["code"]) for reply in replies]
    return Finding(
        "all three targets of a route fail",
        "exactly 3 calls; the last error is told",
        f"{calls} calls; {told[0][0]} {told[0][1]}",
        calls == [3, 3, 3] and set(told) == {(502, "provider_unavailable")},
    )


async def storm(place: Place) -> Finding:
    """Half of the calls fail, then all, then none: a second target answers, and the first is asked again soon."""
    seconds = max(4, place.times(SECONDS))
    answered, calls, count = 0, 0, 0
    async with place.another(seed=SEED) as gateway:
        for failing in (0.5, 1.0):
            place.upstream.failing = failing
            nonces, replies = await _asked(gateway, seconds)
            answered += sum(reply.status_code == 200 for reply in replies)
            calls += sum(place.upstream.asked[nonce] for nonce in nonces)
            count += len(nonces)
        place.upstream.failing = 0.0
        healed = time.monotonic()
        while (await gateway.ask("weather")).headers.get("x-sallyport-target") != "weather":
            await asyncio.sleep(0.1)
            if time.monotonic() > healed + 60:
                break
        closed = time.monotonic() - healed
    return Finding(
        f"half of the calls fail for {seconds} s, then all for as long, then none",
        f"a second target answers; at most {AMPLIFICATION} calls a request; called again within {CLOSED_SECONDS} s",
        f"{answered} of {count} answered, {calls / count:.3f} calls a request, called again after {closed:.1f} s",
        answered >= 0.99 * count and calls <= AMPLIFICATION * count + 10 and closed <= CLOSED_SECONDS,
    )


SCENARIOS = {4: [throttled], 5: [storm], 6: [chain]}


async def _asked(gateway: Place, seconds: int) -> tuple[list[str], list[httpx.Response]]:
    nonces, asking = [], []
    for _ in range(RATE * seconds):
        nonces.append(new_nonce())
        asking.append(asyncio.create_task(gateway.ask("weather", nonces[-1])))
        await asyncio.sleep(1 / RATE)
    return nonces, await asyncio.gather(*asking)
