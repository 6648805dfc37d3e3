"""Provider credentials from Secrets Manager, kept in memory for minutes so that a rotated one arrives by itself."""

import time
from collections.abc import Callable
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError

MAX_AGE_SECONDS = 300


class SecretsManagerSecrets:
    """Safe to share between threads."""

    def __init__(self, secretsmanager: Any, *, prefix: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """`prefix` stands before every name: a stack reads its own secrets and no other's."""
        self._secretsmanager = secretsmanager
        self._prefix = prefix
        self._clock = clock
        self._kept: dict[str, tuple[str, float]] = {}

    def get(self, name: str) -> str:
        now = self._clock()
        value, until = self._kept.get(name, ("", now))
        if until > now:
            return value
        with translated(StoreUnavailableError, "The secret store"):
            try:
                found = self._secretsmanager.get_secret_value(SecretId=f"{self._prefix}{name}")
            except self._secretsmanager.exceptions.ResourceNotFoundException as error:
                raise StoreUnavailableError(
                    f"There is no secret {self._prefix}{name}. Create it in Secrets Manager."
                ) from error
        if "SecretString" not in found:
            raise StoreUnavailableError(f"The secret {name} is binary. Store it as text.")
        fresh: str = found["SecretString"]
        self._kept[name] = (fresh, now + MAX_AGE_SECONDS)
        return fresh
