"""A request takes its portions of a target's own limits: of its tenant's part, or of what is lent."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from sallyport.contracts import (
    Authorization,
    FallbackRequest,
    Hold,
    Portion,
    Reservation,
    Route,
    RouteTarget,
    Ticket,
)
from sallyport.errors import RateLimitedError
from sallyport.limits import Window, seconds_left
from sallyport.ports import Granted, Ledger, Refused
from sallyport.providers.choices import times_asked
from sallyport.routing import RoutingTable, Target
from sallyport.shares import Asker, Askers, portions, target_of

EXPIRY_MARGIN_SECONDS = 120
"""A reservation outlives the caller's deadline by this much, for its settlement to come through the queue."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was reserved for a request, on which route."""

    answer: Granted | Refused
    reservation: Reservation
    route: Route


def divided(
    route: Route,
    table: RoutingTable,
    ticket: Ticket,
    max_tokens: int,
    weight: float,
    askers: Callable[[str], Askers],
    avoid: Callable[[Sequence[str]], Mapping[str, float]],
) -> Route:
    """The route with what this request takes of its targets' limits, if they have any.

    Then those to `avoid` for their health come last: where a request will be answered is where it must have room.
    """
    limited = {each.name: table.targets[each.name] for each in route.targets if table.targets[each.name].limits}
    if not limited:
        return route
    asker, at = Asker(ticket.caller.tenant, weight), ticket.received_at
    targets = []
    for each in route.targets:
        target = limited.get(each.name)
        if target is not None:
            split = portions(each.name, target, asker, askers(each.name), _demand(target, ticket, max_tokens), at)
            each = each.model_copy(update={"share": weight, "portions": split})
        targets.append(each)
    unhealthy = avoid([each.place for each in targets]) if len(targets) > 1 else {}
    return route.model_copy(update={"targets": tuple(sorted(targets, key=lambda each: each.place in unhealthy))})


def reserve(reservation: Reservation, route: Route, ledger: Ledger, now: float) -> Taken:
    """Reserve what a request takes of its caller's limits and of those of the first target that has room for it.

    It must be long enough for the request, unless none is. It then comes first in the route, and those without room
    last. One call, one more for each kind of which the tenant's own part is used up, and for each target without room.
    Refused when the caller has no room; RateLimitedError when no target has.
    """
    full: list[RouteTarget] = []
    fitting = [each for each in route.targets if each.fits] or route.targets
    for target in fitting:
        answer, held = _take(reservation, target.portions, ledger, now)
        if isinstance(answer, Refused) and target_of(answer.scope) is not None:
            full.append(target)
            continue
        reserved = target.model_copy(update={"reserved": bool(target.portions)})
        rest = [each for each in route.targets if each is not target and each not in full]
        reason = f"{route.reason}; at their limits: {', '.join(each.name for each in full)}" if full else route.reason
        update = {"targets": (reserved, *rest, *full), "reason": reason}
        return Taken(answer, held, route.model_copy(update=update))
    wait = math.ceil(seconds_left(Window.MINUTE, now) * 10) / 10
    raise RateLimitedError(
        f"What the model {route.alias} can take of this tenant per minute is taken. Try again in {math.ceil(wait)} s.",
        retry_after=wait,
        shares={"targets": [each.name for each in full], "weight": full[0].share},
    )


def take_instead(request: FallbackRequest, target: RouteTarget, ledger: Ledger, now: float) -> RouteTarget | None:
    """A target of which nothing was reserved, with the room that a request takes there after all; None without room.

    That is a reservation of its own under a name that follows from the request's, so that who asks again takes no more.
    """
    reservation = Reservation(
        request_id=f"{request.request_id[:54]}-{crc32(target.name.encode()):08x}",
        holds=(),
        expires_at=int(request.deadline + EXPIRY_MARGIN_SECONDS),
    )
    answer, held = _take(reservation, target.portions, ledger, now)
    return None if isinstance(answer, Refused) else target.model_copy(update={"reserved": True, "instead": held})


def settling(
    ticket: Ticket, authorization: Authorization, amounts: Sequence[int]
) -> list[tuple[Reservation, list[int]]]:
    """The reservations of a request and what they came to, when `amounts` are right for its caller's limits."""
    tokens = {attempt.target: 0 for attempt in ticket.attempts}
    if ticket.inference is not None:
        tokens[ticket.inference.target] = ticket.inference.usage.input_tokens + ticket.inference.usage.output_tokens
    own = authorization.reservation
    known = [(own, amounts)] if own.holds else []
    known += [(each.instead, [0] * len(each.instead.holds)) for each in authorization.route.targets if each.instead]
    return [
        (reservation, [_came_to(hold, tokens, amount) for hold, amount in zip(reservation.holds, given, strict=True)])
        for reservation, given in known
    ]


def _came_to(hold: Hold, tokens: Mapping[str, int], amount: int) -> int:
    """`amount`, unless it is of a target's limit: one that was not asked gets everything back."""
    target = target_of(hold.scope)
    if target is None or target not in tokens:
        return amount if target is None else 0
    return hold.amount if hold.scope.split("|")[1] == "requests" else tokens[target]


def _demand(target: Target, ticket: Ticket, max_tokens: int) -> dict[str, int]:
    """As Bedrock counts: the input, and what may come out."""
    asks = times_asked(target.provider, ticket.choices)
    output = min(max_tokens, target.max_output_tokens) * ticket.choices if target.operation == "chat" else 0
    return {"requests": asks, "tokens": ticket.input_tokens * asks + output}


def _take(
    reservation: Reservation, portions: Sequence[Portion], ledger: Ledger, now: float
) -> tuple[Granted | Refused, Reservation]:
    """Of the tenant's own part first, of what is lent where that has no room."""
    lent: set[str] = set()
    while True:
        holds = [hold for each in portions for hold in (each.total, each.lent if each.own.scope in lent else each.own)]
        held = reservation.model_copy(update={"holds": (*reservation.holds, *holds)})
        answer = ledger.reserve(held, now=now) if held.holds else Granted()
        if isinstance(answer, Granted) or answer.scope not in {each.own.scope for each in portions}:
            return answer, held
        lent.add(answer.scope)
