"""One AWS account in this process, by moto, and what moto gets wrong that the gateway depends on.

moto is not AWS. Known to differ, and not made up for here: conflicts between DynamoDB transactions, its time to live,
the policies of keys and buckets, and every quota.
"""

import threading
from contextlib import ExitStack
from typing import Any, Final
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.kms.models import KmsBackend

ACCOUNT: Final[str] = DEFAULT_ACCOUNT_ID
REGION: Final = "eu-west-1"

_only_one = threading.Lock()


class MotoAccount:
    """Empty when it is made, gone when it is closed."""

    def __init__(self) -> None:
        """Raise RuntimeError while another one is open: moto keeps the state of all of them in one place."""
        if not _only_one.acquire(blocking=False):
            raise RuntimeError("An emulated AWS is open in this process. Stop that one first.")
        self._open = ExitStack()
        self._open.callback(_only_one.release)
        self._open.enter_context(mock_aws())
        self._open.enter_context(patch.object(KmsBackend, "sign", _sign_digest))

    def close(self) -> None:
        """Idempotent."""
        self._open.close()


def _sign_digest(backend: KmsBackend, key_id: str, message: bytes, signing_algorithm: str) -> tuple[str, bytes, str]:
    """Sign a SHA-256 digest as KMS does for MessageType DIGEST; moto would hash it again."""
    key: Any = backend.describe_key(key_id)
    signature = key.private_key.private_key.sign(message, ec.ECDSA(utils.Prehashed(SHA256())))
    return key.arn, signature, signing_algorithm
