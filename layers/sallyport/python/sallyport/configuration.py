"""Policies and the routing table, read from the records at most every 15 seconds.

A store that is out of reach, or holds what is no policy, does not stop the gateway at once: what was read before
serves for five minutes more. After that, and when nothing was ever read, StoreUnavailableError: no policy is never
'no limits'.
"""

import threading
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from sallyport.contracts import Caller
from sallyport.errors import StoreUnavailableError
from sallyport.policy import Policy, Scoped, scopes_of
from sallyport.ports import Records
from sallyport.routing import RoutingTable, packaged_table, parse_table

FRESH_SECONDS = 15
STALE_SECONDS = 300

POLICIES = "policy"
ROUTING = "routing"
"""Partitions of the configuration records. The routing table's sort key is `current`."""


class Configuration:
    """Safe to share between threads. Validation happens here once per read, not once per request."""

    def __init__(self, records: Records, *, clock: Callable[[], float]) -> None:
        self._records = records
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[Any, float]] = {}

    def routing_table(self) -> RoutingTable:
        return self._read(ROUTING, "current", lambda body: packaged_table() if body is None else parse_table(body))

    def policies(self, caller: Caller) -> tuple[Scoped, ...]:
        """The caller's levels, widest first. A tenant that has no policy is not known here and may do nothing."""
        return tuple(self._level(scope) for scope in scopes_of(caller))

    def _level(self, scope: str) -> Scoped:
        return self._read(
            POLICIES,
            scope,
            lambda body: Scoped(scope=scope, policy=_absent(scope) if body is None else Policy.model_validate(body)),
        )

    def _read[Value](self, partition: str, sort: str, parse: Callable[[dict[str, Any] | None], Value]) -> Value:
        now = self._clock()
        known = self._known.get((partition, sort))
        if known is not None and known[1] + FRESH_SECONDS > now:
            value: Value = known[0]
            return value
        try:
            record = self._records.get(partition, sort)
            read = _parsed(parse, partition, sort, None if record is None else dict(record.body))
        except StoreUnavailableError:
            if known is not None and known[1] + STALE_SECONDS > now:
                stale: Value = known[0]
                return stale
            raise
        with self._lock:
            self._known[partition, sort] = (read, now)
        return read


def _parsed[Value](
    parse: Callable[[dict[str, Any] | None], Value], partition: str, sort: str, body: dict[str, Any] | None
) -> Value:
    try:
        return parse(body)
    except ValidationError as error:
        raise StoreUnavailableError(
            f"The stored {partition} {sort} is wrong in {error.error_count()} places. An operator must set it anew.",
            retry_after=FRESH_SECONDS,
        ) from None


def _absent(scope: str) -> Policy:
    """Projects and keys need no policy of their own; a tenant without one may use no model at all."""
    return Policy() if "/project/" in scope else Policy(models=())
