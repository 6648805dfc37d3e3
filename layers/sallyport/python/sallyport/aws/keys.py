"""Data keys from KMS. The encryption context carries tenant and purpose, and a role's policy names its purposes."""

from typing import Any

from sallyport.aws.errors import translated
from sallyport.contracts import Purpose
from sallyport.errors import VaultUnavailableError
from sallyport.ports import DataKey

_WHAT = "The key service"


class KmsKeys:
    """Every call is a request to KMS: the vault above keeps what it may keep."""

    def __init__(self, kms: Any, key_arn: str) -> None:
        self._kms = kms
        self._key_arn = key_arn

    def generate(self, tenant: str, purpose: Purpose) -> DataKey:
        with translated(VaultUnavailableError, _WHAT):
            made = self._kms.generate_data_key(
                KeyId=self._key_arn, KeySpec="AES_256", EncryptionContext=_context(tenant, purpose)
            )
            return DataKey(plaintext=made["Plaintext"], wrapped=made["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, tenant: str, purpose: Purpose) -> bytes:
        with translated(VaultUnavailableError, _WHAT):
            opened = self._kms.decrypt(
                KeyId=self._key_arn, CiphertextBlob=wrapped, EncryptionContext=_context(tenant, purpose)
            )
            plaintext: bytes = opened["Plaintext"]
            return plaintext


def _context(tenant: str, purpose: Purpose) -> dict[str, str]:
    return {"tenant": tenant, "purpose": purpose.value}
