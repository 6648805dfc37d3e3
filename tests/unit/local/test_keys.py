"""Data keys, MAC secrets and signatures that come from one keyring."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sallyport.contracts import Purpose
from sallyport.errors import VaultUnavailableError
from sallyport_local.keyring import create_keyring, read_keyring
from sallyport_local.keys import KeyringKeys, KeyringMacs, KeyringSigner


@pytest.fixture
def path(tmp_path):
    create_keyring(tmp_path / "keyring.json", None)
    return tmp_path / "keyring.json"


@pytest.fixture
def keyring(path):
    return read_keyring(path, None)


def test_unwraps_what_it_generated_after_a_restart_too(keyring, path):
    made = KeyringKeys(keyring).generate("acme", Purpose.CONTENT)
    assert len(made.plaintext) == 32
    again = KeyringKeys(read_keyring(path, None))
    assert again.unwrap(made.wrapped, "acme", Purpose.CONTENT) == made.plaintext


def test_every_key_is_another_and_none_is_written_down(keyring):
    keys = KeyringKeys(keyring)
    made = [keys.generate("acme", Purpose.CONTENT) for _ in range(10)]
    assert len({key.plaintext for key in made}) == 10
    assert not any(key.plaintext in key.wrapped for key in made)


@pytest.mark.parametrize(
    ("tenant", "purpose"),
    [("other", Purpose.CONTENT), ("acme", Purpose.ANSWER), ("Acme", Purpose.CONTENT), ("", Purpose.CONTENT)],
)
def test_refuses_another_tenant_or_purpose(keyring, tenant, purpose):
    keys = KeyringKeys(keyring)
    wrapped = keys.generate("acme", Purpose.CONTENT).wrapped
    with pytest.raises(VaultUnavailableError):
        keys.unwrap(wrapped, tenant, purpose)


def test_refuses_a_key_of_another_keyring(keyring, tmp_path):
    foreign = KeyringKeys(create_keyring(tmp_path / "other.json", None))
    with pytest.raises(VaultUnavailableError, match="Restore the keyring"):
        KeyringKeys(keyring).unwrap(foreign.generate("acme", Purpose.CONTENT).wrapped, "acme", Purpose.CONTENT)


def test_refuses_every_changed_byte_and_every_other_length(keyring):
    keys = KeyringKeys(keyring)
    wrapped = keys.generate("acme", Purpose.CONTENT).wrapped
    changed = [wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :] for at in range(len(wrapped))]
    for damaged in [*changed, *(wrapped[:length] for length in range(len(wrapped))), wrapped + b"\x00"]:
        with pytest.raises(VaultUnavailableError):
            keys.unwrap(damaged, "acme", Purpose.CONTENT)


def test_a_mac_secret_is_the_same_after_a_restart(keyring, path):
    secret = KeyringMacs(keyring, "keys").secret("api-keys")
    assert len(secret) == 32
    assert KeyringMacs(read_keyring(path, None), "keys").secret("api-keys") == secret


def test_labels_and_domains_have_secrets_of_their_own(keyring):
    secrets = {
        KeyringMacs(keyring, domain).secret(label)
        for domain in ("keys", "cache")
        for label in ("api-keys", "cache/acme", "cache/Acme")
    }
    assert len(secrets) == 6


def test_whoever_has_the_public_key_can_verify(keyring):
    signer = KeyringSigner(keyring)
    signature = signer.sign(hashlib.sha256(b"a batch").digest())
    public_key = serialization.load_der_public_key(signer.public_key())
    public_key.verify(signature, b"a batch", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public_key.verify(signature, b"another batch", ec.ECDSA(hashes.SHA256()))


def test_the_key_id_names_one_key(keyring, path, tmp_path):
    same, other = read_keyring(path, None), create_keyring(tmp_path / "other.json", None)
    assert KeyringSigner(same).key_id == KeyringSigner(keyring).key_id != KeyringSigner(other).key_id
