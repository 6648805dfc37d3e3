"""DynamoDB's transactions where they meet, which moto never lets them: one of two on the same item is cancelled."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


class ContendedDynamo:
    """A client of moto's, whose calls are serialised, with DynamoDB's TransactionConflict.

    A transaction has its items in hand for `prepare` seconds; when that is 0, none ever meet. An item that another has
    in hand cancels a transaction, for the reason that DynamoDB gives: each item's own, in the order of the writes, and
    no condition is looked at.
    """

    def __init__(self, dynamodb: Any, prepare: float) -> None:
        self._dynamodb = dynamodb
        self._prepare = prepare
        self._moto = threading.Lock()
        self._lock = threading.Lock()
        self._in_hand: set[str] = set()
        self.exceptions = dynamodb.exceptions

    def transact_write_items(self, *, TransactItems: Sequence[Mapping[str, Any]]) -> Any:
        with self._held([_item(write) for write in TransactItems]):
            time.sleep(self._prepare)
            with self._moto:
                return self._dynamodb.transact_write_items(TransactItems=TransactItems)

    def get_item(self, **arguments: Any) -> Any:
        with self._moto:
            return self._dynamodb.get_item(**arguments)

    def query(self, **arguments: Any) -> Any:
        with self._moto:
            return self._dynamodb.query(**arguments)

    @contextmanager
    def _held(self, items: list[str]) -> Iterator[None]:
        with self._lock:
            reasons = [{"Code": "TransactionConflict" if item in self._in_hand else "None"} for item in items]
            if self._prepare and {"Code": "TransactionConflict"} in reasons:
                cancelled = {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}}
                raise self.exceptions.TransactionCanceledException(
                    cancelled | {"CancellationReasons": reasons}, "TransactWriteItems"
                )
            self._in_hand.update(items)
        try:
            yield
        finally:
            with self._lock:
                self._in_hand.difference_update(items)


def _item(write: Mapping[str, Any]) -> str:
    [request] = write.values()
    key = request.get("Key") or request["Item"]
    return f"{key['partition']['S']}|{key['sort']['S']}"
