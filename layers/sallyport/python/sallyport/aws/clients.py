"""One client per service, made when it is first asked for: a function pays only for the services it calls."""

import logging
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

CONNECT_SECONDS = 2
READ_SECONDS = {"stepfunctions": 300}
"""StartSyncExecution answers when the workflow ends, at most five minutes later. Every other call is a short one."""
DEFAULT_READ_SECONDS = 5
MAX_CONNECTIONS = 64


class Clients:
    """All from one session, so that whoever hooks its events sees every call. Safe to share between threads."""

    def __init__(self, session: "boto3.Session | None" = None) -> None:
        self._given = session
        self._lock = threading.Lock()
        self._made: dict[str, Any] = {}

    @cached_property
    def session(self) -> "boto3.Session":
        # boto3 takes a third of a second to import, so it waits until it is needed.
        import boto3

        # At DEBUG it writes requests and replies, secrets among them: no level that somebody sets may turn that on.
        logging.getLogger("botocore").setLevel(logging.WARNING)
        return self._given or boto3.Session()

    def get(self, service: str) -> Any:
        """Making a client is not thread-safe in boto3; using one is."""
        with self._lock:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        # Retries live in the gateway: botocore's own would outlast the caller's deadline.
        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS.get(service, DEFAULT_READ_SECONDS),
            tcp_keepalive=True,
            max_pool_connections=MAX_CONNECTIONS,
        )
        session: Any = self.session
        return session.client(service, config=config)
