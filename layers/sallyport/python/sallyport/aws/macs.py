"""Secrets that KMS derives from an HMAC key, so that none is ever stored: the same label gives the same secret."""

from functools import lru_cache
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import VaultUnavailableError

MAX_LABELS = 1024
"""Secrets kept in memory; there is about one for each tenant."""


class KmsMacs:
    """One call to KMS per label and process."""

    def __init__(self, kms: Any, key_arn: str) -> None:
        self._kms = kms
        self._key_arn = key_arn
        self._kept = lru_cache(maxsize=MAX_LABELS)(self._generate)

    def secret(self, label: str) -> bytes:
        return self._kept(label)

    def _generate(self, label: str) -> bytes:
        with translated(VaultUnavailableError, "The key service"):
            made = self._kms.generate_mac(
                KeyId=self._key_arn, MacAlgorithm="HMAC_SHA_256", Message=f"sallyport/{label}".encode()
            )
            mac: bytes = made["Mac"]
            return mac
