"""How one counter of the ledger changes: as a whole, and in slices while many requests want it at once.

Whole   `partition` "scope#<scope>", `sort` "-": `taken` N, `slices` NS (those that are open), `expires_at` N
Slice   `partition` "slice#<number>#<scope>", `sort` "-": `credit` N, `lent_under` N, `expires_at` N

What is taken of a limit is `taken` less the credit of the open slices. The whole lends a slice some of its room by
counting it as taken; whoever takes from that credit, or gives back to it, leaves the whole alone. When the whole has no
room left it calls in what it lent, slice by slice, so that nothing is refused while any of it is unused, and nothing is
granted that it has not. A slice is open only while `taken` is within the limit, `lent_under`, that it was lent under.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sallyport.contracts import Hold

SLICES = 16
"""Of 256 at once 16 meet on each. A counter that 64 want at once let all of them in as a whole (`bench.limits`)."""

_PART = 4 * SLICES
"""A slice is lent this part of the room there is, so that a quarter of it at most lies with slices."""

_LEAST_REQUESTS = 2
"""A slice is lent what is enough for so many requests, or the counter is not divided: where 128 are left, it is whole,
and a small limit is never divided."""

FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"

_DAY = 86_400
_KEEP_SECONDS = {"minute": _DAY // 24, "day": 2 * _DAY}
KEEP_OTHERS_SECONDS = 40 * _DAY
"""The longest window is a month. Reservations are kept as long after their end, for a settlement that comes late."""


class Way(StrEnum):
    """Where the next try counts."""

    WHOLE = "whole"
    SLICE = "slice"
    LENDING = "lending"  # the whole, which lends a slice some more on this occasion


@dataclass(frozen=True, slots=True)
class Whole:
    """What is written of a counter: `taken` includes what its open slices were lent."""

    taken: int = 0
    slices: Sequence[str] = ()

    @classmethod
    def of(cls, item: Mapping[str, Any] | None) -> "Whole":
        if not item:
            return cls()
        return cls(int(item["taken"]["N"]), item.get("slices", {}).get("NS", ()))


@dataclass(slots=True)
class Change:
    """What one transaction does to one counter, try by try. `takes` says that it is to be refused beyond the limit.

    What was taken is settled even past the limit; then no slice may stay open, whose credit would be beyond it, too.
    """

    scope: str
    amount: int
    limit: int
    takes: bool
    way: Way = Way.WHOLE
    conflicts: int = 0
    room: int = field(init=False)
    """As much as there may be, for all that is known."""

    def __post_init__(self) -> None:
        self.room = self.limit

    @property
    def divides(self) -> bool:
        return self._lends() >= _LEAST_REQUESTS * max(1, abs(self.amount))

    def writes(self, table: str, number: int, now: float) -> list[dict[str, Any]]:
        """Of a transaction that uses slice `number`, if any."""
        gone = int(now) + keep_seconds(self.scope)
        match self.way:
            case Way.WHOLE:
                return [self._on_the_whole(table, gone)]
            case Way.SLICE:
                condition = "credit >= :amount AND lent_under <= :limit"
                values = {":credit": -self.amount, ":amount": self.amount, ":limit": self.limit, ":gone": gone}
                return [_update(table, slice_key(self.scope, number), _CREDIT, condition, values)]
            case Way.LENDING:
                condition = "attribute_not_exists(credit) OR credit < :amount OR lent_under > :limit"
                values = {":credit": self._lends(), ":amount": self.amount, ":limit": self.limit, ":gone": gone}
                lent = _update(table, slice_key(self.scope, number), _LEND, condition, values)
                return [self._on_the_whole(table, gone, lends_to=number), lent]

    def learn(self, reasons: Sequence[Mapping[str, Any]]) -> Whole | None:
        """Choose the way of the next try by how each write fared. The whole counter, if that has too little room."""
        first, last = reasons[0]["Code"], reasons[-1]["Code"]
        if self.way is Way.SLICE:
            if last == FAILED:
                self.way = Way.LENDING if self.takes and self.divides else Way.WHOLE
            return None
        if first == FAILED:
            return self.short_of(Whole.of(reasons[0].get("Item")))
        if first == CONFLICT:
            self.conflicts += 1
        if first == CONFLICT or last in (CONFLICT, FAILED):
            self.way = Way.SLICE if self.divides else Way.WHOLE
        return None

    def short_of(self, whole: Whole) -> Whole | None:
        """The same, if it has no room for this; it is divided no more when it has too little left."""
        self.room = self.limit - whole.taken
        if not self.divides:
            self.way = Way.WHOLE
        return whole if self.room < self.amount else None

    def _lends(self) -> int:
        return (self.room - max(0, self.amount)) // _PART

    def _on_the_whole(self, table: str, gone: int, lends_to: int | None = None) -> dict[str, Any]:
        """DynamoDB's conditions cannot add, so the amount is taken off the limit beforehand."""
        amount = self.amount if lends_to is None else self.amount + self._lends()
        values = {":amount": amount, ":gone": gone, ":room": self.limit - amount}
        if self.takes:
            condition = "attribute_not_exists(taken) OR taken <= :room"
        elif amount > 0:
            condition = "attribute_not_exists(slices) OR taken <= :room"
        else:
            condition, _ = None, values.pop(":room")
        change = _update(table, counter_key(self.scope), _COUNT, condition, values)
        if lends_to is not None:
            change["Update"]["UpdateExpression"] += ", slices :slices"
            change["Update"]["ExpressionAttributeValues"][":slices"] = {"NS": [str(lends_to)]}
        return change


_COUNT = "SET expires_at = :gone ADD taken :amount"
_CREDIT = "SET expires_at = :gone ADD credit :credit"
_LEND = "SET expires_at = :gone, lent_under = :limit ADD credit :credit"


def calling_in(table: str, scope: str, number: str, credit: int) -> list[dict[str, Any]]:
    """Close a slice that has this credit, which the whole gets back."""
    key = slice_key(scope, number)
    closed = {"TableName": table, "Key": key, "ConditionExpression": "credit = :credit"}
    whole = _update(
        table,
        counter_key(scope),
        "ADD taken :less DELETE slices :slices",
        "contains(slices, :slice)",
        {":less": -credit},
    )
    whole["Update"]["ExpressionAttributeValues"] |= {":slices": {"NS": [number]}, ":slice": {"N": number}}
    return [{"Delete": {**closed, "ExpressionAttributeValues": {":credit": {"N": str(credit)}}}}, whole]


def keep_seconds(scope: str) -> int:
    """From a counter's last use. The third part of the scopes that `policy.holds` makes names the window."""
    parts = scope.split("|")
    return _KEEP_SECONDS.get(parts[2], KEEP_OTHERS_SECONDS) if len(parts) > 2 else KEEP_OTHERS_SECONDS


def counter_key(scope: str) -> dict[str, Any]:
    return {"partition": {"S": f"scope#{scope}"}, "sort": {"S": "-"}}


def slice_key(scope: str, number: int | str) -> dict[str, Any]:
    """A partition of its own: DynamoDB bears 500 of a transaction's writes per second for each."""
    return {"partition": {"S": f"slice#{number}#{scope}"}, "sort": {"S": "-"}}


def settling(changes: Iterable[tuple[Hold, int]]) -> list[Change]:
    """A transaction writes an item once, so the changes of one scope become a single one."""
    summed: dict[str, Change] = {}
    for hold, amount in changes:
        known = summed.get(hold.scope)
        before, limit = (0, hold.limit) if known is None else (known.amount, min(known.limit, hold.limit))
        summed[hold.scope] = Change(hold.scope, before + amount, limit, takes=False)
    return [change for change in summed.values() if change.amount]


def dealt(
    changes: Sequence[Change], reasons: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Change, Sequence[Mapping[str, Any]]]]:
    """Each change with the reasons of its own writes."""
    start = 0
    for change in changes:
        end_ = start + (2 if change.way is Way.LENDING else 1)
        yield change, reasons[start:end_]
        start = end_


def kind_of(scope: str) -> str:
    """A counter's name in every window."""
    return scope.rpartition("|")[0]


def _update(
    table: str, key: Mapping[str, Any], expression: str, condition: str | None, values: Mapping[str, int]
) -> dict[str, Any]:
    update: dict[str, Any] = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": expression,
        "ExpressionAttributeValues": {name: {"N": str(value)} for name, value in values.items()},
    }
    if condition is not None:
        update |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {"Update": update}
