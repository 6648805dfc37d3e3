"""DynamoDB's items and transactions where they meet, which moto never lets them: one of two on an item is cancelled.

Items are in memory: moto copies its tables for every transaction, and that would be what is measured. Of DynamoDB's
expressions it has what the ledger writes, and fails at what it does not know; the ledger's contract suite runs on it
beside moto.
"""

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

type Item = dict[str, Any]

_COMPARISONS = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class Cancelled(ClientError):
    """TransactionCanceledException, with a reason for each write."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": list(reasons),
        }
        super().__init__(answer, "TransactWriteItems")


class ContendedDynamo:
    """A client of DynamoDB with one table.

    A transaction has its items in hand for `prepare` seconds; when that is 0, none ever meet. An item that another has
    in hand cancels a transaction, for the reason that DynamoDB gives: each item's own, in the order of the writes, and
    no condition is looked at.
    """

    exceptions = SimpleNamespace(TransactionCanceledException=Cancelled)

    def __init__(self, prepare: float) -> None:
        self._prepare = prepare
        self._lock = threading.Lock()
        self._items: dict[str, Item] = {}
        self._in_hand: set[str] = set()
        self.transactions = 0

    def places(self) -> list[str]:
        """Partition and sort key of every item that is no reservation."""
        with self._lock:
            return sorted(place for place in self._items if place.startswith(("scope#", "slice#")))

    def transact_write_items(self, *, TransactItems: Sequence[Mapping[str, Any]]) -> None:
        writes = [next(iter(write.items())) for write in TransactItems]
        self.transactions += 1
        with self._held([_place(request) for _, request in writes]):
            time.sleep(self._prepare)
            with self._lock:
                reasons = [self._reason(request) for _, request in writes]
                if any(reason["Code"] != "None" for reason in reasons):
                    raise Cancelled(reasons)
                for kind, request in writes:
                    self._write(kind, request)

    def get_item(self, *, Key: Item, **_: Any) -> dict[str, Any]:
        with self._lock:
            item = self._items.get(_place({"Key": Key}))
            return {} if item is None else {"Item": dict(item)}

    def query(self, *, ExpressionAttributeValues: Item, FilterExpression: str, **_: Any) -> dict[str, Any]:
        with self._lock:
            in_partition = [
                dict(item)
                for item in self._items.values()
                if item["partition"] == ExpressionAttributeValues[":partition"]
            ]
        return {"Items": [each for each in in_partition if _holds(FilterExpression, each, ExpressionAttributeValues)]}

    @contextmanager
    def _held(self, places: list[str]) -> Iterator[None]:
        with self._lock:
            reasons = [{"Code": "TransactionConflict" if place in self._in_hand else "None"} for place in places]
            if self._prepare and {"Code": "TransactionConflict"} in reasons:
                raise Cancelled(reasons)
            self._in_hand.update(places)
        try:
            yield
        finally:
            with self._lock:
                self._in_hand.difference_update(places)

    def _reason(self, request: Mapping[str, Any]) -> dict[str, Any]:
        item = self._items.get(_place(request), {})
        condition = request.get("ConditionExpression")
        if condition is None or _holds(condition, item, request.get("ExpressionAttributeValues", {})):
            return {"Code": "None"}
        failed: dict[str, Any] = {"Code": "ConditionalCheckFailed"}
        told = item and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return failed | ({"Item": dict(item)} if told else {})

    def _write(self, kind: str, request: Mapping[str, Any]) -> None:
        place = _place(request)
        match kind:
            case "Put":
                self._items[place] = dict(request["Item"])
            case "Delete":
                self._items.pop(place, None)
            case "Update":
                before = self._items.get(place, request["Key"])
                self._items[place] = _updated(before, request["UpdateExpression"], request["ExpressionAttributeValues"])
            case _:
                raise NotImplementedError(kind)


def _place(request: Mapping[str, Any]) -> str:
    key = request.get("Key") or request["Item"]
    return f"{key['partition']['S']}|{key['sort']['S']}"


def _holds(condition: str, item: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return any(all(_is(term, item, values) for term in either.split(" AND ")) for either in condition.split(" OR "))


def _is(term: str, item: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    if called := re.fullmatch(r"(attribute_exists|attribute_not_exists)\((\w+)\)", term):
        return (called[2] in item) == (called[1] == "attribute_exists")
    if called := re.fullmatch(r"contains\((\w+), (:\w+)\)", term):
        return values[called[2]]["N"] in item.get(called[1], {}).get("NS", ())
    name, sign, value = term.split(" ")
    return name in item and bool(_COMPARISONS[sign](float(item[name]["N"]), float(values[value]["N"])))


def _updated(item: Mapping[str, Any], expression: str, values: Mapping[str, Any]) -> Item:
    changed = dict(item)
    for clause, parts in re.findall(r"(SET|ADD|DELETE) (.*?)(?= SET | ADD | DELETE |$)", expression):
        for part in parts.split(", "):
            name, value = part.replace(" = ", " ").split(" ")
            after = _changed(clause, changed.get(name, {}), values[value])
            changed |= {name: after}
            if after == {"NS": []}:
                del changed[name]
    return changed


def _changed(clause: str, before: Mapping[str, Any], value: Mapping[str, Any]) -> Item:
    if clause == "SET":
        return dict(value)
    if "N" in value and clause == "ADD":
        return {"N": str(int(before.get("N", "0")) + int(value["N"]))}
    known, these = set(before.get("NS", ())), set(value["NS"])
    return {"NS": sorted(known | these if clause == "ADD" else known - these)}
