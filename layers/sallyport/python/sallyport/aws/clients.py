"""One client per service, made when it is first asked for: a function pays only for the services it calls."""

import logging
import threading
from typing import TYPE_CHECKING, Any

from sallyport.once import once

if TYPE_CHECKING:
    import boto3

CONNECT_SECONDS = 2
READ_SECONDS = {"stepfunctions": 300, "dynamodb": 2, "comprehend": 2, "bedrock-runtime": 2}
"""StartSyncExecution answers when the workflow ends, at most five minutes later. DynamoDB answers within milliseconds
or not at all, and Authorize, which may ask it three times, has ten seconds. A second opinion is worth
as much. Every other call is a short one."""
DEFAULT_READ_SECONDS = 5
HURRIED_SECONDS = 0.5
"""To connect and to read, where no answer is as good as a late one."""
MAX_CONNECTIONS = 64


class Clients:
    """All from one session, so that whoever hooks its events sees every call. Safe to share between threads."""

    def __init__(self, session: "boto3.Session | None" = None) -> None:
        self._given = session
        self._lock = threading.Lock()
        self._made: dict[tuple[str, bool], Any] = {}

    @once
    def session(self) -> "boto3.Session":
        # boto3 takes a third of a second to import, so it waits until it is needed.
        import boto3

        # At DEBUG it writes requests and replies, secrets among them: no level that somebody sets may turn that on.
        logging.getLogger("botocore").setLevel(logging.WARNING)
        return self._given or boto3.Session()

    def get(self, service: str) -> Any:
        """Making a client is not thread-safe in boto3; using one is."""
        return self._kept(service, hurried=False)

    def hurried(self, service: str) -> Any:
        """The same, for what a request can do without: it gives up after HURRIED_SECONDS."""
        return self._kept(service, hurried=True)

    def _kept(self, service: str, *, hurried: bool) -> Any:
        with self._lock:
            if (service, hurried) not in self._made:
                self._made[service, hurried] = self._make(service, hurried=hurried)
            return self._made[service, hurried]

    def _make(self, service: str, *, hurried: bool) -> Any:
        from botocore.config import Config

        # Retries live in the gateway: botocore's own would outlast the caller's deadline.
        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=HURRIED_SECONDS if hurried else CONNECT_SECONDS,
            read_timeout=HURRIED_SECONDS if hurried else READ_SECONDS.get(service, DEFAULT_READ_SECONDS),
            tcp_keepalive=True,
            max_pool_connections=MAX_CONNECTIONS,
        )
        session: Any = self.session
        return session.client(service, config=config)
