"""Botocore's clients for Bedrock and STS: each makes a single attempt, and one of Bedrock's can be hung up on.

Making one takes 10 to 150 ms, so that they are kept; sessions are not thread-safe, so that they are made one at a time.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config

from sallyport.errors import ProviderTimeoutError
from sallyport.providers.bedrock.accounts import Accounts, Credentials
from sallyport.providers.connections import Told
from sallyport.routing import Target

_CONNECT_SECONDS = 5
_STS_SECONDS = 3
_CONNECTIONS = 64


class _Plain(Told, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _Encrypted(Told, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _PlainPool(AWSHTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(AWSHTTPSConnectionPool):
    ConnectionCls = _Encrypted


_POOLS = {"http": _PlainPool, "https": _EncryptedPool}


class _Key(NamedTuple):
    """What a client is made for. `session` tells a role's credentials from its earlier ones."""

    region: str | None
    base_url: str | None
    proxy: str | None
    role: str | None
    session: str | None
    seconds: int


class Clients:
    """Safe to share between threads."""

    def __init__(self, aws: Callable[[], Any]) -> None:
        """`aws` returns a boto3 session."""
        self._aws = aws
        self._runtime: dict[_Key, Any] = {}
        self._sts: dict[str | None, Any] = {}
        self._lock = Lock()
        self._accounts = Accounts(self._sts_in)

    def runtime(self, target: Target, timeout: float) -> Any:
        """A client of bedrock-runtime that waits for at most so many seconds, with the credentials for the target.

        Raise ProviderError when there are none, ValueError for a region or an address that is none.
        """
        if target.account_role is None:
            return self._kept(target, None, read_seconds(timeout))
        by = time.monotonic() + timeout
        credentials = self._accounts.credentials(target.account_role, target.region, timeout)
        left = by - time.monotonic()
        if left <= 0:
            raise ProviderTimeoutError("There was no time left to ask Bedrock. Allow more.")
        return self._kept(target, credentials, read_seconds(left))

    def _kept(self, target: Target, credentials: Credentials | None, seconds: int) -> Any:
        session = None if credentials is None else credentials.key_id
        key = _Key(target.region, target.base_url, target.proxy, target.account_role, session, seconds)
        with self._lock:
            if key not in self._runtime:
                ended = [each for each in self._runtime if each.role == key.role and each.session != key.session]
                for each in ended:
                    del self._runtime[each]
                self._runtime[key] = self._made(target, credentials, seconds)
            return self._runtime[key]

    def _made(self, target: Target, credentials: Credentials | None, seconds: int) -> Any:
        client = self._aws().client(
            "bedrock-runtime",
            region_name=target.region,
            endpoint_url=target.base_url,
            config=Config(
                connect_timeout=min(seconds, _CONNECT_SECONDS),
                read_timeout=seconds,
                retries={"total_max_attempts": 1},
                max_pool_connections=_CONNECTIONS,
                tcp_keepalive=True,
                proxies=None if target.proxy is None else {"http": target.proxy, "https": target.proxy},
            ),
            **_arguments(credentials),
        )
        # Botocore offers no other way to hang up on a server that has not answered yet.
        client._endpoint.http_session._pool_classes_by_scheme.update(_POOLS)
        return client

    def _sts_in(self, region: str | None) -> Any:
        with self._lock:
            if region not in self._sts:
                config = Config(
                    connect_timeout=_STS_SECONDS, read_timeout=_STS_SECONDS, retries={"total_max_attempts": 1}
                )
                self._sts[region] = self._aws().client("sts", region_name=region, config=config)
            return self._sts[region]


def _arguments(credentials: Credentials | None) -> dict[str, str]:
    if credentials is None:
        return {}
    return {
        "aws_access_key_id": credentials.key_id,
        "aws_secret_access_key": credentials.secret,
        "aws_session_token": credentials.token,
    }


def read_seconds(timeout: float) -> int:
    """The timeout rounded down to one of few, so that deadlines that shrink by the millisecond share their clients."""
    step = 1 if timeout < 10 else 5 if timeout < 60 else 20
    return max(1, int(timeout // step * step))
