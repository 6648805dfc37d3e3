"""Provider credentials from Secrets Manager, kept in memory for minutes so that a rotated one arrives by itself."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError

MAX_AGE_SECONDS = 300

STALE_SECONDS = 3600
"""How long what was read last serves while the store is away: a provider refuses what was revoked, not we."""

BACK_OFF_SECONDS = 10
"""How long a store that just failed is left alone, and one that had nothing newer than what a provider refuses."""


_DENIED = "AccessDeniedException"


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str = field(repr=False)
    read_at: float
    ask_at: float


class SecretsManagerSecrets:
    """Safe to share between threads."""

    def __init__(self, secretsmanager: Any, *, prefix: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """`prefix` stands before every name: a stack reads its own secrets and no other's."""
        self._secretsmanager = secretsmanager
        self._prefix = prefix
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._looked_at: dict[str, float] = {}
        self._looking = threading.Lock()

    def get(self, name: str) -> str:
        now = self._clock()
        kept = self._kept.get(name)
        if kept is not None and kept.ask_at > now:
            return kept.value
        try:
            fresh = self._read(name)
        except StoreUnavailableError as error:
            away = error.retry_after is not None and error.details.get("cause_type") != _DENIED
            if kept is None or not away or kept.read_at + STALE_SECONDS <= now:
                raise
            self._kept[name] = _Kept(kept.value, kept.read_at, self._clock() + BACK_OFF_SECONDS)
            return kept.value
        self._kept[name] = _Kept(fresh, now, now + MAX_AGE_SECONDS)
        return fresh

    def instead(self, name: str, refused: str) -> str | None:
        """A credential that was replaced arrives when its provider first refuses the old one."""
        with self._looking:  # who is refused at the same time waits for the one look
            now, kept = self._clock(), self._kept.get(name)
            if kept is not None and kept.value.strip() != refused:
                return kept.value
            if now < self._looked_at.get(name, -math.inf) + BACK_OFF_SECONDS:
                return None
            self._looked_at[name] = now
            try:
                fresh = self._read(name)
            except StoreUnavailableError:
                return None
            self._kept[name] = _Kept(fresh, now, now + MAX_AGE_SECONDS)
            return fresh if fresh.strip() != refused else None

    def _read(self, name: str) -> str:
        with translated(StoreUnavailableError, "The secret store"):
            try:
                found = self._secretsmanager.get_secret_value(SecretId=f"{self._prefix}{name}")
            except self._secretsmanager.exceptions.ResourceNotFoundException as error:
                raise StoreUnavailableError(
                    f"There is no secret {self._prefix}{name}. Create it in Secrets Manager."
                ) from error
        if "SecretString" not in found:
            raise StoreUnavailableError(f"The secret {name} is binary. Store it as text.")
        value: str = found["SecretString"]
        return value
