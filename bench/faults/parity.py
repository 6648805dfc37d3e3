"""The same requests of an embedded gateway and of one on an emulated AWS: same status, headers, body, record and cost.

Both run in this process before the same upstream, and each is asked one case after the other.
"""

import asyncio
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx

from bench.faults.cases import BACKED, OVER_ANTHROPIC, Case, cases
from bench.faults.matrix import ADDRESSES, FAULTS
from bench.faults.place import Finding, Place
from bench.faults.sameness import Gateway, observed
from sallyport.watch import PARTITION
from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.emulation import EmulatedGateway
from sallyport_local.seed import read_seed, sow
from sallyport_local.server import bind, server

SECONDS, OTHERS_SECONDS = 1, 60
"""Of targets that never answer or fall silent, and of all others, which are to be as slow as the machine."""
_SILENT = frozenset({"hang", "mute", "drip", "stall-0", "stall-7"})
DRAIN_SECONDS = 60

_PARAMETERS = {"RecogniseRetries": "true"}
"""What an embedded gateway does without being told to."""

_KEYS = {
    "app": "acme/web",
    **{each: f"acme/{each}" for each in ("fraud", "health", "masking", "blocking", "european")},
    **{each: f"{each}/web" for each in ("small", "poor", "thrifty", "stranger")},
}

_SEED = """
[tenants.acme]
limits = [{ per = "month", dollars = 1000 }]
[tenants.acme.projects.fraud]
redaction = { CREDIT_CARD = "route_private", US_SSN = "block" }
[tenants.acme.projects.health]
redaction = { EMAIL = ["mask", "route_private"], MAC_ADDRESS = "hash" }
denied_terms = ["project falcon"]
answers = "report"
[tenants.acme.projects.masking]
answers = "mask"
[tenants.acme.projects.blocking]
answers = "block"
[tenants.acme.projects.european]
allowed_regions = ["eu-*"]
[tenants.small]
models = ["echo"]
max_content_bytes = 20000
limits = [{ per = "day", requests = 3 }]
[tenants.poor]
limits = [{ per = "month", dollars = 0.001 }]
[tenants.thrifty]
limits = [{ per = "month", dollars = 0.001 }]
on_exceeded = "cheaper_model"
cheaper_model = "free"
[routing]
version = "parity"
[routing.targets.free]
provider = "simulated"
model = "simulated-1"
privacy = "private"
[routing.routes.free]
targets = ["free"]
[routing.targets.vectors]
provider = "simulated"
model = "simulated-embedding-1"
operation = "embed"
privacy = "private"
[routing.routes.vectors]
targets = ["vectors"]
[routing.routes.house]
targets = ["echo", "private"]
[routing.routes.cached]
targets = ["echo"]
"""
_TARGET = """
[routing.targets.{name}]
provider = "{provider}"
base_url = "{address}"
model = "{model}"
secret = "openai/main"
privacy = "{privacy}"
timeout_seconds = {seconds}
idle_seconds = {seconds}
price = {{ input = 2.0, output = 8.0 }}
"""
_ROUTE = "[routing.routes.{name}]\ntargets = {targets}\ncache_ttl_seconds = 0\n"


async def same_everywhere(place: Place) -> Finding:
    """A scale below 1 takes some of each part of the table."""
    asked = cases()
    asked = asked if place.scale >= 1 else some(asked, place.scale)
    seen, also = await both(place.upstream.port, asked)
    different = [number for number, pair in enumerate(zip(seen, also, strict=True)) if pair[0] != pair[1]]
    for number in different:
        print(f"  {asked[number].part}: {asked[number].path}: {_first(seen[number], also[number])}", file=sys.stderr)
    statuses = Counter(each["status"] for each in seen)
    return Finding(
        "the same requests of both backends: dialects, streams, faults, fields, headers, policies, limits, repeats",
        "the same status, headers, body, audit record and cost",
        f"{len(asked)} cases, {len(different)} differences; {dict(sorted(statuses.items()))}; "
        f"{sum(each['audit'] is not None for each in seen)} audited, {sum(bool(each['bill']) for each in seen)} billed",
        not different,
    )


async def both(upstream: int, asked: Sequence[Case]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What is seen of each case, embedded and on AWS, before the upstream on this port."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SALLYPORT_SECRET_OPENAI_MAIN": "credential"}
        embedded = EmbeddedGateway.open(Path(folder) / "data", environment)
        emulated = EmulatedGateway.open(secrets={"openai/main": "credential"}, parameters=_PARAMETERS)
        with _served(embedded, upstream) as (one, keys), _served(emulated, upstream) as (two, others):
            return await asyncio.gather(_observe(embedded, one, keys, asked), _observe(emulated, two, others, asked))


SCENARIOS = {47: [same_everywhere]}


def some(asked: Sequence[Case], scale: float) -> list[Case]:
    """Of each part the first and every so manieth; what belongs together stays together."""
    counted: Counter[str] = Counter()
    kept = []
    for each in asked:
        if each.part in ("cache", "Idempotency-Key", "retry") or counted[each.part] % round(1 / scale) == 0:
            kept.append(each)
        counted[each.part] += 1
    return kept


@contextmanager
def _served(gateway: Gateway, upstream: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Its address, and its keys by name."""
    keys = sow(read_seed(_seed(upstream), "the cases"), gateway.backend)
    listening = bind("127.0.0.1", 0)
    serves = server(gateway.app, gateway.streams)
    thread = threading.Thread(target=serves.run, kwargs={"sockets": [listening]})
    gateway.start()
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", keys
    finally:
        serves.should_exit = True
        thread.join()
        gateway.stop()


async def _observe(gateway: Gateway, url: str, keys: dict[str, str], asked: Sequence[Case]) -> list[dict[str, Any]]:
    replies = []
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        for case in asked:
            # When a target is opened is a matter of time.
            await asyncio.to_thread(_forget_health, gateway)
            credential = {} if case.key is None else {"authorization": f"Bearer {keys[case.key]}"}
            headers = {"content-type": "application/json", **credential, **case.headers}
            replies.append(await client.request(case.method, case.path, content=case.body, headers=headers))
            if case.settled:
                await _settle(gateway)
    await _settle(gateway)
    return [await asyncio.to_thread(observed, gateway, reply) for reply in replies]


async def _settle(gateway: Gateway) -> None:
    if not await asyncio.to_thread(gateway.drain, DRAIN_SECONDS):
        raise SystemExit("The queues do not empty.")


def _forget_health(gateway: Gateway) -> None:
    records = gateway.backend.records("health")
    for record in records.query(PARTITION):
        records.delete(PARTITION, record.sort)
    for services in (gateway.services, *vars(gateway).get("_services", {}).values()):
        vars(services).pop("watch", None)


def _first(one: dict[str, Any], two: dict[str, Any]) -> str:
    """Where two differ, for whoever looks after it: these requests are nobody's."""
    name = next(each for each in one if one[each] != two[each])
    first, second = one[name], two[name]
    if isinstance(first, list) and isinstance(second, list):
        first, second = next(
            (pair for pair in zip_longest(first, second) if pair[0] != pair[1]), (len(first), len(second))
        )
    return f"{name}: {str(first)[:1500]} | {str(second)[:1500]}"


def _seed(port: int) -> str:
    keys = [
        f'[[keys]]\nname = "{name}"\ntenant = "{place.split("/")[0]}"\nproject = "{place.split("/")[1]}"\n'
        for name, place in _KEYS.items()
    ]
    tables = [_target("private", "echo", port, privacy="private")]
    tables += [_target("echo", "echo", port), _ROUTE.format(name="echo", targets='["echo"]')]
    for model in dict.fromkeys(each for models in FAULTS.values() for each in models):
        other = model + OVER_ANTHROPIC
        tables += [_target(model, model, port), _target(other, model, port, provider="anthropic")]
        for name, targets in ((model, [model]), (other, [other]), (model + BACKED, [model, "echo"])):
            tables.append(_ROUTE.format(name=name, targets=json.dumps(targets)))
    head, _, rest = _SEED.partition("[routing]")
    return head + "".join(keys) + "[routing]" + rest + "".join(tables)


def _target(name: str, model: str, port: int, *, provider: str = "openai", privacy: str = "cloud") -> str:
    address = ADDRESSES.get(model, "http://127.0.0.1:{port}/v1").format(port=port)
    return _TARGET.format(
        name=name,
        provider=provider,
        address=address,
        model=model,
        privacy=privacy,
        seconds=SECONDS if model in _SILENT else OTHERS_SECONDS,
    )
