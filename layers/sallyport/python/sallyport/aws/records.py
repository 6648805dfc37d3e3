"""JSON documents in a DynamoDB table.

Item: `partition` S and `sort` S (the key), `body` S (JSON), `version` N, and `expires_at` N on what ends. DynamoDB
deletes the expired hours later, so every read leaves them out and every condition takes them for absent.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Record

_WHAT = "The store"
_ALIVE = "(attribute_not_exists(#expires_at) OR #expires_at > :now)"


class DynamoRecords:
    """Reads are strongly consistent: no decision may rest on what was revoked a second ago."""

    def __init__(self, dynamodb: Any, table: str, *, clock: Callable[[], float] = time.time) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock

    def get(self, partition: str, sort: str = "-") -> Record | None:
        with translated(StoreUnavailableError, _WHAT):
            found = self._dynamodb.get_item(TableName=self._table, Key=_key(partition, sort), ConsistentRead=True)
        item = found.get("Item")
        if item is None or ("expires_at" in item and int(item["expires_at"]["N"]) <= self._clock()):
            return None
        return _record(item)

    def put(
        self,
        partition: str,
        sort: str,
        body: Mapping[str, Any],
        *,
        expect: int | None = None,
        expires_at: int | None = None,
    ) -> bool:
        update = _update(body, expect, expires_at, int(self._clock()))
        with translated(StoreUnavailableError, _WHAT):
            try:
                self._dynamodb.update_item(TableName=self._table, Key=_key(partition, sort), **update)
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def delete(self, partition: str, sort: str = "-") -> None:
        with translated(StoreUnavailableError, _WHAT):
            self._dynamodb.delete_item(TableName=self._table, Key=_key(partition, sort))

    def query(self, partition: str, *, start: str = "", end: str = "\U0010ffff", limit: int = 1000) -> Sequence[Record]:
        found: list[Record] = []
        if start >= end or limit < 1:
            return found
        for item in self._pages("query", ConsistentRead=True, Limit=limit, **_range(partition, start, end)):
            if item["sort"]["S"] < end:  # BETWEEN includes both its ends.
                found.append(_record(item))
            if len(found) == limit:
                break
        return found

    def scan(self) -> Iterator[Record]:
        names = {"#expires_at": "expires_at"}
        return map(_record, self._pages("scan", ExpressionAttributeNames=names, ExpressionAttributeValues={}))

    def _pages(self, operation: str, **request: Any) -> Iterator[Mapping[str, Any]]:
        """Items that have not expired, page after page."""
        request["ExpressionAttributeValues"] |= {":now": _number(int(self._clock()))}
        call = getattr(self._dynamodb, operation)
        while True:
            with translated(StoreUnavailableError, _WHAT):
                page = call(TableName=self._table, FilterExpression=_ALIVE, **request)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _update(body: Mapping[str, Any], expect: int | None, expires_at: int | None, now: int) -> dict[str, Any]:
    """The arguments of an UpdateItem that replaces the record, if the version that must be there is there."""
    values = {":body": {"S": json.dumps(body, ensure_ascii=False, separators=(",", ":"))}}
    update: dict[str, Any] = {}
    if expect is None:
        version = "if_not_exists(#version, :zero) + :one"
        values |= {":zero": _number(0), ":one": _number(1)}
    else:
        version = ":version"
        values |= {":version": _number(expect + 1), ":now": _number(now)}
        update["ConditionExpression"] = "attribute_not_exists(#version) OR #expires_at <= :now"
    if expect:
        values[":expect"] = _number(expect)
        update["ConditionExpression"] = f"#version = :expect AND {_ALIVE}"
    expiry = "REMOVE #expires_at"
    if expires_at is not None:
        values[":expires_at"] = _number(expires_at)
        expiry = ", #expires_at = :expires_at"
    update["UpdateExpression"] = f"SET #body = :body, #version = {version} {expiry}"
    update["ExpressionAttributeNames"] = {f"#{name}": name for name in ("body", "version", "expires_at")}
    update["ExpressionAttributeValues"] = values
    return update


def _range(partition: str, start: str, end: str) -> dict[str, Any]:
    """The arguments of a Query from `start` to `end`; DynamoDB refuses the empty string as a bound."""
    values = {":partition": {"S": partition}, ":end": {"S": end}}
    condition = "#sort < :end"
    if start:
        values[":start"] = {"S": start}
        condition = "#sort BETWEEN :start AND :end"
    return {
        "KeyConditionExpression": f"#partition = :partition AND {condition}",
        # `partition` is one of many plain words that DynamoDB reserves, so names go by an alias.
        "ExpressionAttributeNames": {f"#{name}": name for name in ("partition", "sort", "expires_at")},
        "ExpressionAttributeValues": values,
    }


def _key(partition: str, sort: str) -> dict[str, Any]:
    return {"partition": {"S": partition}, "sort": {"S": sort}}


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _record(item: Mapping[str, Any]) -> Record:
    return Record(item["partition"]["S"], item["sort"]["S"], json.loads(item["body"]["S"]), int(item["version"]["N"]))
