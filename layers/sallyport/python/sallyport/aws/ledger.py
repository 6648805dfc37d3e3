"""Reservations in one DynamoDB table, each taken, settled or given back in one transaction.

Counter       as `counters` describes it
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sallyport.aws.counters import (
    CONFLICT,
    FAILED,
    SLICES,
    Change,
    Way,
    Whole,
    calling_in,
    counter_key,
    dealt,
    kind_of,
    settling,
    slice_key,
)
from sallyport.aws.errors import RETRY_AFTER_SECONDS
from sallyport.aws.ledger_items import by_scope, end, expired_key, open_key, opening, removal
from sallyport.aws.ledger_table import LedgerTable, codes
from sallyport.contracts import Hold, Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Granted, Refused

ATTEMPTS = 24
FIRST_WAIT_SECONDS = 0.01
MOST_WAIT_SECONDS = 0.4
"""Two transactions on one item at once: DynamoDB cancels one of them, which tries again at a random moment, for 4 s on
average: as long as 256 at once take that have the counter in hand for 4 ms each (`bench.limits`)."""

LOOK_EVERY = 4
"""Of so many conflicts one reads the counter: a crowd that finds it full goes away instead of trying on."""

HOT_SECONDS = 60
"""How long after a conflict a counter's slices are asked first. Until then a reservation costs one call, and leaves a
counter whole."""

_MOST_HOT = 1024

EXPIRE_EVERY_SECONDS = 5
EXPIRE_AT_MOST = 50
"""How often, and how much of it, a refused request looks for reservations that were left behind."""


class DynamoLedger:
    """Safe to share between threads and processes."""

    def __init__(self, dynamodb: Any, table: str, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._table = LedgerTable(dynamodb, table)
        self._wait = wait
        self._lock = threading.Lock()
        self._expire_next = 0.0
        self._hot: dict[str, float] = {}

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
        charged = list(zip(reservation.holds, actual, strict=True))
        if not charged:
            return True
        opened, expired = open_key(reservation.request_id), expired_key(reservation.request_id)
        # A request that was reserved anew after it had expired is in both places, and is settled once nevertheless.
        removals = [removal(self._table.name, opened), {"Delete": {"TableName": self._table.name, "Key": expired}}]
        if self._write(removals, settling((hold, amount - hold.amount) for hold, amount in charged), now):
            return True
        return self._write([removal(self._table.name, expired)], settling(charged), now)

    def taken(self, scope: str) -> int:
        whole = self._whole(scope)
        return whole.taken - sum(self._credit(scope, number) for number in whole.slices)

    def expire(self, *, now: float) -> int:
        return self._give_back(now)

    def _take(self, reservation: Reservation, holds: Sequence[Hold], now: float) -> Granted | Refused:
        changes = [Change(hold.scope, hold.amount, hold.limit, takes=True) for hold in holds]
        for reasons in self._tries([opening(self._table.name, reservation)], changes, now):
            if not reasons or reasons[0]["Code"] == FAILED:
                return Granted()  # now, or by an earlier call for the same request.
            if reasons[0]["Code"] == CONFLICT:
                continue  # Another call for the same request has it in hand: what else is said says nothing.
            for change, its_reasons in dealt(changes, reasons[1:]):
                full = self._full(change, its_reasons, now)
                # In this order: a call for the same request may have been the one that took what was left.
                if full is not None and not (CONFLICT in codes(reasons) and self._is_open(reservation)):
                    return Refused(change.scope, change.limit, full.taken)
        raise AssertionError("tries end with an answer or an error")

    def _full(self, change: Change, reasons: Sequence[Mapping[str, Any]], now: float) -> Whole | None:
        """The counter, if it is used up. While others have it in hand, look whether there is anything to wait for."""
        before = change.conflicts
        short = change.learn(reasons)
        if change.conflicts > before:
            self._remember(change, now)
            if change.takes and before % LOOK_EVERY == 0:
                short = change.short_of(self._whole(change.scope))
        if short is None or not short.slices:
            return short
        self._call_in(change, short)
        return None

    def _call_in(self, change: Change, whole: Whole) -> None:
        """Close slices until there is room. What another has in hand is left to it: who still has no room calls again.

        In any order, so that those who do this at once do not meet at each.
        """
        missing = change.amount - (change.limit - whole.taken)
        for number in random.sample(whole.slices, len(whole.slices)):
            credit = self._credit(change.scope, number)
            if not self._table.write(calling_in(self._table.name, change.scope, number, credit)):
                missing -= credit
            if missing <= 0:
                return

    def _whole(self, scope: str) -> Whole:
        return Whole.of(self._table.get(counter_key(scope)))

    def _credit(self, scope: str, number: str) -> int:
        item = self._table.get(slice_key(scope, number))
        return int(item["credit"]["N"]) if item else 0

    def _is_open(self, reservation: Reservation) -> bool:
        return self._table.get(open_key(reservation.request_id)) is not None

    def _expire(self, reservation: Reservation, now: float) -> bool:
        """Move it from the open place to the expired one, unless somebody settled or expired it before."""
        put = {"TableName": self._table.name, "Item": expired_key(reservation.request_id) | end(reservation)}
        removed = removal(self._table.name, open_key(reservation.request_id))
        given_back = settling((hold, -hold.amount) for hold in reservation.holds)
        return self._write([removed, {"Put": put}], given_back, now)

    def _expiry_is_due(self, now: float) -> bool:
        with self._lock:
            if now < self._expire_next:
                return False
            self._expire_next = now + EXPIRE_EVERY_SECONDS
            return True

    def _give_back(self, now: float, at_most: int | None = None) -> int:
        overdue = islice(self._table.overdue(now), at_most)
        return sum(self._expire(each, now) for each in overdue)

    def _write(self, fixed: Sequence[Mapping[str, Any]], changes: Sequence[Change], now: float) -> bool:
        """False when the first write's condition failed, and so nothing was written. That one is on the reservation."""
        for reasons in self._tries(fixed, changes, now):
            if not reasons or reasons[0]["Code"] == FAILED:
                return not reasons
            for change, its_reasons in dealt(changes, reasons[len(fixed) :]):
                self._full(change, its_reasons, now)
        raise AssertionError("tries end with an answer or an error")

    def _tries(
        self, fixed: Sequence[Mapping[str, Any]], changes: Sequence[Change], now: float
    ) -> Iterator[Sequence[Mapping[str, Any]]]:
        """The outcome of each try, which is empty when all was written. Who goes on may change the ways of `changes`.

        All of a request's counters use slices of the same number: requests that do not meet at one meet at none.
        """
        for change in changes:
            if self._hot.get(kind_of(change.scope), 0) > now and change.divides:
                change.way = Way.SLICE
        number = random.randrange(SLICES)  # noqa: S311 - spreads load, guards nothing
        for attempt in range(ATTEMPTS):
            reasons = self._table.write(
                [*fixed, *(each for c in changes for each in c.writes(self._table.name, number, now))]
            )
            yield reasons
            if CONFLICT in codes(reasons):
                number = random.randrange(SLICES)  # noqa: S311 - as above
                most = min(MOST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
                self._wait(random.uniform(0, most))  # noqa: S311 - as above
        raise StoreUnavailableError(
            "Too many requests count against one limit at once. Try again in a moment.",
            retry_after=RETRY_AFTER_SECONDS,
        )

    def _remember(self, change: Change, now: float) -> None:
        with self._lock:
            if len(self._hot) >= _MOST_HOT:
                self._hot.clear()
            self._hot[kind_of(change.scope)] = now + HOT_SECONDS
