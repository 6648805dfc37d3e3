"""Append to the audit log exactly once, whoever else appends.

The object store's exclusive create is the only point of order: batch n exists once or not at all. After it come the
index entries, then the head. Whoever finds a batch beyond the head finishes that work first, so a writer may die at any
point and a message may come twice: a record that is indexed is never written again, and one that is not is in no batch.
"""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import NonNegativeInt, PositiveInt

from sallyport.audit.chain import (
    GENESIS,
    Batch,
    SealedRecord,
    decode,
    encode,
    header_digest,
    leaf,
    make_header,
)
from sallyport.contracts import Caller, Purpose, Ticket
from sallyport.errors import StoreUnavailableError
from sallyport.message import Message, RequestId
from sallyport.ports import Blobs, Records, Signer
from sallyport.vault import Vault

HEAD = ("chain", "head")
"""Where the index keeps the last batch's sequence and hash: outside the bucket, so that a cut tail shows."""

BATCHES = "audit/"
"""Where the batches lie, and nothing else."""

_MOST_COLLISIONS = 20


class Head(Message):
    sequence: NonNegativeInt = 0
    hash: str = GENESIS


class Entry(Message):
    """What the index says of a record without opening it: enough to search by tenant, day, user, model and request."""

    request_id: RequestId
    caller: Caller
    model: str
    at: float
    outcome: str
    batch: PositiveInt


class AuditLog:
    """`vault` needs only to seal: the writer cannot read what it wrote before."""

    def __init__(self, blobs: Blobs, index: Records, signer: Signer, vault: Vault) -> None:
        self._blobs = blobs
        self._index = index
        self._signer = signer
        self._vault = vault

    def append(self, tickets: Sequence[Ticket], now: float) -> int:
        """Write what is not yet in the log as one batch, and tell how many records that were."""
        distinct: dict[str, Ticket] = {}
        for ticket in tickets:
            distinct.setdefault(ticket.request_id, ticket)
        for _ in range(_MOST_COLLISIONS):
            head = self._settled_head()
            fresh = [ticket for ticket in distinct.values() if not self._known(ticket)]
            if not fresh:
                return 0
            batch = self._batch(fresh, head, now)
            if self._blobs.create(batch_key(batch.header.sequence), encode(batch)):
                self._finish(batch, {ticket.request_id: ticket for ticket in fresh})
                return len(fresh)
        raise StoreUnavailableError("The audit log is written by too many at once. Try again.", retry_after=1.0)

    def _known(self, ticket: Ticket) -> bool:
        """Whether the log has this request. If another writer finished its batch, its searchable entry comes now."""
        record = self._index.get(*_by_request(ticket.request_id))
        if record is None:
            return False
        self._index.put(*_by_day(ticket), _entry(ticket, record.body["batch"]).to_json(), expect=0)
        return True

    def _settled_head(self) -> Head:
        """The head, after finishing whatever a dead or a faster writer left beyond it."""
        while True:
            record = self._index.get(*HEAD)
            head = Head() if record is None else Head.model_validate(dict(record.body))
            data = self._blobs.get(batch_key(head.sequence + 1))
            if data is None:
                return head
            batch = decode(data)
            if batch is None or not _follows(batch, head):
                raise StoreUnavailableError(
                    f"Batch {head.sequence + 1} of the audit log is damaged or no part of it: nothing is written "
                    "behind it. `sallyport audit verify` says what is wrong.",
                    retry_after=60.0,
                )
            self._finish(batch, {})

    def _batch(self, tickets: Sequence[Ticket], head: Head, now: float) -> Batch:
        records = tuple(self._sealed(ticket) for ticket in tickets)
        leaves = tuple(leaf(record) for record in records)
        header = make_header(
            leaves, sequence=head.sequence + 1, previous=head.hash, created_at=now, key_id=self._signer.key_id
        )
        signature = base64.b64encode(self._signer.sign(header_digest(header))).decode("ascii")
        return Batch(header=header, leaves=leaves, records=records, signature=signature)

    def _sealed(self, ticket: Ticket) -> SealedRecord:
        text = json.dumps(ticket.to_json(), separators=(",", ":"), ensure_ascii=False).encode()
        blob = self._vault.seal_bytes(text, ticket.caller.tenant, Purpose.AUDIT)
        return SealedRecord(
            request_id=ticket.request_id, tenant=ticket.caller.tenant, sealed=base64.b64encode(blob).decode("ascii")
        )

    def _finish(self, batch: Batch, tickets: dict[str, Ticket]) -> None:
        """Index a batch, then move the head to it. Done twice, it changes nothing.

        A writer that finishes for another one has no tickets, and cannot open the records: it indexes that they exist,
        and the searchable part comes with the message that the other left unacknowledged.
        """
        sequence = batch.header.sequence
        for record in batch.records:
            body: dict[str, Any] = {"batch": sequence, "tenant": record.tenant}
            self._index.put(*_by_request(record.request_id), body, expect=0)
            ticket = tickets.get(record.request_id)
            if ticket is not None:
                self._index.put(*_by_day(ticket), _entry(ticket, sequence).to_json(), expect=0)
        known = self._index.get(*HEAD)
        if known is None or known.body["sequence"] == sequence - 1:
            head = Head(sequence=sequence, hash=header_digest(batch.header).hex())
            self._index.put(*HEAD, head.to_json(), expect=0 if known is None else known.version)


def batch_key(sequence: int) -> str:
    """Twelve digits, so that the order of keys is the order of batches."""
    return f"{BATCHES}{sequence:012d}.json"


def sequence_of(key: str) -> int | None:
    """Which batch lies there; None when no batch can."""
    digits = key.removeprefix(BATCHES).removesuffix(".json")
    sequence = int(digits) if digits.isascii() and digits.isdecimal() else 0
    return sequence if sequence and batch_key(sequence) == key else None


def day_partition(tenant: str, day: str) -> str:
    return f"tenant/{tenant}/day/{day}"


def request_partition(request_id: str) -> str:
    return f"request/{request_id}"


def _follows(batch: Batch, head: Head) -> bool:
    return batch.header.sequence == head.sequence + 1 and batch.header.previous == head.hash


def _by_request(request_id: str) -> tuple[str, str]:
    return request_partition(request_id), "-"


def _by_day(ticket: Ticket) -> tuple[str, str]:
    at = datetime.fromtimestamp(ticket.received_at, UTC)
    partition = day_partition(ticket.caller.tenant, at.strftime("%Y-%m-%d"))
    return partition, f"{at.isoformat(timespec='milliseconds')}|{ticket.request_id}"


def _entry(ticket: Ticket, batch: int) -> Entry:
    return Entry(
        request_id=ticket.request_id,
        caller=ticket.caller,
        model=ticket.model,
        at=ticket.received_at,
        outcome="answered" if ticket.failure is None else ticket.failure.error,
        batch=batch,
    )
