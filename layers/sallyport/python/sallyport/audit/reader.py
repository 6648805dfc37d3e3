"""Read the audit log as an auditor: verify it from end to end, find a request, open its record."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import NonNegativeInt

from sallyport.audit.chain import GENESIS, decode, header_digest, problems
from sallyport.audit.log import HEAD, Entry, Head, batch_key, day_partition, request_partition
from sallyport.contracts import Message, Purpose, Ticket
from sallyport.ports import Blobs, Records
from sallyport.vault import Vault


class Verification(Message):
    """What was read, and everything that is wrong, first things first."""

    batches: NonNegativeInt
    records: NonNegativeInt
    problems: tuple[str, ...]


def verify(
    blobs: Blobs, index: Records, public_key: bytes, *, progress: Callable[[int, int], None] = lambda done, of: None
) -> Verification:
    """Check every batch up to the head, which lies outside the log, so that a cut tail shows too.

    `progress` is told how many of how many batches are done.
    """
    record = index.get(*HEAD)
    head = Head() if record is None else Head.model_validate(dict(record.body))
    keys = sorted(set(blobs.list("audit/")) | {batch_key(sequence) for sequence in range(1, head.sequence + 1)})
    found: list[str] = []
    previous, last, seen = GENESIS, GENESIS, 0
    for done, key in enumerate(keys, start=1):
        batch = decode(blobs.get(key) or b"")
        if batch is None:
            missing = blobs.get(key) is None
            found.append(f"{_name(key)} {'is missing' if missing else 'is damaged: it is no batch any more'}")
            previous = ""
        else:
            expected = _sequence(key)
            wrong = list(
                problems(batch, sequence=expected, previous=previous or batch.header.previous, public_key=public_key)
            )
            found += wrong
            seen += len(batch.records)
            previous = header_digest(batch.header).hex()
            last = previous if expected <= head.sequence else last
        progress(done, len(keys))
    if head.sequence and last != head.hash and not found:
        found.append(f"the log does not end in the batch {head.sequence} that the index knows: its tail was replaced")
    if record is None and keys:
        found.append("the index has no head although there are batches: it was emptied, or belongs to another log")
    return Verification(batches=len(keys), records=seen, problems=tuple(found))


def find(
    index: Records, *, tenant: str, day: str, user: str | None = None, model: str | None = None
) -> Iterator[Entry]:
    """A tenant's requests of one UTC day (`2026-11-20`), in the order they came."""
    start = ""
    while page := index.query(day_partition(tenant, day), start=start):
        for record in page:
            entry = Entry.model_validate(dict(record.body))
            if (user is None or entry.caller.user == user) and (model is None or entry.model == model):
                yield entry
        start = page[-1].sort + "\0"


def show(request_id: str, blobs: Blobs, index: Records, vault: Vault) -> Ticket | None:
    """Open one record. None when the log has no such request; VaultUnavailableError when it may not be opened."""
    known = index.get(request_partition(request_id))
    if known is None:
        return None
    batch = decode(blobs.get(batch_key(known.body["batch"])) or b"")
    for record in batch.records if batch else ():
        if record.request_id == request_id:
            opened = vault.open_bytes(base64.b64decode(record.sealed), record.tenant, Purpose.AUDIT)
            fields: dict[str, Any] = json.loads(opened)
            return Ticket.model_validate(fields)
    return None


def _sequence(key: str) -> int:
    digits = key.removeprefix("audit/").removesuffix(".json")
    return int(digits) if digits.isdigit() else 0


def _name(key: str) -> str:
    return f"batch {_sequence(key)}" if _sequence(key) else f"the object {key}"
