"""Policies and the routing table, read from the records at most every 15 seconds.

A store that is out of reach, or holds what is no policy, does not stop the gateway at once: what was read before
serves for five minutes more. After that, and when nothing was ever read, StoreUnavailableError: no policy is never
'no limits'.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sallyport.contracts import Caller
from sallyport.errors import StoreUnavailableError
from sallyport.policy import Policy, Scoped, scopes_of
from sallyport.ports import Records
from sallyport.routing import RoutingTable, packaged_table, parse_table

FRESH_SECONDS = 15
STALE_SECONDS = 300
BACK_OFF_SECONDS = 2
"""How long a store that just failed is left alone."""

POLICIES = "policy"
ROUTING = "routing"
"""Partitions of the configuration records. The routing table's sort key is `current`."""


class Configuration:
    """Safe to share between threads. Validation happens here once per read, not once per request."""

    def __init__(self, records: Records, *, clock: Callable[[], float]) -> None:
        self._records = records
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], _Known] = {}

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
        if known is not None and known.ask_at > now:
            value: Value = known.value
            return value
        try:
            record = self._records.get(partition, sort)
            read = _parsed(parse, partition, sort, None if record is None else dict(record.body))
        except StoreUnavailableError:
            if known is None or known.read_at + STALE_SECONDS <= now:
                raise
            # Whoever comes in the meantime does not wait for the same failure.
            ask_at = min(now + BACK_OFF_SECONDS, known.read_at + STALE_SECONDS)
            self._keep(partition, sort, _Known(known.value, known.read_at, ask_at))
            stale: Value = known.value
            return stale
        self._keep(partition, sort, _Known(read, now, now + FRESH_SECONDS))
        return read

    def _keep(self, partition: str, sort: str, known: "_Known") -> None:
        with self._lock:
            self._known[partition, sort] = known


@dataclass(frozen=True, slots=True)
class _Known:
    value: Any
    read_at: float
    ask_at: float


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
