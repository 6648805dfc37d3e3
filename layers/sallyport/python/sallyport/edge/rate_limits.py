"""How much of its limits a client has left, in the headers that its SDK knows.

Of several limits of one kind the one with the least left is told. A limit of tokens counts what goes in and what may
come out together, so Anthropic's two kinds of tokens have the same figures. What is left is told only where the ledger
told it: DynamoDB's transactions do not.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sallyport.contracts import Ticket
from sallyport.errors import RateLimitedError
from sallyport.limits import Window, seconds_left
from sallyport.shares import target_of

_KINDS = ("requests", "tokens")
_ANTHROPIC_KINDS = {"requests": ("requests",), "tokens": ("tokens", "input-tokens", "output-tokens")}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`left` is None where nobody knows; `ends_at` is the UNIX time at which the window ends."""

    kind: str
    most: int
    left: int | None
    ends_at: int


def limits_of(ticket: Ticket) -> list[RateLimit]:
    """Of a ticket that was authorized: one of each kind that is limited, from what was reserved for it."""
    if ticket.authorization is None:
        return []
    found = []
    for hold in ticket.authorization.reservation.holds:
        if target_of(hold.scope) is not None:
            continue  # A target's limit is the operator's business: its clients share it.
        _, kind, window, _ = hold.scope.split("|")
        ends_at = round(ticket.received_at + seconds_left(Window(window), ticket.received_at))
        left = None if hold.taken is None else max(0, hold.limit - hold.taken)
        found.append(RateLimit(kind, hold.limit, left, ends_at))
    of_kinds = ([each for each in found if each.kind == kind] for kind in _KINDS)
    return [min(each, key=_tightness) for each in of_kinds if each]


def limits_in(error: Exception) -> list[RateLimit]:
    """The limit that refused a request, if it was one of these."""
    if not isinstance(error, RateLimitedError) or "at_most" not in error.details:
        return []
    told = error.details
    return [RateLimit(told["limit"].partition("/")[0], told["at_most"], told["left"], told["ends_at"])]


def openai_headers(limits: Sequence[RateLimit], now: float) -> dict[str, str]:
    """`x-ratelimit-…`; a reset is a duration, such as `1h2m3s`."""
    return {
        f"x-ratelimit-{name}-{limit.kind}": value
        for limit in limits
        for name, value in _values(limit, _duration(limit.ends_at - now))
    }


def anthropic_headers(limits: Sequence[RateLimit], now: float) -> dict[str, str]:
    """`anthropic-ratelimit-…`; a reset is a time of RFC 3339."""
    return {
        f"anthropic-ratelimit-{kind}-{name}": value
        for limit in limits
        for kind in _ANTHROPIC_KINDS[limit.kind]
        for name, value in _values(limit, datetime.fromtimestamp(limit.ends_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    }


def _values(limit: RateLimit, reset: str) -> Iterable[tuple[str, str]]:
    yield "limit", str(limit.most)
    if limit.left is not None:
        yield "remaining", str(limit.left)
    yield "reset", reset


def _tightness(limit: RateLimit) -> tuple[int, int]:
    """Where nobody knows what is left, the smallest limit counts."""
    return limit.most if limit.left is None else limit.left, limit.ends_at


def _duration(seconds: float) -> str:
    """As Go writes it, which is how OpenAI does: `6m0s`. Never a moment too early, and a second at least."""
    whole = max(1, math.ceil(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
