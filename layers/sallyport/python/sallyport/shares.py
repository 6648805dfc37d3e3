"""How a target's own limits are split between the tenants that ask it. Pure.

A tenant that asked lately has a part of the limit by its weight, which nobody else can use. What nobody has a part in
is lent to whoever asks first. Who was there before and comes back finds a tenth: so much is lent to nobody while any
known tenant is away, until it is seen and has its part.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sallyport.contracts import Hold, Portion
from sallyport.limits import Window, window_at
from sallyport.message import Message, Name
from sallyport.routing import Target

SHARES = "shares"
"""Partition of the configuration records: who asked a target lately."""

LATELY_SECONDS = 180
KNOWN_SECONDS = 86_400
KEPT_FOR_ABSENT = 0.1

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
