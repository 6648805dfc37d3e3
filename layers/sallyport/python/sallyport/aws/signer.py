"""Signatures of the audit log under a P-256 key that never leaves KMS."""

from functools import cached_property
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import VaultUnavailableError

_WHAT = "The signing key"


class KmsSigner:
    def __init__(self, kms: Any, key_arn: str) -> None:
        self._kms = kms
        self._key_arn = key_arn

    @property
    def key_id(self) -> str:
        return self._key_arn

    def sign(self, digest: bytes) -> bytes:
        with translated(VaultUnavailableError, _WHAT):
            signed = self._kms.sign(
                KeyId=self._key_arn, Message=digest, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256"
            )
            signature: bytes = signed["Signature"]
            return signature

    def public_key(self) -> bytes:
        return self._public_key

    @cached_property
    def _public_key(self) -> bytes:
        with translated(VaultUnavailableError, _WHAT):
            public_key: bytes = self._kms.get_public_key(KeyId=self._key_arn)["PublicKey"]
            return public_key
