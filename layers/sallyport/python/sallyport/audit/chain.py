"""The form of a batch, and what makes tampering visible. Pure.

A batch holds records, their leaf hashes, the Merkle root over them (RFC 6962, section 2.1: leaves are hashed with a
leading 0x00, nodes with 0x01), the hash of the batch before, and a signature over its own hash. Changing a record
breaks its leaf, changing a leaf the root, changing a root the hash and the signature, and dropping or reordering a
batch the next one's `previous`. A batch has one form in bytes, so no byte of it can change unnoticed.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import NonNegativeInt, PositiveInt, StringConstraints, ValidationError

from sallyport.message import Message, Name, RequestId

GENESIS = "0" * 64
"""What the first batch names as the one before it."""

type Hash = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class SealedRecord(Message):
    """One request's record. `sealed` is base64 of a vault value of purpose `audit`."""

    request_id: RequestId
    tenant: Name
    sealed: str


class Header(Message):
    """What is hashed and signed of a batch. `created_at` is a UNIX time, `key_id` names the key that signs."""

    version: Literal[1] = 1
    sequence: PositiveInt
    previous: Hash
    created_at: float
    count: NonNegativeInt
    root: Hash
    key_id: str


class Batch(Message):
    """`signature` is base64 of an ECDSA P-256 signature over the header's hash."""

    header: Header
    leaves: tuple[Hash, ...]
    records: tuple[SealedRecord, ...]
    signature: str


def make_header(leaves: Sequence[str], *, sequence: int, previous: str, created_at: float, key_id: str) -> Header:
    return Header(
        sequence=sequence,
        previous=previous,
        created_at=created_at,
        count=len(leaves),
        root=merkle_root(leaves),
        key_id=key_id,
    )


def leaf(record: SealedRecord) -> str:
    return hashlib.sha256(b"\x00" + canonical(record.to_json())).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """Of any number of leaves. A level's odd last node moves up unchanged: the same tree as RFC 6962's, which splits
    at the largest power of two below the number of leaves.
    """
    level = [bytes.fromhex(each) for each in leaves]
    if not level:
        return hashlib.sha256().hexdigest()
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


def header_digest(header: Header) -> bytes:
    return hashlib.sha256(canonical(header.to_json())).digest()


def canonical(value: Any) -> bytes:
    """One text for one JSON value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def encode(batch: Batch) -> bytes:
    return canonical(batch.to_json())


def decode(data: bytes) -> Batch | None:
    """None when the bytes are not, to the last one, what `encode` makes of a batch."""
    try:
        batch = Batch.model_validate_json(data)
    except ValidationError:
        return None
    return batch if encode(batch) == data else None


def problems(batch: Batch, *, sequence: int, previous: str, public_key: bytes) -> Iterator[str]:
    """What is wrong with the batch that should stand at this place, in words that name it."""
    name = f"batch {sequence}"
    if batch.header.sequence != sequence:
        yield f"{name} holds batch {batch.header.sequence}: it was moved or another was put in its place"
    if batch.header.previous != previous:
        yield f"{name} does not follow the batch before it: one was changed, dropped or reordered"
    if batch.header.count != len(batch.records) or len(batch.leaves) != len(batch.records):
        yield f"{name} has {len(batch.records)} records, {batch.header.count} were signed: one was added or dropped"
    for position, (record, expected) in enumerate(zip(batch.records, batch.leaves, strict=False), start=1):
        if leaf(record) != expected:
            yield f"{name}, record {position} (request {record.request_id}) was changed or moved"
    if merkle_root(batch.leaves) != batch.header.root:
        yield f"{name} has other leaves than those that were signed"
    if not _signed(batch, public_key):
        yield f"{name} is not signed by this log's key: its header was changed, or the whole log was replaced"


def _signed(batch: Batch, public_key: bytes) -> bool:
    key = load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        signature = base64.b64decode(batch.signature, validate=True)
        key.verify(signature, header_digest(batch.header), ec.ECDSA(utils.Prehashed(SHA256())))
    except (InvalidSignature, ValueError):
        return False
    # Base64 decoders overlook the last bits of a text.
    return base64.b64encode(signature).decode("ascii") == batch.signature
