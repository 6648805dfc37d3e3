"""Where the scenarios play: a gateway process on a folder of its own before an upstream that goes wrong."""

import asyncio
import json
import secrets
import socket
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from bench.bills import bills_of
from bench.faults.upstream import Upstream
from bench.gateway import Gateway
from sallyport.audit.reader import show
from sallyport.composition import Services
from sallyport.contracts import Ticket
from sallyport.settlement import UsageRecord
from sallyport_local.backend import EmbeddedBackend

TENANT = "range"

RECORDED_SECONDS = 60
"""How long to wait for records, which are written behind the answers; whoever waits goes on once they are there."""

TIMEOUT_SECONDS, IDLE_SECONDS = 2, 2
"""Of the targets that never answer, and of those that fall silent."""

SILENT = ("hang", "first-hangs")
PATIENT_SECONDS = 20
"""What all others have before they begin: a busy machine is no fault of theirs."""

WHERE_BEDROCK = "bedrock-"
"""Begins the names of models that the upstream serves as Bedrock does."""

BREAKS = tuple(f"{how}-{after}" for how in ("cut", "error", "spoil") for after in (1, 7, 19))
MODELS = (
    "echo",
    "slow",
    "paced",
    "hang",
    "reset",
    "half",
    "garbage",
    "html",
    "huge",
    "endless",
    "stall-5",
    "first-hangs",
    "second",
    *BREAKS,
    *(f"{WHERE_BEDROCK}{each}" for each in BREAKS),
)

_SEED = """
[tenants.range]
limits = [{{ per = "minute", requests = 1000000, tokens = 1000000000 }}, {{ per = "month", dollars = 100000 }}]
[[keys]]
name = "range"
tenant = "range"
project = "bench"
[routing]
version = "faults"
"""
_TARGET = """
[routing.targets.{name}]
{api}
privacy = "cloud"
timeout_seconds = {timeout}
idle_seconds = {idle}
price = {{{{ input = 2.0, output = 8.0 }}}}
[routing.routes.{name}]
targets = ["{name}"]
cache_ttl_seconds = 0
"""


@dataclass(frozen=True)
class Finding:
    """A row of the table: what a fault must lead to, and what it led to."""

    fault: str
    required: str
    observed: str
    passed: bool


@dataclass
class Told:
    """What the client of one request saw."""

    status: int = 0
    request_id: str = ""
    words: list[str] = field(default_factory=list)
    error: dict[str, Any] | None = None
    done: bool = False
    finish: str | None = None
    seconds: float = 0.0
    left_at: float | None = None


class Place:
    """`scale` 1 plays as often as the required numbers say, and less is for a quick look."""

    def __init__(self, gateway: Gateway, upstream: Upstream, data: Path, client: httpx.AsyncClient, scale: float):
        self.gateway = gateway
        self.upstream = upstream
        self.client = client
        self.data = data
        self.scale = scale

    def times(self, count: int) -> int:
        return max(3, round(count * self.scale))

    async def ask(
        self,
        model: str,
        nonce: str | None = None,
        text: str = "",
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> httpx.Response:
        body = _body(model, nonce or new_nonce(), text, fields)
        return await self.client.post("/v1/chat/completions", json=body, headers=headers)

    @asynccontextmanager
    async def another(
        self,
        *options: str,
        seed: str = "",
        environment: Mapping[str, str] = MappingProxyType({}),
        within: Path | None = None,
    ) -> AsyncIterator["Place"]:
        """A gateway of its own before the same upstream, with these options of `sallyport up`, its data `within`."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with tempfile.TemporaryDirectory(dir=within) as folder:
            async with _running(Path(folder), self.upstream, port, self.scale, options, seed, environment) as place:
                yield place

    async def kill_and_restart(self) -> None:
        """As by kill -9; on the same folder, and with the same key."""
        self.gateway.process.kill()
        await asyncio.to_thread(self.gateway.process.communicate)
        self.gateway = await asyncio.to_thread(self.gateway.again)

    async def stream(self, model: str, nonce: str, *, leave_after: int | None = None) -> Told:
        """Read a stream to its end, or hang up after so many words."""
        told, started = Told(), time.monotonic()
        body = _body(model, nonce, "", {"stream": True})
        async with self.client.stream("POST", "/v1/chat/completions", json=body) as reply:
            told.status, told.request_id = reply.status_code, reply.headers.get("x-request-id", "")
            if told.status != 200:
                told.error = json.loads(await reply.aread())["error"]
                return told
            async for line in reply.aiter_lines():
                _take(line, told)
                if leave_after is not None and len(told.words) >= leave_after:
                    told.left_at = time.monotonic()
                    break
        told.seconds = time.monotonic() - started
        return told

    async def records(self, requests: list[str]) -> dict[str, tuple[Ticket | None, UsageRecord | None]]:
        """Of each request what was audited and billed, once that is done. The gateway goes on running."""
        end = time.monotonic() + RECORDED_SECONDS
        while True:
            found = self._records(requests)
            if all(ticket and bill for ticket, bill in found.values()) or time.monotonic() > end:
                return found
            await asyncio.sleep(0.2)

    def _records(self, requests: list[str]) -> dict[str, tuple[Ticket | None, UsageRecord | None]]:
        backend = EmbeddedBackend.open(self.data)
        with closing(backend):
            vault, index = Services(backend).vault, backend.records("audit_index")
            bills = {bill.request_id: bill for bill in bills_of(backend)}
            opened = {each: show(each, backend.audit, index, vault) for each in requests}
        return {each: (record.ticket if record else None, bills.get(each)) for each, record in opened.items()}

    async def ended(self, model: str, outcome: str, count: int) -> int:
        """How many requests for a model are on record with this outcome, once there are `count` or it takes long."""
        end = time.monotonic() + RECORDED_SECONDS
        while (found := self._ended(model, outcome)) < count and time.monotonic() < end:
            await asyncio.sleep(0.2)
        return found

    def _ended(self, model: str, outcome: str) -> int:
        backend = EmbeddedBackend.open(self.data)
        with closing(backend):
            vault, index = Services(backend).vault, backend.records("audit_index")
            billed = [each.request_id for each in bills_of(backend) if (each.model, each.outcome) == (model, outcome)]
            records = [show(each, backend.audit, index, vault) for each in billed]
        failures = [each.ticket.failure for each in records if each]
        return sum(each is not None and each.error == outcome for each in failures)

    def open_reservations(self) -> int:
        with closing(sqlite3.connect(self.data / "sallyport.db")) as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM reservations WHERE state = 'open'")
        return int(count)

    async def settled(self, seconds: float = 10.0) -> bool:
        """Wait until what lies behind the answers is done."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.open_reservations() == 0:
                return True
            await asyncio.sleep(0.05)
        return False


type Scenario = Callable[[Place], Awaitable[list[Finding] | Finding]]


def new_nonce() -> str:
    return f"n{secrets.token_hex(6)}"


@asynccontextmanager
async def prepared(folder: Path, port: int, scale: float, *, seed: str = "") -> AsyncIterator[Place]:
    """`seed`: further targets and routes, in which `{port}` is the upstream's."""
    async with Upstream() as upstream, _running(folder, upstream, port, scale, (), seed) as place:
        yield place


@asynccontextmanager
async def _running(
    folder: Path,
    upstream: Upstream,
    port: int,
    scale: float,
    options: tuple[str, ...],
    seed: str = "",
    environment: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Place]:
    signing = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    gateway = Gateway(folder, upstream.port, port, _SEED + _targets() + seed, options, {**signing, **environment})
    headers = {"authorization": f"Bearer {gateway.key}"}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60, limits=limits
    ) as client:
        place = Place(gateway, upstream, folder / "data", client, scale)
        try:
            yield place
        finally:
            # In a thread: what the gateway still waits for is answered by the upstream, in this loop.
            await asyncio.to_thread(place.gateway.stop)


def _targets() -> str:
    return "".join(
        _TARGET.format(
            name=name,
            api=_api(name),
            timeout=TIMEOUT_SECONDS if name in SILENT else PATIENT_SECONDS,
            idle=IDLE_SECONDS,
        )
        for name in MODELS
    )


def _api(name: str) -> str:
    model = name.removeprefix(WHERE_BEDROCK)
    if model == name:
        return f'provider = "openai"\nbase_url = "http://127.0.0.1:{{port}}/v1"\nmodel = "{model}"'
    return f'provider = "bedrock"\nbase_url = "http://127.0.0.1:{{port}}"\nregion = "eu-west-1"\nmodel = "{model}"'


def _body(model: str, nonce: str, text: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"model": model, "max_tokens": 400, "messages": [{"role": "user", "content": f"{nonce} {text}"}], **fields}


def _take(line: str, told: Told) -> None:
    if not line.startswith("data: "):
        return
    if line == "data: [DONE]":
        told.done = True
        return
    event = json.loads(line.removeprefix("data: "))
    told.error = event.get("error") or told.error
    for choice in event.get("choices") or ():
        told.words += (choice["delta"].get("content") or "").split()
        told.finish = choice["finish_reason"] or told.finish
