"""The items of the ledger's table, as `ledger` describes them, and what a transaction writes of a request's holds."""

import zlib
from collections.abc import Sequence
from typing import Any

from sallyport.contracts import Hold, Reservation

SHARDS = 4
"""DynamoDB takes 1,000 writes/s per partition key and counts a transaction's twice: 500 reservations/s per shard."""

_DAY = 86_400
_KEEP_SECONDS = {"minute": _DAY // 24, "day": 2 * _DAY}
_KEEP_OTHERS_SECONDS = 40 * _DAY
"""The longest window is a month. Reservations are kept as long after their end, for a settlement that comes late."""


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


def given_back(holds: Sequence[Hold]) -> list[tuple[str, int]]:
    return [(hold.scope, -hold.amount) for hold in holds]


def keep_seconds(scope: str) -> int:
    """From a counter's last use. The third part of the scopes that `policy.holds` makes names the window."""
    parts = scope.split("|")
    return _KEEP_SECONDS.get(parts[2], _KEEP_OTHERS_SECONDS) if len(parts) > 2 else _KEEP_OTHERS_SECONDS


def counter_key(scope: str) -> dict[str, Any]:
    return {"partition": {"S": f"scope#{scope}"}, "sort": {"S": "-"}}


def open_key(request_id: str) -> dict[str, Any]:
    shard = zlib.crc32(request_id.encode()) % SHARDS
    return {"partition": {"S": f"open#{shard}"}, "sort": {"S": request_id}}


def expired_key(request_id: str) -> dict[str, Any]:
    return {"partition": {"S": f"expired#{request_id}"}, "sort": {"S": "-"}}


def end(reservation: Reservation) -> dict[str, Any]:
    kept_until = reservation.expires_at + _KEEP_OTHERS_SECONDS
    return {"ends_at": {"N": str(reservation.expires_at)}, "expires_at": {"N": str(kept_until)}}
