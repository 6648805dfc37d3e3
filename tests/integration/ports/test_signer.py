"""The port Signer: whoever has the public key can verify, with any library."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

MESSAGE = b"batch 7 of 2026-11-20"


@pytest.fixture
def signer(backend):
    return backend.signer


@pytest.fixture
def public_key(signer):
    return load_der_public_key(signer.public_key())


def test_signs_with_p_256(public_key):
    assert isinstance(public_key.curve, ec.SECP256R1)


def test_a_signature_of_the_digest_is_one_of_the_message(signer, public_key):
    public_key.verify(signer.sign(hashlib.sha256(MESSAGE).digest()), MESSAGE, ec.ECDSA(SHA256()))


def test_a_signature_is_good_for_nothing_else(signer, public_key):
    signature = signer.sign(hashlib.sha256(MESSAGE).digest())
    with pytest.raises(InvalidSignature):
        public_key.verify(signature, MESSAGE + b".", ec.ECDSA(SHA256()))


def test_names_its_key_and_keeps_it(signer):
    assert signer.key_id
    assert (signer.key_id, signer.public_key()) == (signer.key_id, signer.public_key())
