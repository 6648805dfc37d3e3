"""Who asks a target that has limits of its own: written down behind the answer, for `shares`."""

import threading
from collections.abc import Iterable, Mapping, Sequence

from sallyport.contracts import Ticket
from sallyport.errors import from_failure
from sallyport.ports import Records
from sallyport.shares import KNOWN_SECONDS, SHARES, Askers, Seen

NOTED_EVERY_SECONDS = 30
"""How often it is written down that a tenant asks a target."""

_TRIES = 5


class Roster:
    """Safe to share between threads."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._lock = threading.Lock()
        self._noted: dict[tuple[str, str], float] = {}

    def note(self, tickets: Iterable[Ticket], now: float) -> None:
        """Raise StoreUnavailableError. Who loses the race for a record again and again is noted next time."""
        asked: dict[str, dict[str, Seen]] = {}
        for ticket in tickets:
            for target, weight in _asked(ticket):
                if self._is_due(target, ticket.caller.tenant, now):
                    asked.setdefault(target, {})[ticket.caller.tenant] = Seen(weight=weight, at=ticket.received_at)
        for target, tenants in asked.items():
            self._write(target, tenants, now)

    def _is_due(self, target: str, tenant: str, now: float) -> bool:
        with self._lock:
            if self._noted.get((target, tenant), 0.0) > now - NOTED_EVERY_SECONDS:
                return False
            self._noted = {key: at for key, at in self._noted.items() if at > now - NOTED_EVERY_SECONDS}
            self._noted[target, tenant] = now
            return True

    def _write(self, target: str, tenants: Mapping[str, Seen], now: float) -> None:
        for _ in range(_TRIES):
            record = self._records.get(SHARES, target)
            known = {} if record is None else Askers.model_validate(dict(record.body)).tenants
            kept = {name: seen for name, seen in known.items() if seen.at > now - KNOWN_SECONDS}
            body = Askers(tenants=kept | dict(tenants)).to_json()
            ends = int(now) + KNOWN_SECONDS
            if self._records.put(SHARES, target, body, expect=record.version if record else 0, expires_at=ends):
                return


def _asked(ticket: Ticket) -> Sequence[tuple[str, float]]:
    """The targets with limits that a request was meant for, also one that was refused for them."""
    if ticket.authorization is not None:
        targets = ticket.authorization.route.targets
        return [(each.name, each.share) for each in targets if each.share is not None and each.reserved]
    if ticket.failure is None:
        return []
    told = from_failure(ticket.failure.error, ticket.failure.cause).details.get("shares")
    return [(name, told["weight"]) for name in told["targets"]] if told else []
