"""A gateway that is up, on either backend, with what a test asks of it."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai

from sallyport.audit.reader import show
from sallyport.configuration import Configuration
from sallyport.contracts import Ticket
from sallyport.settlement import UsageRecord, day_of, usage_partition
from sallyport.watch import PARTITION
from sallyport_local.seed import read_seed, sow
from sallyport_local.server import bind, server

DRAIN_SECONDS = 60.0
"""Patience with a busy machine: whoever waits goes on as soon as the queues are empty."""

HANGING_SECONDS, PATIENT_SECONDS = 0.3, 20
"""What a target has that never answers, and what others have: a busy machine is no fault of theirs."""

SEED = """
[tenants.acme]
limits = [{{ per = "month", dollars = 1000 }}]
[tenants.acme.projects.fraud]
redaction = {{ CREDIT_CARD = "route_private", US_SSN = "block" }}
[tenants.acme.projects.european]
allowed_regions = ["eu-*"]
[tenants.acme.projects.health]
redaction = {{ EMAIL = ["mask", "route_private"], MAC_ADDRESS = "hash" }}
denied_terms = ["project falcon"]
answers = "report"
detectors = [{{ type = "BADGE", patterns = ["B-[0-9]{{6}}"] }}]
[tenants.acme.projects.masking]
answers = "mask"
denied_terms = ["falcon heights"]
[tenants.acme.projects.blocking]
answers = "block"
[tenants.acme.projects.choosing]
answers = {{ default = "report", CREDIT_CARD = "mask", PHONE = "allow", IBAN = "block" }}
[tenants.small]
models = ["echo"]
max_tokens = 2000
max_content_bytes = 20000
limits = [{{ per = "day", requests = 3 }}]
[tenants.poor]
limits = [{{ per = "month", dollars = 0.001 }}]
[tenants.thrifty]
limits = [{{ per = "month", dollars = 0.01 }}]
on_exceeded = "cheaper_model"
cheaper_model = "free"

[tenants.a]
share = 3
limits = [{{ per = "day", requests = 1000 }}]
[tenants.b]
share = 5
[tenants.c]
share = 5

[[keys]]
name = "a"
tenant = "a"
project = "web"
[[keys]]
name = "b"
tenant = "b"
project = "web"
[[keys]]
name = "c"
tenant = "c"
project = "web"
[[keys]]
name = "app"
tenant = "acme"
project = "web"
user = "agent-7"
[[keys]]
name = "fraud"
tenant = "acme"
project = "fraud"
[[keys]]
name = "health"
tenant = "acme"
project = "health"
[[keys]]
name = "masking"
tenant = "acme"
project = "masking"
[[keys]]
name = "blocking"
tenant = "acme"
project = "blocking"
[[keys]]
name = "choosing"
tenant = "acme"
project = "choosing"
[[keys]]
name = "european"
tenant = "acme"
project = "european"
[[keys]]
name = "small"
tenant = "small"
project = "web"
[[keys]]
name = "poor"
tenant = "poor"
project = "web"
[[keys]]
name = "thrifty"
tenant = "thrifty"
project = "web"
[[keys]]
name = "stranger"
tenant = "unknown"
project = "web"

[routing]
version = "e2e"
{targets}
[routing.targets.free]
provider = "simulated"
model = "simulated"
privacy = "private"
[routing.routes.free]
targets = ["free"]
[routing.routes.echo]
targets = ["echo"]
[routing.routes.uncached]
targets = ["echo"]
cache_ttl_seconds = 0
[routing.routes.shared]
targets = ["shared"]
cache_ttl_seconds = 0
[routing.routes.shared-first]
targets = ["shared", "echo"]
cache_ttl_seconds = 0
[routing.routes.behind]
targets = ["behind"]
cache_ttl_seconds = 0
[routing.routes.before-behind]
targets = ["closing", "behind"]
cache_ttl_seconds = 0
[routing.routes.behind-streams]
targets = ["behind-streams"]
cache_ttl_seconds = 0
[routing.routes.before-behind-streams]
targets = ["closing", "behind-streams"]
cache_ttl_seconds = 0
[routing.routes.house]
targets = ["echo", "house"]
[routing.routes.walled]
targets = ["broken-house", "echo"]
[routing.routes.throttled]
targets = ["throttled", "backup"]
[routing.routes.broken]
targets = ["broken", "backup"]
[routing.routes.hanging]
targets = ["hanging", "backup"]
[routing.routes.closing]
targets = ["closing", "backup"]
[routing.routes.garbage]
targets = ["garbage", "backup"]
[routing.routes.strict]
targets = ["strict", "backup"]
[routing.routes.locked]
targets = ["locked", "backup"]
[routing.routes.patient]
targets = ["patient"]
[routing.routes.cutting]
targets = ["broken", "cutting", "backup"]
[routing.routes.moment]
targets = ["moment"]
[routing.routes.doomed]
targets = ["throttled", "broken", "closing"]
[routing.routes.too-long]
targets = ["strict", "equal", "larger"]
[routing.routes.weighted]
targets = ["echo", "backup"]
strategy = "weighted"
weights = {{ echo = 0 }}
cache_ttl_seconds = 0
[routing.routes.least-cost]
targets = ["echo", "cheap"]
strategy = "least_cost"
[routing.routes.least-latency]
targets = ["echo", "backup"]
strategy = "least_latency"
[routing.routes.by-context-size]
targets = ["larger", "cheap", "echo"]
strategy = "by_context_size"
[routing.routes.by-capability]
targets = ["echo", "cheap", "talks"]
strategy = "by_capability"
[routing.routes.talks]
targets = ["talks"]
[routing.routes.sticky]
targets = ["echo", "backup", "cheap", "larger"]
strategy = "sticky"
cache_ttl_seconds = 0
[routing.routes.resident]
targets = ["echo", "frankfurt"]
[routing.routes.vectors]
targets = ["vectors"]
[routing.routes.vectors-house]
targets = ["vectors", "vectors-house"]
[routing.routes.vectors-broken]
targets = ["vectors-broken", "vectors"]
"""

_STRATEGIC = """
[routing.targets.shared]
provider = "openai"
base_url = "{url}"
model = "echo"
privacy = "cloud"
limits = {{ requests = 13 }}
[routing.targets.behind]
provider = "openai"
base_url = "{url}"
model = "echo"
privacy = "cloud"
limits = {{ requests = 13 }}
[routing.targets.behind-streams]
provider = "openai"
base_url = "{url}"
model = "echo"
privacy = "cloud"
limits = {{ requests = 13 }}
[routing.targets.equal]
provider = "openai"
base_url = "{url}"
model = "equal"
privacy = "cloud"
[routing.targets.frankfurt]
provider = "openai"
base_url = "{url}"
model = "frankfurt"
region = "eu-central-1"
privacy = "cloud"
[routing.targets.larger]
provider = "openai"
base_url = "{url}"
model = "larger"
privacy = "cloud"
context_tokens = 1000000
price = {{ input = 2.0, output = 8.0 }}
[routing.targets.cheap]
provider = "openai"
base_url = "{url}"
model = "cheap"
privacy = "cloud"
context_tokens = 2000
capabilities = ["tools"]
price = {{ input = 1.0, output = 4.0 }}
[routing.targets.talks]
provider = "openai"
base_url = "{url}"
model = "talks"
privacy = "cloud"
capabilities = []
"""

_VECTORS = """
[routing.targets.{name}]
provider = "openai"
operation = "embed"
base_url = "{url}"
model = "{model}"
vectors = "e2e"
secret = "openai/main"
privacy = "{privacy}"
timeout_seconds = 5
price = {{ input = 2.0 }}
"""

_TARGET = """
[routing.targets.{name}]
provider = "openai"
base_url = "{url}"
model = "{name}"
secret = "openai/main"
privacy = "{privacy}"
timeout_seconds = {timeout}
price = {{ input = 2.0, output = 8.0 }}
"""
TARGETS = (
    "echo",
    "backup",
    "throttled",
    "broken",
    "hanging",
    "closing",
    "garbage",
    "strict",
    "locked",
    "patient",
    "cutting",
    "moment",
)

WALLED = ("throttled", "broken", "hanging", "closing", "garbage", "locked")
"""What private targets fail with, each before one in the cloud."""


def seed_text(upstream_url: str) -> str:
    def target(name: str, fault: str, privacy: str) -> str:
        timeout = HANGING_SECONDS if fault == "hanging" else PATIENT_SECONDS
        return _TARGET.format(name=name, url=upstream_url, privacy=privacy, timeout=timeout)

    tables = [target(name, name, "cloud") for name in TARGETS]
    tables.append(target("house", "none", "private"))
    tables.append(tables[-1].replace("targets.house", "targets.broken-house").replace('"house"', '"broken"'))
    for fault in WALLED:
        tables.append(target(f"walled-{fault}", fault, "private"))
        tables[-1] = tables[-1].replace(f'model = "walled-{fault}"', f'model = "{fault}"')
        tables.append(f'[routing.routes.walled-{fault}]\ntargets = ["walled-{fault}", "echo"]')
    for name, model in (("vectors", "vectors"), ("vectors-house", "vectors"), ("vectors-broken", "broken")):
        privacy = "private" if name == "vectors-house" else "cloud"
        tables.append(_VECTORS.format(name=name, model=model, url=upstream_url, privacy=privacy))
    tables.append(_STRATEGIC.format(url=upstream_url))
    return SEED.format(targets="".join(tables))


class Running:
    """`gateway` is an EmbeddedGateway or an EmulatedGateway; both have one face."""

    def __init__(self, name: str, gateway: Any, url: str, keys: dict[str, str], folder: Path | None) -> None:
        self.name = name
        self.gateway = gateway
        self.url = url
        self.keys = keys
        self.folder = folder
        self._clients: list[openai.OpenAI] = []

    def place(self, target: str) -> str:
        """Under what its health is kept."""
        table = Configuration(self.gateway.backend.records("configuration"), clock=time.time).routing_table()
        return table.targets[target].place(target)

    def client(self, key: str = "app") -> openai.OpenAI:
        # Whoever has no certificates to check need not read all of those that this machine trusts.
        http = openai.DefaultHttpxClient(verify=False)
        client = openai.OpenAI(base_url=f"{self.url}/v1", api_key=self.keys[key], max_retries=0, http_client=http)
        self._clients.append(client)
        return client

    def hang_up(self) -> None:
        for client in self._clients:
            client.close()

    def ask(self, text: str, model: str = "echo", key: str = "app", **fields: Any) -> httpx.Response:
        headers = fields.pop("headers", {})
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self.post(body, key, headers)

    def post(
        self,
        body: dict[str, Any],
        key: str = "app",
        headers: dict[str, str] | None = None,
        path: str = "/v1/chat/completions",
    ) -> httpx.Response:
        authorization = {"Authorization": f"Bearer {self.keys[key]}"}
        every = {**authorization, **(headers or {})}
        return httpx.post(f"{self.url}{path}", json=body, headers=every, timeout=60, verify=False)

    def embed(self, *texts: str, model: str = "vectors", key: str = "app", **fields: Any) -> httpx.Response:
        return httpx.post(
            f"{self.url}/v1/embeddings",
            json={"model": model, "input": texts, **fields},
            headers={"Authorization": f"Bearer {self.keys[key]}"},
            timeout=60,
            verify=False,
        )

    def settle(self) -> None:
        """Wait until what lies behind the answers is done."""
        assert self.gateway.drain(DRAIN_SECONDS), "queues did not empty"

    def forget_health(self) -> None:
        """Every target is as if it had never failed."""
        records = self.gateway.backend.records("health")
        for record in records.query(PARTITION):
            records.delete(PARTITION, record.sort)
        for services in (self.gateway.services, *vars(self.gateway).get("_services", {}).values()):
            vars(services).pop("watch", None)

    def path(self, request_id: str) -> list[str]:
        """The states that a request went through."""
        trace = self.gateway.traces.find(request_id)
        return [visit["state"] for visit in trace["states"]]

    def audited(self, request_id: str) -> Ticket | None:
        backend, services = self.gateway.backend, self.gateway.services
        record = show(request_id, backend.audit, backend.records("audit_index"), services.vault)
        return record and record.ticket

    def billed(self, request_id: str, ticket: Ticket) -> UsageRecord | None:
        partition = usage_partition(ticket.caller.tenant, day_of(ticket.received_at))
        record = self.gateway.backend.records("usage").get(partition, request_id)
        return None if record is None else UsageRecord.model_validate(dict(record.body))


@contextlib.contextmanager
def serving(name: str, gateway: Any, upstream_url: str, folder: Path | None) -> Iterator[Running]:
    """Sow the seed, serve on a free port from a thread, and stop at the end."""
    keys = sow(read_seed(seed_text(upstream_url), "the test's seed"), gateway.backend)
    listening = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    serves = server(gateway.app, gateway.streams)
    thread = threading.Thread(target=serves.run, kwargs={"sockets": [listening]})
    gateway.start()
    thread.start()
    running = Running(name, gateway, url, keys, folder)
    try:
        yield running
    finally:
        running.hang_up()
        serves.should_exit = True
        thread.join()
        gateway.stop()


def as_json(response: httpx.Response) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(response.content)
    return parsed
