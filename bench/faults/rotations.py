"""A provider's credential that is replaced under load: for a while both are valid, then the old one is none."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from bench.faults.aws_stores import deployed
from bench.faults.place import Finding, Place, new_nonce

RATE, AWS_RATE, SECONDS = 50, 5, 60
"""Requests a second, also of the emulated AWS, which goes through one lock, and for how long."""

OLD, NEW = "credential-1", "credential-2"

_SEED = """
[routing.targets.guarded]
provider = "openai"
base_url = "http://127.0.0.1:{port}/v1"
model = "guarded"
secret = "guarded/main"
privacy = "cloud"
timeout_seconds = 10
price = {{ input = 2.0, output = 8.0 }}
[routing.routes.guarded]
targets = ["guarded"]
cache_ttl_seconds = 0
"""


async def embedded(place: Place) -> Finding:
    """It lies in a file, which is written anew."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "credential"
        file.write_text(OLD)
        environment = {"SALLYPORT_SECRET_GUARDED_MAIN_FILE": str(file)}
        async with place.another(seed=_SEED, environment=environment) as gateway:

            async def replace() -> None:
                file.write_text(NEW)

            return await _rotated(place, "in a file", gateway.client, RATE, replace)


async def on_aws(place: Place) -> Finding:
    """It lies in Secrets Manager, and what functions read of it is good for five minutes."""
    with deployed(place.upstream, seed=_SEED, secrets={"guarded/main": OLD}) as behind:
        headers = {"authorization": f"Bearer {behind.key}"}
        async with httpx.AsyncClient(base_url=behind.url, headers=headers, timeout=60) as client:

            async def replace() -> None:
                await asyncio.to_thread(behind.stage.put_secret, "guarded/main", NEW)

            return await _rotated(place, "in Secrets Manager", client, AWS_RATE, replace)


SCENARIOS = {24: [embedded, on_aws]}


async def _rotated(
    place: Place, where: str, client: httpx.AsyncClient, rate: int, replace: Callable[[], Awaitable[None]]
) -> Finding:
    third = max(3, place.times(SECONDS)) / 3
    upstream = place.upstream
    statuses: Counter[int] = Counter()
    for accepted in ({OLD}, {OLD, NEW}, {NEW}):
        upstream.accepted = frozenset(accepted)
        if accepted == {OLD, NEW}:
            await replace()
        statuses += await _asked(client, rate, third)
    return Finding(
        f"a provider's credential {where} is replaced while {rate} requests a second come",
        "the new one is used at the latest when the old one is refused; no request fails",
        f"{statuses.total() - statuses[200]} of {statuses.total()} failed; {dict(statuses)}",
        set(statuses) == {200},
    )


async def _asked(client: httpx.AsyncClient, rate: int, seconds: float) -> Counter[int]:
    """Every other one streams."""

    async def one(stream: bool) -> int:
        body = {"model": "guarded", "stream": stream, "messages": [{"role": "user", "content": new_nonce()}]}
        return (await client.post("/v1/chat/completions", json=body)).status_code

    asking = []
    for number in range(round(rate * seconds)):
        asking.append(asyncio.create_task(one(number % 2 == 1)))
        await asyncio.sleep(1 / rate)
    return Counter(await asyncio.gather(*asking))
