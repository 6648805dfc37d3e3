"""Answers in Redis or Valkey, which may fail at any time and must never cost more than a moment.

Value: version (1 byte, 1), the end in UNIX seconds (8 bytes, big endian), then the answer. The server's own expiry
only tidies up: by our clock an answer has ended, whatever the server's clock says.
"""

import time
from collections.abc import Callable

from sallyport.redis_connection import RedisConnection

CONNECT_SECONDS = 0.1
READ_SECONDS = 0.05
SKIP_SECONDS = 5.0
"""How long everybody does without a server that just failed."""

_PREFIX = "sallyport/cache/"
_VERSION = b"\x01"
_HEAD_BYTES = 9


class RedisCache:
    """`url` and what it may name: `RedisConnection`."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = RedisConnection(
            url, "The cache", connect=CONNECT_SECONDS, read=READ_SECONDS, skip=SKIP_SECONDS, clock=clock
        )

    def get(self, key: str, *, now: float) -> bytes | None:
        kept = self._redis.call("GET", _PREFIX + key)
        if kept is None or len(kept) < _HEAD_BYTES or kept[:1] != _VERSION:
            return None
        if int.from_bytes(kept[1:_HEAD_BYTES]) <= now:
            return None
        value: bytes = kept[_HEAD_BYTES:]
        return value

    def put(self, key: str, value: bytes, *, expires_at: int) -> None:
        self._redis.call("SET", _PREFIX + key, _VERSION + expires_at.to_bytes(8) + value, "EXAT", expires_at)
