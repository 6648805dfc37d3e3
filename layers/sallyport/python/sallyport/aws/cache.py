"""Answers in a DynamoDB table. Item: `key` S (the key), `value` B, `expires_at` N, after which it is a miss."""

from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError

MAX_VALUE_BYTES = 390_000
"""DynamoDB ends an item at 400 KB, names and key included."""

_WHAT = "The cache"


class DynamoCache:
    """Reads are eventually consistent, at half the price: a miss right after a write does no harm."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def get(self, key: str, *, now: float) -> bytes | None:
        with translated(StoreUnavailableError, _WHAT):
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
        with translated(StoreUnavailableError, _WHAT):
            self._dynamodb.put_item(TableName=self._table, Item=item)
