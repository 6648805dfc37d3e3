"""Policies and the routing tables in force, read from the records at most every 15 seconds.

A store that is out of reach, or holds what is no policy, does not stop the gateway at once: what was read before
serves for five minutes more. After that, and when nothing was ever read, StoreUnavailableError: no policy is never
'no limits'.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sallyport.canary import gets
from sallyport.contracts import Caller
from sallyport.errors import StoreUnavailableError
from sallyport.policy import Policy, Scoped, scopes_of
from sallyport.ports import Record, Records
from sallyport.routing import RoutingTable, packaged_table
from sallyport.shares import SHARES, Askers
from sallyport.table_versions import (
    CURRENT,
    PACKAGED,
    ROUTING,
    Canary,
    Change,
    Version,
    adopted_table,
    name_of,
    number_of,
    version_sort,
)

FRESH_SECONDS = 15
STALE_SECONDS = 300
BACK_OFF_SECONDS = 2
"""How long a store that just failed is left alone."""

POLICIES = "policy"
"""Partition of the configuration records."""


class Configuration:
    """Safe to share between threads. Validation happens here once per read, not once per request."""

    def __init__(self, records: Records, *, clock: Callable[[], float]) -> None:
        self._records = records
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], _Known] = {}
        self._versions: dict[int, RoutingTable] = {}
        self._left_alone_until = 0.0

    def routing_table(self) -> RoutingTable:
        """The one in force, without its canary."""
        return self._in_force().table

    def table_for(self, request_id: str) -> RoutingTable:
        """The one in force, or its canary if this is one of the canary's requests."""
        known = self._in_force()
        if known.canary is not None and known.canary_table is not None and gets(known.canary, request_id):
            return known.canary_table
        return known.table

    def table_named(self, version: str) -> RoutingTable:
        """The one by which a request was authorized. Where that cannot be read, the one in force: it may differ."""
        table, number = self.routing_table(), number_of(version)
        if table.version == version or number is None:
            return table
        try:
            return self._version(number)
        except StoreUnavailableError:
            return table

    def canary(self) -> Canary | None:
        return self._in_force().canary

    def policies(self, caller: Caller) -> tuple[Scoped, ...]:
        """The caller's levels, widest first. A tenant that has no policy is not known here and may do nothing."""
        return tuple(self._level(scope) for scope in scopes_of(caller))

    def askers(self, target: str) -> Askers:
        """Who asked a target lately. Nobody is known where that cannot be read: the target's own limit holds still."""
        try:
            return self._read(SHARES, target, lambda body: Askers() if body is None else Askers.model_validate(body))
        except StoreUnavailableError:
            return Askers()

    def _level(self, scope: str) -> Scoped:
        return self._read(
            POLICIES,
            scope,
            lambda body: Scoped(scope=scope, policy=_absent(scope) if body is None else Policy.model_validate(body)),
        )

    def _in_force(self) -> "_InForce":
        return self._read(ROUTING, CURRENT, self._tables)

    def _tables(self, body: dict[str, Any] | None) -> "_InForce":
        if body is None:
            return _InForce(packaged_table())
        adopted = adopted_table(body)
        if adopted is not None:
            return _InForce(adopted)
        change = Change.model_validate(body)
        table = self._version(change.current)
        if change.canary is None:
            return _InForce(table)
        try:
            return _InForce(table, change.canary, self._version(change.canary.version))
        except StoreUnavailableError:
            # What cannot be read is tried out on nobody.
            return _InForce(table)

    def _version(self, number: int) -> RoutingTable:
        """Versions never change, so each is read once."""
        if number == PACKAGED:
            return packaged_table()
        known = self._versions.get(number)
        if known is None:
            sort = version_sort(number)
            record = self._record(ROUTING, sort)
            if record is None:
                raise StoreUnavailableError(f"The routing table {name_of(number)} is gone. Publish another.")
            known = _parsed(Version.model_validate, ROUTING, sort, dict(record.body)).table
            with self._lock:
                self._versions[number] = known
        return known

    def _read[Value](self, partition: str, sort: str, parse: Callable[[dict[str, Any] | None], Value]) -> Value:
        now = self._clock()
        known = self._known.get((partition, sort))
        if known is not None and known.ask_at > now:
            value: Value = known.value
            return value
        stale = known if known is not None and known.read_at + STALE_SECONDS > now else None
        if stale is not None and now < self._left_alone_until:
            value = stale.value
            return value
        try:
            record = self._record(partition, sort)
            read = _parsed(parse, partition, sort, None if record is None else dict(record.body))
        except StoreUnavailableError:
            if stale is None:
                raise
            # Whoever comes in the meantime does not wait for the same failure.
            ask_at = min(now + BACK_OFF_SECONDS, stale.read_at + STALE_SECONDS)
            self._keep(partition, sort, _Known(stale.value, stale.read_at, ask_at))
            value = stale.value
            return value
        self._keep(partition, sort, _Known(read, now, now + FRESH_SECONDS))
        return read

    def _record(self, partition: str, sort: str) -> Record | None:
        """A request has a record for each of its levels, and waits for a store that is away once at most."""
        try:
            return self._records.get(partition, sort)
        except StoreUnavailableError:
            self._left_alone_until = self._clock() + BACK_OFF_SECONDS
            raise

    def _keep(self, partition: str, sort: str, known: "_Known") -> None:
        with self._lock:
            self._known[partition, sort] = known


@dataclass(frozen=True, slots=True)
class _Known:
    value: Any
    read_at: float
    ask_at: float


@dataclass(frozen=True, slots=True)
class _InForce:
    table: RoutingTable
    canary: Canary | None = None
    canary_table: RoutingTable | None = None


def _parsed[Body, Value](parse: Callable[[Body], Value], partition: str, sort: str, body: Body) -> Value:
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
