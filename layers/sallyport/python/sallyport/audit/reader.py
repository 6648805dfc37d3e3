"""Read the audit log as an auditor: verify it from end to end, find a request, open its record."""

from collections.abc import Callable, Iterator

from pydantic import NonNegativeInt, PositiveInt

from sallyport.audit.chain import GENESIS, Batch, decode, header_digest, problems
from sallyport.audit.log import BATCHES, HEAD, Entry, Head, batch_key, day_partition, request_partition, sequence_of
from sallyport.contracts import Purpose, Sealed, Ticket
from sallyport.errors import StoreUnavailableError
from sallyport.message import Message
from sallyport.paging import every
from sallyport.ports import Blobs, Records
from sallyport.vault import Vault


class Verification(Message):
    """What was read, and everything that is wrong, first things first."""

    batches: NonNegativeInt
    records: NonNegativeInt
    problems: tuple[str, ...]


class AuditRecord(Message):
    """One request as it was recorded, in which batch, and when that was written (a UNIX time)."""

    batch: PositiveInt
    written_at: float
    ticket: Ticket


def verify(
    blobs: Blobs, index: Records, public_key: bytes, *, progress: Callable[[int, int], None] = lambda done, of: None
) -> Verification:
    """Check every batch, and that the log ends where the index says, which lies outside it, so that a cut tail shows.

    `progress` is told how many of how many batches are done. Cut off together with an index that was set back to the
    same moment, a tail is not missed by anybody: against that stand Object Lock and a backup of the head.
    """
    # Listed before the head is read: a writer at work meanwhile leaves at most one batch beyond it.
    listed = list(blobs.list(BATCHES))
    record = index.get(*HEAD)
    head = Head() if record is None else Head.model_validate(dict(record.body))
    found = [f"the object {key} is no batch and does not belong here" for key in listed if sequence_of(key) is None]
    sequences = sorted({*filter(None, map(sequence_of, listed)), *range(1, head.sequence + 1)})
    walk = _Walk(head, public_key)
    for done, sequence in enumerate(sequences, start=1):
        found += walk.step(sequence, blobs.get(batch_key(sequence)))
        progress(done, len(sequences))
    if sequences and record is None:
        found.append(
            "the index has no head although there are batches: it was emptied, or belongs to another log "
            "(if the very first batch was written just now, verify again)"
        )
    elif sequences and sequences[-1] > head.sequence + 1:
        found.append(
            f"the index ends at batch {head.sequence}, the log at batch {sequences[-1]}: the index was set back, "
            "or lost its last writes in a power cut (then the next request repairs it)"
        )
    return Verification(batches=len(sequences), records=walk.records, problems=tuple(found))


class _Walk:
    """From the first batch to the last, remembering what the next one must build on."""

    def __init__(self, head: Head, public_key: bytes) -> None:
        self.records = 0
        self._head = head
        self._public_key = public_key
        self._last = 0
        self._previous: str | None = GENESIS
        self._requests: set[str] = set()

    def step(self, sequence: int, data: bytes | None) -> Iterator[str]:
        """What is wrong with this batch, and with the place it stands in."""
        if sequence > self._last + 1:
            yield f"nothing lies between batch {self._last} and batch {sequence}: what was there is missing"
            self._previous = None
        self._last = sequence
        batch = None if data is None else decode(data)
        if batch is None:
            yield f"batch {sequence} is {'missing' if data is None else 'damaged: it is not what was written'}"
            self._previous = None
            return
        # Behind a gap nobody knows what came before: the gap is reported, not everything after it.
        previous = batch.header.previous if self._previous is None else self._previous
        yield from problems(batch, sequence=sequence, previous=previous, public_key=self._public_key)
        yield from self._repeated(batch, sequence)
        self._previous = header_digest(batch.header).hex()
        if sequence == self._head.sequence and self._previous != self._head.hash:
            yield f"batch {sequence} is not the one that the index knows as the last: the log's tail was replaced"

    def _repeated(self, batch: Batch, sequence: int) -> Iterator[str]:
        for position, record in enumerate(batch.records, start=1):
            if record.request_id in self._requests:
                yield f"batch {sequence}, record {position} (request {record.request_id}) is in the log a second time"
            self._requests.add(record.request_id)
        self.records += len(batch.records)


def find(
    index: Records, *, tenant: str, day: str, user: str | None = None, model: str | None = None
) -> Iterator[Entry]:
    """A tenant's requests of one UTC day (`2026-11-20`), in the order they came."""
    for record in every(index, day_partition(tenant, day)):
        entry = Entry.model_validate(dict(record.body))
        if (user is None or entry.caller.user == user) and (model is None or entry.model == model):
            yield entry


def show(request_id: str, blobs: Blobs, index: Records, vault: Vault) -> AuditRecord | None:
    """Open one record. None when the log has no such request.

    VaultUnavailableError when it may not be opened, StoreUnavailableError when it is not where the index says.
    """
    known = index.get(request_partition(request_id))
    if known is None:
        return None
    sequence: int = known.body["batch"]
    batch = decode(blobs.get(batch_key(sequence)) or b"")
    for record in batch.records if batch else ():
        if batch and record.request_id == request_id:
            opened = vault.open(Sealed(sealed=record.sealed), record.tenant, Purpose.AUDIT)
            ticket = Ticket.model_validate_json(opened)
            return AuditRecord(batch=sequence, written_at=batch.header.created_at, ticket=ticket)
    raise StoreUnavailableError(
        f"The index says that batch {sequence} holds this request, but it is missing, damaged or another one. "
        "`sallyport audit verify` says what is wrong."
    )
