"""The ports for secrets, on a keyring: data keys, MAC secrets and signatures.

Every secret is derived by HKDF-SHA256 (RFC 5869) under its own `info`, so none tells anything about another.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sallyport.contracts import Purpose
from sallyport.errors import VaultUnavailableError
from sallyport.ports import DataKey
from sallyport_local.keyring import ROOT_ID_BYTES, Keyring

MAX_LABELS = 1024
"""Secrets kept in memory, beside the keyring that they come from; there is about one for each tenant."""

_VERSION = b"\x01"
_SALT_BYTES = 16
_KEY_BYTES = 32
_CHECK_BYTES = 16
_SALT_AT = len(_VERSION) + ROOT_ID_BYTES
_CHECK_AT = _SALT_AT + _SALT_BYTES


class KeyringKeys:
    """A wrapped key names its root and its salt and holds no key at all: version, root id, salt, check.

    The check is more output of the same derivation. Without it another tenant or purpose would get a wrong key, not
    an error.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def generate(self, tenant: str, purpose: Purpose) -> DataKey:
        salt = os.urandom(_SALT_BYTES)
        key, check = _derive(self._keyring.root, salt, tenant, purpose)
        return DataKey(key, b"".join((_VERSION, self._keyring.current, salt, check)))

    def unwrap(self, wrapped: bytes, tenant: str, purpose: Purpose) -> bytes:
        root = self._keyring.roots.get(wrapped[len(_VERSION) : _SALT_AT])
        if wrapped[: len(_VERSION)] != _VERSION or root is None:
            raise VaultUnavailableError("Sealed content needs a key that is not in this keyring. Restore the keyring.")
        key, check = _derive(root, wrapped[_SALT_AT:_CHECK_AT], tenant, purpose)
        if not hmac.compare_digest(check, wrapped[_CHECK_AT:]):
            raise VaultUnavailableError("Sealed content does not open: it was sealed for another tenant or purpose.")
        return key


class KeyringMacs:
    """`domain` keeps the secrets of one port apart from those of another, as two KMS keys do."""

    def __init__(self, keyring: Keyring, domain: str) -> None:
        self._keyring = keyring
        self._domain = domain
        self._kept = lru_cache(maxsize=MAX_LABELS)(self._derive)

    def secret(self, label: str) -> bytes:
        return self._kept(label)

    def _derive(self, label: str) -> bytes:
        return _hkdf(self._keyring.macs, None, f"sallyport/mac/1/{self._domain}/{label}", 32)


class KeyringSigner:
    """The keyring's ECDSA P-256 key."""

    def __init__(self, keyring: Keyring) -> None:
        self._key = keyring.signing
        self._public_key = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def key_id(self) -> str:
        """Says which key it is to whoever holds the public key: `keyring/` and half its SHA-256."""
        return f"keyring/{hashlib.sha256(self._public_key).hexdigest()[:32]}"

    def sign(self, digest: bytes) -> bytes:
        return self._key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))

    def public_key(self) -> bytes:
        return self._public_key


def _derive(root: bytes, salt: bytes, tenant: str, purpose: Purpose) -> tuple[bytes, bytes]:
    """Key and check. No purpose contains a slash, so no two pairs of purpose and tenant look the same."""
    output = _hkdf(root, salt, f"sallyport/data-key/1/{purpose}/{tenant}", _KEY_BYTES + _CHECK_BYTES)
    return output[:_KEY_BYTES], output[_KEY_BYTES:]


def _hkdf(secret: bytes, salt: bytes | None, info: str, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info.encode()).derive(secret)
