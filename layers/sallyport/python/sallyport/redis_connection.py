"""A Redis or Valkey server that may fail at any time and must never cost more than a moment.

After a failure everybody skips the server for a while; then one call tries it, while the others go on skipping.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from sallyport.errors import StoreUnavailableError
from sallyport.skipping import Skipping

MOST_CONNECTIONS = 1024
"""One for each call under way. The client's own 100 would fail a burst that the server has no trouble with."""


class RedisConnection:
    """`url` is redis://, rediss:// or unix://; one node, or a cluster's that answers for every key. Needs Redis 6.2.

    `what` is a noun for errors, such as "The cache". Times are seconds. Safe to share between threads.
    """

    def __init__(
        self,
        url: str,
        what: str,
        *,
        connect: float,
        read: float,
        skip: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Imported here, so that nobody pays for it who has no server.
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # No retries, and no handshake of the client's own: each would wait for a frozen server once more.
        try:
            client: Any = redis.Redis.from_url(
                url,
                socket_connect_timeout=connect,
                socket_timeout=read,
                retry=Retry(NoBackoff(), 0),
                protocol=2,
                driver_info=None,
                max_connections=MOST_CONNECTIONS,
            )
        except ValueError:
            # Its message quotes the address, which may hold a password.
            raise StoreUnavailableError(
                f"{what} has an address that cannot be one. It starts with redis://, rediss:// or unix://."
            ) from None
        self._execute: Callable[..., Any] = client.execute_command
        self._failure = (redis.RedisError, OSError)
        self._refusal = redis.ResponseError
        self._unknown_script = redis.exceptions.NoScriptError
        self._what = what
        self._skipping = Skipping(skip, clock)

    def call(self, *command: Any) -> Any:
        """StoreUnavailableError when the server fails or refuses, or failed a moment ago."""
        return self._guarded(lambda: self._execute(*command))

    def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | int | float]) -> Any:
        """The answer of a Lua script, whose text is sent only to a server that does not know it yet."""
        rest = (len(keys), *keys, *arguments)

        def evaluate() -> Any:
            try:
                return self._execute("EVALSHA", hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest(), *rest)
            except self._unknown_script:
                return self._execute("EVAL", script, *rest)

        return self._guarded(evaluate)

    def _guarded(self, ask: Callable[[], Any]) -> Any:
        if self._skipping.skips():
            raise self._unavailable()
        try:
            answer = ask()
        except self._refusal as error:
            # It answers, and says no: to one command, such as one on a key of another type.
            raise self._unavailable() from error
        except self._failure as error:
            self._skipping.failed()
            raise self._unavailable() from error
        self._skipping.answered()
        return answer

    def _unavailable(self) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"{self._what} is out of reach. It is tried again in a moment.", retry_after=self._skipping.seconds
        )
