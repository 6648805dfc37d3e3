"""sallyport.audit.chain: one form for one batch, and the tree of RFC 6962."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from sallyport.audit.chain import (
    GENESIS,
    Batch,
    SealedRecord,
    decode,
    encode,
    header_digest,
    leaf,
    make_header,
    merkle_root,
    problems,
)

KEY = ec.derive_private_key(20_261_120, ec.SECP256R1())
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

# The leaves and roots with which the implementations of Certificate Transparency test themselves.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written: split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + root_by_the_book(leaves[:split]) + root_by_the_book(leaves[split:])).digest()


def a_batch(*names: str, sequence: int = 1, previous: str = GENESIS, key: ec.EllipticCurvePrivateKey = KEY) -> Batch:
    records = tuple(SealedRecord(request_id=name, tenant="acme", sealed="c2VhbGVk") for name in names)
    leaves = tuple(map(leaf, records))
    header = make_header(leaves, sequence=sequence, previous=previous, created_at=1_795_176_000.25, key_id="test/key")
    signature = key.sign(header_digest(header), ec.ECDSA(utils.Prehashed(SHA256())))
    return Batch(header=header, leaves=leaves, records=records, signature=base64.b64encode(signature).decode())


def wrong(batch: Batch, *, sequence: int = 1, previous: str = GENESIS) -> list[str]:
    return list(problems(batch, sequence=sequence, previous=previous, public_key=PUBLIC))


@pytest.mark.parametrize("count", range(9))
def test_the_root_is_that_of_certificate_transparency(count):
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).hexdigest() for each in CT_LEAVES[:count]]
    assert merkle_root(leaves) == CT_ROOTS[count]


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 16, 17, 33, 100])
def test_the_root_is_the_standards_for_any_number_of_leaves(count):
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(count)]
    assert merkle_root([each.hex() for each in leaves]) == root_by_the_book(leaves).hex()


def test_a_leaf_cannot_pass_for_a_node():
    left, right = (hashlib.sha256(side).hexdigest() for side in (b"left", b"right"))
    inside = bytes.fromhex(left) + bytes.fromhex(right)
    assert merkle_root([left, right]) != hashlib.sha256(b"\x00" + inside).hexdigest()


@pytest.mark.parametrize("names", [(), ("request-1",), ("request-1", "request-2", "request-3")])
def test_a_batch_is_read_as_it_was_written(names):
    batch = a_batch(*names)
    assert decode(encode(batch)) == batch
    assert wrong(batch) == []


def test_no_byte_can_change_unnoticed():
    data = encode(a_batch("request-1", "request-2"))
    for position in range(len(data)):
        for bit in (0, 5):  # 5 is the case of a letter
            changed = bytearray(data)
            changed[position] ^= 1 << bit
            batch = decode(bytes(changed))
            assert batch is None or wrong(batch), f"byte {position}, bit {bit}"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: json.dumps(json.loads(data), indent=1).encode(),
        lambda data: data.replace(b'"sequence":1', b'"sequence":"1"'),
        lambda data: data.replace(b'"sequence":1', b'"sequence":0'),
        lambda data: data.replace(b'"header":{', b'"header":{"extra":1,'),
        lambda data: data.replace(b'"tenant":"acme"', b'"tenant":"evil","tenant":"acme"'),
        lambda data: data.replace(b'"version":1', b'"version":2'),
    ],
    ids=["empty", "cut", "longer", "reformatted", "a number as text", "no number of a batch", "a field more",
         "a field twice", "another version"],
)  # fmt: skip
def test_what_is_not_exactly_a_batch_is_none(change):
    assert decode(change(encode(a_batch("request-1")))) is None


@pytest.mark.parametrize(
    ("batch", "sequence", "previous", "said"),
    [
        (a_batch("request-1", sequence=2), 1, GENESIS, "batch 1 holds batch 2"),
        (a_batch("request-1", previous="1" * 64), 1, GENESIS, "does not follow the batch before it"),
        (a_batch("request-1", key=ec.derive_private_key(7, ec.SECP256R1())), 1, GENESIS, "not signed by this log's"),
    ],
)
def test_a_whole_batch_in_the_wrong_place_is_named(batch, sequence, previous, said):
    [problem] = wrong(batch, sequence=sequence, previous=previous)
    assert said in problem


def test_a_key_of_another_kind_verifies_nothing():
    from cryptography.hazmat.primitives.asymmetric import ed25519

    other = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    der = other.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    [problem] = problems(a_batch("request-1"), sequence=1, previous=GENESIS, public_key=der)
    assert "not signed" in problem
