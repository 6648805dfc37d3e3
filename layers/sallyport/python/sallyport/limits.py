"""A limit: how much per window, what a request takes of it, and what is said when there is no room left. Pure."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, model_validator

from sallyport.contracts import Caller, Hold
from sallyport.errors import BudgetExhaustedError, InvalidRequestError, RateLimitedError
from sallyport.message import Message, Operation
from sallyport.ports import Refused

_MICRODOLLARS = 1_000_000


class Window(StrEnum):
    """Calendar windows in UTC."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


class Limit(Message):
    """At most so much per window; tokens are input plus the output asked for, as Bedrock itself counts.

    `each = "user"`: every user of the tenant or project has this for himself, and so has every key that names no user.
    """

    per: Window
    each: Literal["user"] | None = None
    requests: NonNegativeInt | None = None
    tokens: NonNegativeInt | None = None
    dollars: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if not self.kinds():
            raise ValueError("a limit says how many requests, tokens or dollars")
        return self

    def kinds(self) -> list[str]:
        """What it counts: requests, tokens, dollars."""
        return [kind for kind in ("requests", "tokens", "dollars") if getattr(self, kind) is not None]


class Demand(Message):
    """What a request would take of its limits."""

    tokens: NonNegativeInt
    cost: NonNegativeInt
    """Millionths of a dollar."""


def user_of(caller: Caller) -> str:
    """The last part of the name under which limits of each user are counted. No user's name has a `/` in it."""
    return f"/user/{caller.user}" if caller.user is not None else f"/user/key/{caller.key_id}"


def amounts(limit: Limit, demand: Demand) -> tuple[tuple[str, int | None, int], ...]:
    """Kind, limit if there is one, and what the request takes."""
    dollars = None if limit.dollars is None else round(limit.dollars * _MICRODOLLARS)
    return ("requests", limit.requests, 1), ("tokens", limit.tokens, demand.tokens), ("dollars", dollars, demand.cost)


def check_fits(holds: Sequence[Hold], operation: Operation = "chat") -> None:
    """InvalidRequestError for a request that takes more tokens than a limit ever has: no waiting would help it."""
    for hold in holds:
        level, kind, window, _ = hold.scope.split("|")
        if kind == "tokens" and hold.amount > hold.limit:
            limit = f"the limit of {level} is {hold.limit} per {window}"
            if operation == "embed":
                raise InvalidRequestError(
                    f"The texts take some {hold.amount} tokens; {limit}. Send fewer at once.", param="input"
                )
            raise InvalidRequestError(
                f"The request takes {hold.amount} tokens with its answer; {limit}. Send less, or ask for a shorter "
                "answer with max_tokens.",
                param="max_tokens",
            )


def settled_amounts(holds: Sequence[Hold], *, tokens: int, cost: int, answered: bool) -> list[int]:
    """What each hold really came to; one without an answer gives back all but what it cost anyway."""
    actual = {"requests": 1 if answered else 0, "tokens": tokens, "dollars": cost}
    return [actual[hold.scope.split("|")[1]] for hold in holds]


def refusal(refused: Refused, now: float, alert_at: Sequence[int] = ()) -> RateLimitedError | BudgetExhaustedError:
    """The error for a limit that has no room left: which limit, and when it will have.

    `alert_at` are percents at which an alert is due; whoever settles the refusal finds them with the limit.
    """
    budget = {"scope": refused.scope, "at_most": refused.limit, "alert_at": list(alert_at)} if alert_at else None
    level, kind, window, _ = refused.scope.split("|")
    wait = math.ceil(seconds_left(Window(window), now) * 10) / 10  # never a moment too early
    if kind == "dollars":
        spent, limit = refused.taken / _MICRODOLLARS, refused.limit / _MICRODOLLARS
        return BudgetExhaustedError(
            f"The budget of {level} per {window} is {_money(limit)}, and {_money(spent)} of it is spent or reserved. "
            f"It starts anew in {math.ceil(wait)} s; ask its owner for more.",
            limit=f"{kind}/{window}",
            budget=budget,
        )
    return RateLimitedError(
        f"The limit of {level} is {refused.limit} {kind} per {window}. Try again in {math.ceil(wait)} s.",
        limit=f"{kind}/{window}",
        at_most=refused.limit,
        left=max(0, refused.limit - refused.taken),
        ends_at=round(now + seconds_left(Window(window), now)),
        retry_after=wait,
        budget=budget,
    )


def window_at(window: Window, now: float) -> str:
    """The window's own name, as part of a counter's key: `2026-11-20T18:02`, `2026-11-20` or `2026-11`."""
    form = {Window.MINUTE: "%Y-%m-%dT%H:%M", Window.DAY: "%Y-%m-%d", Window.MONTH: "%Y-%m"}[window]
    return datetime.fromtimestamp(now, UTC).strftime(form)


def seconds_left(window: Window, now: float) -> float:
    """Until the window ends."""
    at = datetime.fromtimestamp(now, UTC)
    match window:
        case Window.MINUTE:
            return 60 - now % 60
        case Window.DAY:
            return 86_400 - now % 86_400
        case Window.MONTH:
            year, month = divmod(at.year * 12 + at.month, 12)
            return datetime(year, month + 1, 1, tzinfo=UTC).timestamp() - now


def used(kind: str, amount: int) -> str:
    """An amount of a limit, for people."""
    return _money(amount / _MICRODOLLARS) if kind == "dollars" else f"{amount:,} {kind}"


def _money(dollars: float) -> str:
    """Cents, and as many places more as a small amount needs to be seen."""
    return f"${dollars:.2f}" if dollars >= 1 or dollars == 0 else f"${dollars:.6f}".rstrip("0")
