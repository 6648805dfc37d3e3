"""AWS's stores, each failing alone as AWS and botocore fail, on the emulated deployment."""

import asyncio
import json
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from bench.faults.place import Finding, Place
from bench.faults.plain import on_aws
from bench.faults.steady import ANSWERED, wrong_in_the_books
from bench.faults.stores import Behind, StoreFault, played
from bench.faults.upstream import Upstream
from sallyport_local.emulation import EmulatedGateway
from sallyport_local.seed import read_seed, sow
from sallyport_local.server import bind, server

_SECRETS = MappingProxyType({"openai/main": "credential"})
DRAIN_SECONDS = 30

_SEED = """
[tenants.range]
limits = [{{ per = "minute", requests = 1000000, tokens = 1000000000 }}, {{ per = "month", dollars = 100000 }}]
[[keys]]
name = "range"
tenant = "range"
project = "bench"
[routing]
version = "stores"
[routing.targets.stored]
provider = "openai"
base_url = "http://127.0.0.1:{port}/v1"
model = "echo"
secret = "openai/main"
privacy = "cloud"
timeout_seconds = 10
price = {{ input = 2.0, output = 8.0 }}
[routing.routes.stored]
targets = ["stored"]
"""

type Fail = Callable[[BaseClient, str], None]
type Hits = Callable[[EmulatedGateway, BaseClient, str, Mapping[str, Any]], bool]


def throttled(client: BaseClient, operation: str) -> None:
    service = client.meta.service_model.service_name
    code = {
        "dynamodb": "ProvisionedThroughputExceededException",
        "s3": "SlowDown",
        "sns": "Throttled",
        "sqs": "RequestThrottled",
    }
    raise _error(client, operation, code.get(service, "ThrottlingException"), 400)


def failing(client: BaseClient, operation: str) -> None:
    raise _error(client, operation, "InternalServerError", 500)


def denied(client: BaseClient, operation: str) -> None:
    raise _error(client, operation, "AccessDeniedException", 403)


def away(client: BaseClient, operation: str) -> None:
    raise EndpointConnectionError(endpoint_url=client.meta.endpoint_url)


def unheard(client: BaseClient, operation: str) -> None:
    """Nobody takes the connection."""
    time.sleep(client.meta.config.connect_timeout)  # type: ignore[attr-defined]
    raise ConnectTimeoutError(endpoint_url=client.meta.endpoint_url)


def silent(client: BaseClient, operation: str) -> None:
    """The connection is taken, and no answer comes."""
    time.sleep(client.meta.config.read_timeout)  # type: ignore[attr-defined]
    raise ReadTimeoutError(endpoint_url=client.meta.endpoint_url)


def slow(client: BaseClient, operation: str) -> None:
    _late(client, operation, 1.0)


def five_seconds_slow(client: BaseClient, operation: str) -> None:
    _late(client, operation, 5.0)


def _late(client: BaseClient, operation: str, seconds: float) -> None:
    if client.meta.config.read_timeout < seconds:  # type: ignore[attr-defined]
        silent(client, operation)
    time.sleep(seconds)


def contended(client: BaseClient, operation: str) -> None:
    """Others write the same at the same time, each time."""
    if operation == "TransactWriteItems":
        error = _error(client, operation, "TransactionCanceledException", 400)
        error.response["CancellationReasons"] = [{"Code": "TransactionConflict"}] * 25
        raise error
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        raise _error(client, operation, "ConditionalCheckFailedException", 400)


def _error(client: BaseClient, operation: str, code: str, status: int) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "injected"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    kind: type[ClientError] = client.exceptions.from_code(code)  # type: ignore[assignment]
    return kind(response, operation)


def table(variable: str) -> Hits:
    """Of DynamoDB, the table that this variable of the functions' environment names."""

    def hits(gateway: EmulatedGateway, client: BaseClient, operation: str, given: Mapping[str, Any]) -> bool:
        name = gateway.stack.environment()[variable]
        written = [next(iter(each.values())) for each in given.get("TransactItems", ())]
        return any(each.get("TableName") == name for each in (given, *written))

    return hits


def service(name: str, *operations: str) -> Hits:
    def hits(gateway: EmulatedGateway, client: BaseClient, operation: str, given: Mapping[str, Any]) -> bool:
        return client.meta.service_model.service_name == name and (not operations or operation in operations)

    return hits


@asynccontextmanager
async def while_it(fail: Fail, hits: Hits, gateway: EmulatedGateway, fresh: bool) -> AsyncIterator[None]:
    """`fresh`: new containers, which remember nothing of before."""

    def on_call(client: BaseClient, operation: str, given: Mapping[str, Any]) -> None:
        if hits(gateway, client, operation, given):
            fail(client, operation)

    gateway.on_call = on_call
    if fresh:
        gateway.renew()
    try:
        yield
    finally:
        gateway.on_call = lambda *_: None


def fault(
    row: int, store: str, hits: Hits, fail: Fail, *told: str, fresh: bool = False, **more: Any
) -> StoreFault[EmulatedGateway]:
    how = f"{fail.__name__.replace('_', ' ')}{', new containers' if fresh else ''}"
    return StoreFault(row, store, how, told, lambda gateway: while_it(fail, hits, gateway, fresh), **more)


_NO_STORE, _NO_VAULT, _NO_AUDIT = "503 store_unavailable", "503 vault_unavailable", "503 audit_unavailable"
_NO_CREDENTIAL = "502 provider_unavailable"
_LEDGER, _CACHE, _CONFIGURATION = table("LEDGER_TABLE"), table("CACHE_TABLE"), table("CONFIGURATION_TABLE")

FAULTS: tuple[StoreFault[EmulatedGateway], ...] = (
    fault(31, "DynamoDB, keys", table("KEYS_TABLE"), throttled, ANSWERED),
    fault(31, "DynamoDB, keys", table("KEYS_TABLE"), away, _NO_STORE, fresh=True),
    fault(31, "DynamoDB, configuration", _CONFIGURATION, failing, ANSWERED),
    fault(31, "DynamoDB, configuration", _CONFIGURATION, away, _NO_STORE, fresh=True),
    fault(31, "DynamoDB, ledger", _LEDGER, throttled, _NO_STORE),
    fault(31, "DynamoDB, ledger", _LEDGER, failing, _NO_STORE, short=False),
    fault(31, "DynamoDB, ledger", _LEDGER, away, _NO_STORE, short=False),
    fault(31, "DynamoDB, ledger", _LEDGER, slow, ANSWERED, within=1.5, lasts=3, short=False),
    fault(31, "DynamoDB, ledger", _LEDGER, five_seconds_slow, _NO_STORE, within=2, lasts=3.5, short=False),
    fault(31, "DynamoDB, ledger", _LEDGER, contended, _NO_STORE, within=8, lasts=3.5, short=False),
    fault(31, "DynamoDB, cache", _CACHE, contended, ANSWERED, short=False),
    fault(31, "DynamoDB, keys", table("KEYS_TABLE"), five_seconds_slow, ANSWERED, within=2, short=False),
    fault(31, "DynamoDB, ledger", _LEDGER, silent, _NO_STORE, within=2, lasts=3.5),
    fault(31, "DynamoDB, cache", _CACHE, throttled, ANSWERED, short=False),
    fault(31, "DynamoDB, cache", _CACHE, unheard, ANSWERED, short=False, within=0.6),
    fault(31, "DynamoDB, cache", _CACHE, silent, ANSWERED, within=0.6),
    fault(31, "DynamoDB, health", table("HEALTH_TABLE"), away, ANSWERED, short=False),
    fault(31, "DynamoDB, health", table("HEALTH_TABLE"), silent, ANSWERED, fresh=True),
    fault(31, "DynamoDB, answers", table("ANSWERS_TABLE"), away, _NO_STORE, kind="keyed"),
    fault(31, "DynamoDB, answers", table("ANSWERS_TABLE"), away, ANSWERED, short=False),
    fault(31, "DynamoDB, usage", table("USAGE_TABLE"), throttled, ANSWERED),
    fault(31, "DynamoDB, audit index", table("AUDIT_INDEX_TABLE"), away, ANSWERED),
    fault(31, "S3", service("s3"), failing, ANSWERED, short=False),
    fault(31, "S3", service("s3"), throttled, _NO_STORE, kind="large"),
    fault(31, "SNS", service("sns"), throttled, _NO_AUDIT, within=3, lasts=4, before=False),
    fault(31, "SNS", service("sns"), away, "200, then an error", kind="stream", lasts=3, before=False, short=False),
    fault(31, "SQS", service("sqs"), away, ANSWERED),
    fault(31, "SQS", service("sqs"), throttled, _NO_AUDIT, kind="stream", within=3, lasts=4),
    fault(31, "Step Functions", service("stepfunctions"), throttled, _NO_STORE),
    fault(33, "KMS", service("kms"), throttled, ANSWERED),
    fault(33, "KMS", service("kms"), away, _NO_STORE, _NO_VAULT, fresh=True),
    fault(33, "KMS", service("kms"), denied, _NO_STORE, _NO_VAULT, fresh=True, short=False),
    fault(33, "KMS", service("kms", "GenerateDataKey", "Decrypt"), throttled, _NO_VAULT, fresh=True),
    fault(33, "Secrets Manager", service("secretsmanager"), away, ANSWERED),
    fault(33, "Secrets Manager", service("secretsmanager"), throttled, _NO_CREDENTIAL, fresh=True),
)
"""SNS alone is asked when the model has answered: what cannot be recorded is not given, or ends in an error."""


async def data(place: Place) -> list[Finding]:
    """Tables, buckets, topic, queues and workflow."""
    return await _play(place, 31)


async def secrets(place: Place) -> list[Finding]:
    """Keys and credentials."""
    return await _play(place, 33)


SCENARIOS = {31: [data], 33: [secrets]}


async def _play(place: Place, row: int) -> list[Finding]:
    with deployed(place.upstream) as behind:
        return await played([each for each in FAULTS if each.row == row], behind, place.scale)


@contextmanager
def deployed(
    upstream: Upstream,
    *,
    hidden: int = 1,
    tries: int | None = 1000,
    seed: str = "",
    secrets: Mapping[str, str] = _SECRETS,
) -> Iterator[Behind[EmulatedGateway]]:
    """A gateway on an emulated AWS. A message that was received is `hidden` for so many seconds instead of minutes.

    `tries`: how often it may fail; None for as often as the template says. `seed`: further targets and routes.
    """
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
    gateway = EmulatedGateway.open(secrets=secrets)
    key = sow(read_seed((_SEED + seed).format(port=upstream.port), "the stores"), gateway.backend)["range"]
    _deliver_again_soon(gateway, hidden, tries)
    listening = bind("127.0.0.1", 0)
    serves = server(gateway.app, gateway.streams)
    thread = threading.Thread(target=serves.run, kwargs={"sockets": [listening]})
    gateway.start()
    thread.start()

    async def check(answered: set[str]) -> list[str]:
        if not await asyncio.to_thread(gateway.drain, DRAIN_SECONDS):
            return ["the queues do not empty"]
        return await asyncio.to_thread(wrong_in_the_books, gateway.backend, answered, time.time(), on_aws(gateway))

    try:
        yield Behind(f"http://127.0.0.1:{listening.getsockname()[1]}", key, upstream, gateway, check)
    finally:
        serves.should_exit = True
        thread.join()
        gateway.stop()


def _deliver_again_soon(gateway: EmulatedGateway, hidden: int, tries: int | None) -> None:
    sqs: Any = gateway.operator.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        known = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        changed = {"VisibilityTimeout": str(hidden)}
        if tries is not None and "RedrivePolicy" in known:
            changed["RedrivePolicy"] = json.dumps(json.loads(known["RedrivePolicy"]) | {"maxReceiveCount": tries})
        sqs.set_queue_attributes(QueueUrl=url, Attributes=changed)
