"""How a target's own limits are split between the tenants that ask it. Pure, but for the record of who does.

A tenant that asked lately has a part of the limit by its weight, which nobody else can use. What nobody has a part in
is lent to whoever asks first. Who was there before and comes back finds a tenth: so much is lent to nobody while any
known tenant is away, until it is seen and has its part.
"""

import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sallyport.contracts import Hold, Portion, RouteTarget, Ticket
from sallyport.errors import from_failure
from sallyport.limits import Window, window_at
from sallyport.message import Message, Name
from sallyport.ports import Records
from sallyport.routing import Target

SHARES = "shares"
"""Partition of the configuration records: who asked a target lately."""

LATELY_SECONDS = 180
KNOWN_SECONDS = 86_400
KEPT_FOR_ABSENT = 0.1
NOTED_EVERY_SECONDS = 30
"""How often it is written down that a tenant asks a target."""

_TRIES = 5
_TARGET = "target/"


class Seen(Message):
    """A tenant's weight, and when it last asked."""

    weight: float
    at: float


class Askers(Message):
    """Who asked a target within a day."""

    tenants: dict[Name, Seen] = {}


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose request it is, and with what weight."""

    tenant: str
    weight: float


def portions(
    name: str, target: Target, asker: Asker, askers: Askers, demand: Mapping[str, int], at: float
) -> tuple[Portion, ...]:
    """What a request takes of each of a target's limits, by kind. `demand` is by kind, too."""
    if target.limits is None:
        return ()
    window = f"{Window.MINUTE}|{window_at(Window.MINUTE, at)}"
    split = []
    for kind, limit in target.limits.by_kind():
        own, lendable = part_of(limit, asker, askers, at)

        def hold(of: str, most: int, kind: str = kind) -> Hold:
            return Hold(scope=f"{_TARGET}{name}{of}|{kind}|{window}", limit=most, amount=demand[kind])

        tenants = f"/tenant/{asker.tenant}"
        split.append(Portion(total=hold("", limit), own=hold(tenants, own), lent=hold("/lent", lendable)))
    return tuple(split)


def part_of(limit: int, asker: Asker, askers: Askers, at: float) -> tuple[int, int]:
    """What of a limit is this tenant's own, and what may be lent to anybody."""
    recent = {each: seen.weight for each, seen in askers.tenants.items() if seen.at > at - LATELY_SECONDS}
    recent[asker.tenant] = asker.weight
    absent = any(each not in recent for each, seen in askers.tenants.items() if seen.at > at - KNOWN_SECONDS)
    shared = limit - math.ceil(limit * KEPT_FOR_ABSENT) if absent else limit
    total = sum(recent.values())
    parts = {each: math.floor(shared * weight / total) for each, weight in recent.items()}
    return parts[asker.tenant], shared - sum(parts.values())


def target_of(scope: str) -> str | None:
    """The target whose limit a counter is of; None for a tenant's."""
    return scope.removeprefix(_TARGET).split("|")[0].split("/")[0] if scope.startswith(_TARGET) else None


class Roster:
    """Writes down who asks which target. Safe to share between threads; nobody's request waits for it."""

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
        targets: Sequence[RouteTarget] = ticket.authorization.route.targets
        return [(each.name, each.share) for each in targets if each.share is not None and each.reserved]
    if ticket.failure is None:
        return []
    told = from_failure(ticket.failure.error, ticket.failure.cause).details.get("shares")
    return [(name, told["weight"]) for name in told["targets"]] if told else []
