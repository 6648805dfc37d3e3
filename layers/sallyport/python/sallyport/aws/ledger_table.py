"""The ledger's table: an item, a transaction, and what lies in it beyond its end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sallyport.aws.counters import CONFLICT, FAILED
from sallyport.aws.errors import translated
from sallyport.aws.ledger_items import SHARDS
from sallyport.contracts import Reservation
from sallyport.errors import StoreUnavailableError

_WHAT = "The ledger"


class LedgerTable:
    """Raises StoreUnavailableError for whatever goes wrong but a condition that fails and a conflict."""

    def __init__(self, dynamodb: Any, name: str) -> None:
        self._dynamodb = dynamodb
        self.name = name

    def get(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        with translated(StoreUnavailableError, _WHAT):
            found = self._dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        item: Mapping[str, Any] | None = found.get("Item")
        return item

    def write(self, writes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Empty when all was written; otherwise nothing was, and here is the reason of each write."""
        with translated(StoreUnavailableError, _WHAT):
            try:
                self._dynamodb.transact_write_items(TransactItems=writes)
                return ()
            except self._dynamodb.exceptions.TransactionCanceledException as error:
                reasons: list[Mapping[str, Any]] = error.response["CancellationReasons"]
                if not {FAILED, CONFLICT} & codes(reasons):
                    raise
                return reasons

    def overdue(self, now: float) -> Iterator[Reservation]:
        for shard in range(SHARDS):
            request: dict[str, Any] = {
                "TableName": self.name,
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


def codes(reasons: Sequence[Mapping[str, Any]]) -> set[str]:
    return {reason["Code"] for reason in reasons}
