"""The items of the ledger's table, as `ledger` describes them, and what a transaction writes of a request's holds."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from sallyport.aws.counters import KEEP_OTHERS_SECONDS
from sallyport.contracts import Hold, Reservation

SHARDS = 4
"""DynamoDB takes 1,000 writes/s per partition key and counts a transaction's twice: 500 reservations/s per shard."""


def by_scope(holds: Sequence[Hold]) -> list[Hold]:
    """A transaction writes an item once, so holds on one scope become a single one that is as strict as they are."""
    merged: dict[str, Hold] = {}
    for hold in holds:
        other = merged.get(hold.scope)
        if other is not None:
            limit = min(other.limit + hold.amount, hold.limit)
            hold = Hold(scope=hold.scope, limit=limit, amount=other.amount + hold.amount)
        merged[hold.scope] = hold
    return list(merged.values())


def open_key(request_id: str) -> dict[str, Any]:
    shard = zlib.crc32(request_id.encode()) % SHARDS
    return {"partition": {"S": f"open#{shard}"}, "sort": {"S": request_id}}


def expired_key(request_id: str) -> dict[str, Any]:
    return {"partition": {"S": f"expired#{request_id}"}, "sort": {"S": "-"}}


def end(reservation: Reservation) -> dict[str, Any]:
    kept_until = reservation.expires_at + KEEP_OTHERS_SECONDS
    return {"ends_at": {"N": str(reservation.expires_at)}, "expires_at": {"N": str(kept_until)}}


def opening(table: str, reservation: Reservation) -> dict[str, Any]:
    """Of a reservation that must not be there."""
    item = open_key(reservation.request_id) | {"body": {"S": reservation.model_dump_json()}} | end(reservation)
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(ends_at)"}}


def removal(table: str, key: Mapping[str, Any]) -> dict[str, Any]:
    """Of a reservation that must be there."""
    return {"Delete": {"TableName": table, "Key": key, "ConditionExpression": "attribute_exists(ends_at)"}}
