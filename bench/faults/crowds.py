"""More at once than the gateway can run: some are served, and all others told so early."""

import asyncio
import json
import resource
import time
from collections import Counter

from bench.faults.place import Finding, Place, new_nonce

PLACES, FEW = 64, 16
HELD = PLACES * 7 // 8
"""What one tenant alone may hold; with an upstream that takes a second, about so many answers a second."""


SEED = """
[routing.targets.two-seconds]
provider = "openai"
base_url = "http://127.0.0.1:{port}/v1"
model = "two-seconds"
privacy = "cloud"
timeout_seconds = 30
price = {{ input = 2.0, output = 8.0 }}
[routing.routes.two-seconds]
targets = ["two-seconds"]
cache_ttl_seconds = 0
"""


async def ten_thousand(place: Place) -> Finding:
    """All connect and ask together; nobody is left without an answer."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = place.times(10_000)
    most = 0.0
    async with place.another(seed=SEED) as crowded:
        crowd = asyncio.gather(*(_alone(crowded, "two-seconds") for _ in range(count)))
        while not crowd.done():
            most = max(most, crowded.gateway.resident_mb())
            await asyncio.sleep(0.1)
        told = Counter(status for status, _ in await crowd)
        after = (await crowded.ask("echo")).status_code
    async with place.another("--most-at-once", str(FEW)) as crowded:
        early = await _refused_within(crowded)
    return Finding(
        f"{count} sockets at once, an upstream that takes two seconds",
        "every one 200, or 503 with Retry-After; at most 600 MB; 503 within 50 ms while all places are taken",
        f"{dict(told)}; {most:.0f} MB; 503 after {early * 1000:.1f} ms (median); then {after}",
        set(told) <= {200, 503} and told[200] > 0 and most <= 600 and early <= 0.05 and after == 200,
    )


async def five_times(place: Place) -> Finding:
    """Five times as many as there are places for come each second; afterwards all is as before."""
    seconds = max(5, place.times(60))
    async with place.another("--most-at-once", str(PLACES)) as crowded:
        peak = await _peak(crowded)
        began = time.monotonic()
        told = await _arriving(crowded, 5 * HELD, seconds)
        good = told[200] / (time.monotonic() - began)
        started = time.monotonic()
        statuses = {(await crowded.ask("echo")).status_code for _ in range(10)}
        normal = (time.monotonic() - started) / 10
    return Finding(
        f"{5 * HELD} requests a second for {seconds} s, with places for {HELD} a second",
        "at least 90 % of the peak goes on being answered; all others 503; normal afterwards",
        f"{good:.0f} answers a second, {peak:.0f} at the peak; {dict(told)}; then {statuses} in {normal * 1000:.0f} ms",
        good >= 0.9 * peak and set(told) <= {200, 503} and statuses == {200} and normal <= 0.5,
    )


SCENARIOS = {15: [ten_thousand], 16: [five_times]}


async def _peak(place: Place) -> float:
    """Answers a second when as many ask as there are places for, each again and again."""

    async def client() -> int:
        return sum([(await _alone(place))[0] == 200 for _ in range(4)])

    began = time.monotonic()
    answers = sum(await asyncio.gather(*(client() for _ in range(HELD))))
    return answers / (time.monotonic() - began)


async def _arriving(place: Place, rate: int, seconds: int) -> Counter[int]:
    """An open loop: so many a second, however they fare."""
    asking, started = [], time.monotonic()
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
        asking.append(asyncio.create_task(_alone(place)))
    return Counter(status for status, _ in await asyncio.gather(*asking))


async def _refused_within(place: Place) -> float:
    """Median seconds of a refusal, one after the other, while all places are taken."""
    crowd = [asyncio.create_task(_alone(place)) for _ in range(FEW)]
    await asyncio.sleep(0.3)
    waits = []
    while not all(each.done() for each in crowd):
        status, seconds = await _alone(place)
        if status == 503:
            waits.append(seconds)
    await asyncio.gather(*crowd)
    return sorted(waits)[len(waits) // 2] if waits else float("inf")


async def _alone(place: Place, model: str = "second") -> tuple[int, float]:
    """Over a socket of its own: the status (0: none, or a refusal without Retry-After), and the seconds to it."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": new_nonce()}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {place.gateway.key}\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", place.gateway.port)
        started = time.monotonic()
        writer.write(head.encode() + body)
        async with asyncio.timeout(60):
            told = await reader.readuntil(b"\r\n\r\n")
        seconds = time.monotonic() - started
        writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return 0, 0.0
    status = int(told.split(b" ", 2)[1])
    return (status if status == 200 or b"retry-after:" in told.lower() else 0), seconds
