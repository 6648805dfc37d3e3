"""What lies behind the answers, as SQS delivers it: twice, in no order, again after a while; and one that is poison."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from botocore.client import BaseClient

from bench.bills import bills_of
from bench.faults.aws_stores import deployed, throttled
from bench.faults.place import Finding, Place, new_nonce
from bench.faults.steady import CLIENTS
from bench.faults.stores import Behind
from sallyport_local.emulation import EmulatedGateway
from sallyport_local.functions import ROOT
from sallyport_local.template import read_template

QUEUES = ("settle", "audit")
MESSAGES, ROUND, TWICE, BATCH = 1000, 100, 0.3, 10
TRIES = 3
HIDDEN_SECONDS = 5
"""Longer than a batch takes, as a queue's must be."""
_PATIENCE_SECONDS = 600.0
"""The emulated AWS deals with some ten messages a second."""

type Gateway = EmulatedGateway
type Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class _Round:
    """`lost`: batches that were delivered again since nobody heard that they were done."""

    billed: int
    twice: int
    lost: int
    wrong: list[str]


async def delivered_again(place: Place) -> Finding:
    """Three of ten messages come twice, all in no order, and three of ten batches again after they were hidden.

    In rounds, each on an account of its own: the emulated one copies all of its tables for each transaction.
    """
    count = place.times(MESSAGES)
    chance = random.Random(34)
    sizes = [min(ROUND, count - start) for start in range(0, count, ROUND)]
    rounds = [await _round(place, size, chance) for size in sizes]
    billed, wrong = sum(each.billed for each in rounds), [what for each in rounds for what in each.wrong]
    lost = sum(each.lost for each in rounds)
    return Finding(
        f"{TWICE:.0%} of {count} messages delivered twice, all in no order, some again after their visibility timeout",
        f"{count} effects: each request audited once and billed once, and the ledger has what the bills say",
        f"{billed} billed; {sum(each.twice for each in rounds)} messages of {' and '.join(QUEUES)} twice, {lost} of "
        f"their batches again; {'; '.join(wrong) or 'the books agree'}",
        not wrong and billed == count and lost > 0,
    )


async def _round(place: Place, count: int, chance: random.Random) -> _Round:
    with deployed(place.upstream, hidden=HIDDEN_SECONDS) as behind:
        gateway = behind.stage
        async with held(gateway):
            answered = await _answered(behind, count)
            twice = [await asyncio.to_thread(_shuffled, gateway, queue, chance) for queue in QUEUES]
        lost = _Lost(chance)
        gateway.on_call = lost
        await _drained(gateway)
        gateway.on_call = lambda *_: None
        wrong = await behind.check(answered)
        bills = [each.request_id for each in bills_of(gateway.backend)]
    if len(bills) != len(set(bills)) or set(bills) != answered:
        wrong.append("what is billed is not what was answered")
    return _Round(len(bills), sum(twice), lost.count, wrong)


async def poison(place: Place) -> Finding:
    """One of ten messages cannot be read: nine are dealt with; mended and redriven, so is it."""
    with deployed(place.upstream, hidden=HIDDEN_SECONDS, tries=None) as behind:
        gateway = behind.stage
        async with held(gateway):
            answered = await _answered(behind, BATCH)
            bad = await asyncio.to_thread(_spoilt, gateway)
        await _drained(gateway)
        done = {each.request_id for each in bills_of(gateway.backend)} & _audited(gateway)
        dead = {queue: _taken(gateway, f"{queue}-dead-letters") for queue in QUEUES}
        # To look at one is to receive it once more.
        tries = [int(each["Attributes"]["ApproximateReceiveCount"]) - 1 for found in dead.values() for each in found]
        depths = {queue: len(found) for queue, found in dead.items()}
        told = sum(_alarms(queue, depth) for queue, depth in depths.items())
        for queue in QUEUES:
            _send(gateway, queue, [bad[queue]] * len(dead[queue]))
        wrong = await behind.check(answered)
    return Finding(
        f"one message that cannot be read among {BATCH}",
        f"{BATCH - 1} are dealt with, one is a dead letter after {TRIES} tries at most, and an alarm says so; "
        "mended and redriven, it is dealt with too",
        f"{len(done)} audited and billed; dead letters of {depths} "
        f"after {tries} tries; {told} alarms; redriven: {'; '.join(wrong) or 'the books agree'}",
        len(done) == BATCH - 1 and len(tries) == told == len(QUEUES) and max(tries) <= TRIES and not wrong,
    )


SCENARIOS = {34: [delivered_again], 35: [poison]}


class _Lost:
    """Of what functions delete, three batches in ten stay where they are: Lambda was not heard."""

    def __init__(self, chance: random.Random) -> None:
        self.count = 0
        self._chance = chance

    def __call__(self, client: BaseClient, operation: str, given: Mapping[str, Any]) -> None:
        if operation == "DeleteMessageBatch" and self._chance.random() < TWICE:
            self.count += 1
            throttled(client, operation)


async def _drained(gateway: Gateway) -> None:
    """Looked at now and then: to count what is in full queues holds up whoever empties them."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not await asyncio.to_thread(gateway.drain, 0.0):
        if time.monotonic() > end:
            raise SystemExit("The queues do not empty.")
        await asyncio.sleep(1.0)


@asynccontextmanager
async def held(gateway: Gateway) -> AsyncIterator[None]:
    """Nothing is received meanwhile, so that what is published stays in the queues."""

    def on_call(client: BaseClient, operation: str, given: Mapping[str, Any]) -> None:
        if operation == "ReceiveMessage":
            throttled(client, operation)

    gateway.on_call = on_call
    try:
        yield
    finally:
        gateway.on_call = lambda *_: None


async def _answered(behind: Behind[Gateway], count: int) -> set[str]:
    """The ids of so many requests, a few of which are asked at once."""
    gate = asyncio.Semaphore(CLIENTS)
    headers = {"authorization": f"Bearer {behind.key}"}

    async def one() -> str:
        body = {"model": "stored", "messages": [{"role": "user", "content": new_nonce()}]}
        async with gate:
            # As an SDK does: who is told to come back comes back.
            while (reply := await client.post("/v1/chat/completions", json=body)).status_code == 503:
                await asyncio.sleep(float(reply.headers["retry-after"]))
        return str(reply.raise_for_status().headers["x-request-id"])

    async with httpx.AsyncClient(base_url=behind.url, headers=headers, timeout=60) as client:
        return set(await asyncio.gather(*(one() for _ in range(count))))


def _shuffled(gateway: Gateway, queue: str, chance: random.Random) -> int:
    """How many messages are there twice now."""
    messages = _taken(gateway, queue)
    twice = chance.sample(messages, round(TWICE * len(messages)))
    both = [each["Body"] for each in (*messages, *twice)]
    chance.shuffle(both)
    _send(gateway, queue, both)
    return len(twice)


def _spoilt(gateway: Gateway) -> dict[str, str]:
    """In each queue, half of one body is missing; as they were, by their queues. It is the same request's in both."""
    bodies = {queue: [each["Body"] for each in _taken(gateway, queue)] for queue in QUEUES}
    whole = min(bodies[QUEUES[0]])
    for queue, each in bodies.items():
        _send(gateway, queue, [body[: len(body) // 2] if body == whole else body for body in each])
    return dict.fromkeys(QUEUES, whole)


def _taken(gateway: Gateway, queue: str) -> Messages:
    """All that is in a queue, which then is empty."""
    sqs, url = _queue(gateway, queue)
    found: Messages = []
    while got := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"], VisibilityTimeout=60
    ).get("Messages", []):
        entries = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(got)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)
        found += got
    return found


def _send(gateway: Gateway, queue: str, bodies: Sequence[str]) -> None:
    sqs, url = _queue(gateway, queue)
    for start in range(0, len(bodies), 10):
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


def _queue(gateway: Gateway, name: str) -> tuple[Any, str]:
    sqs: Any = gateway.operator.client("sqs")
    (url,) = (each for each in sqs.list_queues()["QueueUrls"] if each.endswith(f"-{name}"))
    return sqs, url


def _audited(gateway: Gateway) -> set[str]:
    audit = gateway.backend.audit
    return {
        record["request_id"]
        for key in audit.list("audit/")
        for record in json.loads(audit.get(key) or b"{}")["records"]
    }


def _alarms(queue: str, depth: int) -> int:
    """How many alarms of the template go off with so many messages among the queue's dead letters."""
    resources = read_template(ROOT / "ops" / "alarms.yaml")["Resources"].values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    watching = [each for each in alarms if f"-{queue}-dead-letters" in json.dumps(each.get("Dimensions", ""))]
    return sum(each["ComparisonOperator"] == "GreaterThanThreshold" and depth > each["Threshold"] for each in watching)
