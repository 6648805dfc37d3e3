"""Reservations in one DynamoDB table, each taken, settled or given back in one transaction.

Counter       `partition` "scope#<scope>", `sort` "-": `taken` N, `expires_at` N
Open          `partition` "open#<shard>", `sort` request id: `body` S (JSON of contracts.Reservation), `ends_at` N,
              `expires_at` N
Expired       `partition` "expired#<request id>", `sort` "-": `ends_at` N, `expires_at` N

A reservation is in the open place until it is settled or expires: deleting it there, on the condition that it is there,
is what does either exactly once. Expiring puts it into the expired place in the same transaction, where a settlement
that comes late deletes it in the same way. What was settled is in neither, so a second delivery finds nothing to do.

Its shard comes from its request id, so that whoever repeats a request finds it, and so that expire() finds every one
left behind, however long ago, with SHARDS queries and no scan; expired ones are kept elsewhere, so that these queries
stay short when nobody settles for days.

`expires_at` is DynamoDB's own time to live, and only tidies up: counters go when their window is long over, and expired
reservations when the windows of all their counters are. It is never a reservation's end, because what DynamoDB deletes
gives nothing back.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sallyport.aws.errors import RETRY_AFTER_SECONDS, translated
from sallyport.aws.ledger_items import (
    SHARDS,
    by_scope,
    counter_key,
    end,
    expired_key,
    given_back,
    keep_seconds,
    open_key,
)
from sallyport.contracts import Hold, Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Granted, Refused

ATTEMPTS = 24
FIRST_WAIT_SECONDS = 0.01
MOST_WAIT_SECONDS = 0.4
"""Two transactions on one counter at once: DynamoDB cancels one of them, which tries again at a random moment, for 4 s
on average: as long as 256 at once take that have the counter in hand for 4 ms each (`bench.limits`)."""

LOOK_EVERY = 4
"""Of so many conflicts one reads the counter: a crowd that finds it full goes away instead of trying on."""

EXPIRE_EVERY_SECONDS = 5
EXPIRE_AT_MOST = 50
"""How often, and how much of it, a refused request looks for reservations that were left behind."""

_WHAT = "The ledger"
_FAILED = "ConditionalCheckFailed"
_CONFLICT = "TransactionConflict"


class DynamoLedger:
    """Safe to share between threads and processes."""

    def __init__(self, dynamodb: Any, table: str, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._wait = wait
        self._lock = threading.Lock()
        self._expire_next = 0.0

    def reserve(self, reservation: Reservation, *, now: float) -> Granted | Refused:
        """A refused request first gives back what others left behind, so that a crash blocks no budget for long.

        What is taken is told of no grant: a transaction returns nothing that it wrote.
        """
        holds = by_scope(reservation.holds)
        if not holds:
            return Granted()
        for hold in holds:
            if hold.amount > hold.limit:
                return Refused(hold.scope, hold.limit, self.taken(hold.scope))
        answer = self._take(reservation, holds, now)
        if isinstance(answer, Refused) and self._expiry_is_due(now) and self._give_back(now, at_most=EXPIRE_AT_MOST):
            answer = self._take(reservation, holds, now)
        return answer

    def settle(self, reservation: Reservation, actual: Sequence[int], *, now: float) -> bool:
        """A reservation without holds was never written: settling it is always true."""
        charged = [(hold.scope, amount) for hold, amount in zip(reservation.holds, actual, strict=True)]
        if not charged:
            return True
        opened, expired = open_key(reservation.request_id), expired_key(reservation.request_id)
        # A request that was reserved anew after it had expired is in both places, and is settled once nevertheless.
        removals = [self._removal(opened), {"Delete": {"TableName": self._table, "Key": expired}}]
        if not self._write([*removals, *self._changes(given_back(reservation.holds) + charged, now)]):
            return True
        return not self._write([self._removal(expired), *self._changes(charged, now)])

    def taken(self, scope: str) -> int:
        with translated(StoreUnavailableError, _WHAT):
            found = self._dynamodb.get_item(TableName=self._table, Key=counter_key(scope), ConsistentRead=True)
        return int(found["Item"]["taken"]["N"]) if "Item" in found else 0

    def expire(self, *, now: float) -> int:
        return self._give_back(now)

    def _take(self, reservation: Reservation, holds: Sequence[Hold], now: float) -> Granted | Refused:
        """While others have a counter in hand, look first whether there is anything left to wait for."""
        writes = [self._opening(reservation), *(self._taking(hold, now) for hold in holds)]
        for number, reasons in enumerate(self._tries(writes)):
            if not reasons or reasons[0]["Code"] == _FAILED:
                return Granted()  # now, or by an earlier call for the same request.
            for hold, reason in zip(holds, reasons[1:], strict=True):
                if reasons[0]["Code"] != _CONFLICT and reason["Code"] == _FAILED:
                    return Refused(hold.scope, hold.limit, int(reason["Item"]["taken"]["N"]))
                looks = number % LOOK_EVERY == 0 and reason["Code"] == _CONFLICT
                if looks and (taken := self.taken(hold.scope)) > hold.limit - hold.amount:
                    # In this order: a call for the same request may have been the one that took what was left.
                    return Granted() if self._is_open(reservation) else Refused(hold.scope, hold.limit, taken)
        raise AssertionError("a cancelled transaction names the condition that failed")

    def _is_open(self, reservation: Reservation) -> bool:
        key = open_key(reservation.request_id)
        with translated(StoreUnavailableError, _WHAT):
            return "Item" in self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)

    def _expire(self, reservation: Reservation, now: float) -> bool:
        """Move it from the open place to the expired one, unless somebody settled or expired it before."""
        put = {"TableName": self._table, "Item": expired_key(reservation.request_id) | end(reservation)}
        removal = self._removal(open_key(reservation.request_id))
        return not self._write([removal, {"Put": put}, *self._changes(given_back(reservation.holds), now)])

    def _expiry_is_due(self, now: float) -> bool:
        with self._lock:
            if now < self._expire_next:
                return False
            self._expire_next = now + EXPIRE_EVERY_SECONDS
            return True

    def _give_back(self, now: float, at_most: int | None = None) -> int:
        overdue = islice(self._overdue(now), at_most)
        return sum(self._expire(each, now) for each in overdue)

    def _overdue(self, now: float) -> Iterator[Reservation]:
        for shard in range(SHARDS):
            request: dict[str, Any] = {
                "TableName": self._table,
                "KeyConditionExpression": "#partition = :partition",
                "FilterExpression": "ends_at <= :now",
                "ExpressionAttributeNames": {"#partition": "partition"},
                "ExpressionAttributeValues": {":partition": {"S": f"open#{shard}"}, ":now": {"N": str(now)}},
            }
            while True:
                with translated(StoreUnavailableError, _WHAT):
                    page = self._dynamodb.query(**request)
                for item in page["Items"]:
                    yield Reservation.model_validate_json(item["body"]["S"])
                if "LastEvaluatedKey" not in page:
                    break
                request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _write(self, writes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Empty when all was written; when a condition failed, nothing was, and here is the reason of each write.

        The first write is on the reservation. While another call has it in hand, no other reason says anything.
        """
        for reasons in self._tries(writes):
            if not reasons or (_FAILED in _codes(reasons) and reasons[0]["Code"] != _CONFLICT):
                return reasons
        raise AssertionError("tries end with an answer or an error")

    def _tries(self, writes: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
        """The outcome of each try, which is empty when all was written. Waits before the next, if one is asked for."""
        for attempt in range(ATTEMPTS):
            yield self._try(writes)
            most = min(MOST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
            self._wait(random.uniform(0, most))  # noqa: S311 - spreads load, guards nothing
        raise StoreUnavailableError(
            "Too many requests count against one limit at once. Try again in a moment.",
            retry_after=RETRY_AFTER_SECONDS,
        )

    def _try(self, writes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        with translated(StoreUnavailableError, _WHAT):
            try:
                self._dynamodb.transact_write_items(TransactItems=writes)
                return ()
            except self._dynamodb.exceptions.TransactionCanceledException as error:
                reasons: list[Mapping[str, Any]] = error.response["CancellationReasons"]
                if not {_FAILED, _CONFLICT} & _codes(reasons):
                    raise
                return reasons

    def _opening(self, reservation: Reservation) -> dict[str, Any]:
        item = open_key(reservation.request_id) | {"body": {"S": reservation.model_dump_json()}} | end(reservation)
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(ends_at)"}}

    def _removal(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """Of a reservation that must be there."""
        return {"Delete": {"TableName": self._table, "Key": key, "ConditionExpression": "attribute_exists(ends_at)"}}

    def _taking(self, hold: Hold, now: float) -> dict[str, Any]:
        """DynamoDB's conditions cannot add, so the amount is taken off the limit beforehand."""
        change = self._change(hold.scope, hold.amount, now)
        change["Update"]["ConditionExpression"] = "attribute_not_exists(taken) OR taken <= :room"
        change["Update"]["ExpressionAttributeValues"][":room"] = {"N": str(hold.limit - hold.amount)}
        change["Update"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return change

    def _changes(self, changes: Iterable[tuple[str, int]], now: float) -> list[dict[str, Any]]:
        """A transaction writes an item once, so the changes of one scope become a single one."""
        summed: dict[str, int] = {}
        for scope, amount in changes:
            summed[scope] = summed.get(scope, 0) + amount
        return [self._change(scope, amount, now) for scope, amount in summed.items() if amount]

    def _change(self, scope: str, amount: int, now: float) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": counter_key(scope),
                "UpdateExpression": "SET expires_at = :gone ADD taken :amount",
                "ExpressionAttributeValues": {
                    ":amount": {"N": str(amount)},
                    ":gone": {"N": str(int(now) + keep_seconds(scope))},
                },
            }
        }


def _codes(reasons: Sequence[Mapping[str, Any]]) -> set[str]:
    return {reason["Code"] for reason in reasons}
