"""Answers in a DynamoDB table, which may fail at any time and must never cost more than a moment.

Item: `key` S (the key), `value` B, `expires_at` N, after which it is a miss.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError
from sallyport.skipping import Skipping

MAX_VALUE_BYTES = 390_000
"""DynamoDB ends an item at 400 KB, names and key included."""

SKIP_SECONDS = 5.0
"""How long everybody does without a table that just failed."""

_WHAT = "The cache"


class DynamoCache:
    """Reads are eventually consistent, at half the price: a miss right after a write does no harm."""

    def __init__(self, dynamodb: Any, table: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`dynamodb` is a client that does not wait for long: `Clients.hurried`."""
        self._dynamodb = dynamodb
        self._table = table
        self._skipping = Skipping(SKIP_SECONDS, clock)

    def get(self, key: str, *, now: float) -> bytes | None:
        with self._guarded():
            item = self._dynamodb.get_item(TableName=self._table, Key={"key": {"S": key}}).get("Item")
        if item is None or int(item["expires_at"]["N"]) <= now:
            return None
        value: bytes = item["value"]["B"]
        return value

    def put(self, key: str, value: bytes, *, expires_at: int) -> None:
        """What is too large for an item is not kept."""
        if len(value) > MAX_VALUE_BYTES:
            return
        item = {"key": {"S": key}, "value": {"B": value}, "expires_at": {"N": str(expires_at)}}
        with self._guarded():
            self._dynamodb.put_item(TableName=self._table, Item=item)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        if self._skipping.skips():
            raise StoreUnavailableError(f"{_WHAT} is out of reach.", retry_after=SKIP_SECONDS)
        try:
            with translated(StoreUnavailableError, _WHAT):
                yield
        except StoreUnavailableError:
            self._skipping.failed()
            raise
        self._skipping.answered()
