"""Models in other accounts: a target's role there, assumed through STS and kept until shortly before it expires."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from sallyport.errors import (
    ProviderDeniedError,
    ProviderError,
    ProviderRejectedError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.bedrock.failures import failure

SESSION_NAME = "sallyport"
"""Of every session, so that CloudTrail tells who asked and nothing of what."""

_EARLY_SECONDS = 300
"""Before they expire, credentials are renewed. A session lasts for an hour: AWS's default, and its most when a role
assumes another."""
_USABLE_SECONDS = 30
"""With less than this left, credentials are not worth a call."""
_PAUSE_SECONDS = 5
"""After a failure, STS is left alone for so long."""

_DENIED = (
    "The gateway may not assume the target's account_role. Name it in the stack's ModelAccountRoles, and let its trust "
    "policy name the roles of infer and edge."
)
_TROUBLE = "The target's account_role cannot be assumed just now. Try again."


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of one session. Times are UNIX seconds."""

    key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    expires_at: float
    renew_at: float


@dataclass(slots=True)
class _Account:
    """`failed` is why there are no credentials, for whoever asks before `again_at`."""

    lock: Lock = field(default_factory=Lock)
    credentials: Credentials | None = None
    failed: ProviderError | None = None
    again_at: float = 0.0


class Accounts:
    """Safe to share between threads: one of them asks STS, and the others wait for it no longer than they can."""

    def __init__(self, sts: Callable[[str | None], Any], *, clock: Callable[[], float] = time.time) -> None:
        """`sts` returns a client of STS in a Region, or in the session's own."""
        self._sts = sts
        self._clock = clock
        self._accounts: dict[str, _Account] = {}
        self._lock = Lock()

    def credentials(self, role: str, region: str | None, timeout: float) -> Credentials:
        """Raise ProviderDeniedError when the role may not be assumed; ProviderThrottledError, ProviderTimeoutError or
        ProviderUnavailableError when it cannot be just now.
        """
        with self._lock:
            account = self._accounts.setdefault(role, _Account())
        known = account.credentials
        if known is not None and self._clock() < known.renew_at:
            return known
        if not account.lock.acquire(timeout=max(timeout, 0.0)):
            raise ProviderTimeoutError(_TROUBLE)
        try:
            return self._renewed(account, role, region)
        finally:
            account.lock.release()

    def _renewed(self, account: _Account, role: str, region: str | None) -> Credentials:
        known, now = account.credentials, self._clock()
        if known is not None and now < known.renew_at:
            return known
        if account.failed is not None and now < account.again_at:
            raise type(account.failed)(account.failed.message, **account.failed.details)
        try:
            account.credentials, account.failed = self._assumed(role, region, now), None
        except ProviderError as error:
            if known is None or known.expires_at - now < _USABLE_SECONDS:
                account.failed, account.again_at = error, now + _PAUSE_SECONDS
                raise
            account.credentials = replace(known, renew_at=min(now + _PAUSE_SECONDS, known.expires_at - _USABLE_SECONDS))
        return account.credentials

    def _assumed(self, role: str, region: str | None, now: float) -> Credentials:
        # Nothing is chained: what STS says names accounts and roles, and this error's text reaches clients.
        try:
            given = self._sts(region).assume_role(RoleArn=role, RoleSessionName=SESSION_NAME)["Credentials"]
            expires_at = given["Expiration"].timestamp()
            return Credentials(
                key_id=given["AccessKeyId"],
                secret=given["SecretAccessKey"],
                token=given["SessionToken"],
                expires_at=expires_at,
                renew_at=expires_at - _EARLY_SECONDS,
            )
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise _failed(error, now) from None
        except (ValueError, LookupError, AttributeError):
            raise ProviderUnavailableError(_TROUBLE) from None


def _failed(error: Exception, now: float) -> ProviderError:
    """In STS's own words; what it calls invalid is a role that it does not take. Its APIs throttle with a 400."""
    if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == "Throttling":
        return ProviderThrottledError(_TROUBLE)
    told = failure(error, now)
    status = told.details.get("status")
    if isinstance(told, ProviderDeniedError | ProviderRejectedError):
        return ProviderDeniedError(_DENIED, status=status)
    return type(told)(_TROUBLE, status=status, retry_after=told.retry_after)
