"""Answers in Redis or Valkey, which may fail at any time and must never cost more than a moment.

Value: version (1 byte, 1), the end in UNIX seconds (8 bytes, big endian), then the answer. The server's own expiry
only tidies up: by our clock an answer has ended, whatever the server's clock says. After a failure everybody skips the
server for SKIP_SECONDS; then one call tries it, while the others go on skipping.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from sallyport.errors import StoreUnavailableError

CONNECT_SECONDS = 0.1
READ_SECONDS = 0.05
SKIP_SECONDS = 5.0

_PREFIX = "sallyport/cache/"
_VERSION = b"\x01"
_HEAD_BYTES = 9


class RedisCache:
    """`url` is redis://, rediss:// or unix://; one node, or a cluster's that answers for every key. Needs Redis 6.2."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        # Imported here, so that nobody pays for it who has no CACHE_URL.
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # No retries, and no handshake of the client's own: each would wait for a frozen server once more.
        client: Any = redis.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=READ_SECONDS,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
        )
        self._execute: Callable[..., Any] = client.execute_command
        self._failure = (redis.RedisError, OSError)
        self._refusal = redis.ResponseError
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = False
        self._skip_until = 0.0

    def get(self, key: str, *, now: float) -> bytes | None:
        kept = self._call("GET", _PREFIX + key)
        if kept is None or len(kept) < _HEAD_BYTES or kept[:1] != _VERSION:
            return None
        if int.from_bytes(kept[1:_HEAD_BYTES]) <= now:
            return None
        value: bytes = kept[_HEAD_BYTES:]
        return value

    def put(self, key: str, value: bytes, *, expires_at: int) -> None:
        self._call("SET", _PREFIX + key, _VERSION + expires_at.to_bytes(8) + value, "EXAT", expires_at)

    def _call(self, *command: Any) -> Any:
        if self._skipped():
            raise _unavailable()
        try:
            answer = self._execute(*command)
        except self._refusal as error:
            # It answers, and says no: to one command, such as one on a key of another type.
            raise _unavailable() from error
        except self._failure as error:
            with self._lock:
                self._failed = True
                self._skip_until = self._clock() + SKIP_SECONDS
            raise _unavailable() from error
        self._failed = False
        return answer

    def _skipped(self) -> bool:
        with self._lock:
            now = self._clock()
            if not self._failed:
                return False
            if now < self._skip_until:
                return True
            self._skip_until = now + SKIP_SECONDS
            return False


def _unavailable() -> StoreUnavailableError:
    return StoreUnavailableError("The cache is out of reach. It is tried again in a moment.", retry_after=SKIP_SECONDS)
