"""What a caller may do: tenant, project, key, each of which may only narrow what stands above it. Pure."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator, model_validator

from sallyport.contracts import Caller, Hold, RedactionPolicy
from sallyport.errors import (
    BudgetExhaustedError,
    InvalidRequestError,
    ModelNotFoundError,
    RateLimitedError,
    RequestTooLargeError,
)
from sallyport.message import Message, Name, Operation
from sallyport.ports import Refused
from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action, Sensitivity
from sallyport.regions import RegionPattern
from sallyport.remote.hosts import AllowedHosts, MediaHost

DEFAULT_MAX_TOKENS = 1024
"""Output tokens of a request that does not say: Bedrock reserves quota for what is asked, so never the model's most."""

_MICRODOLLARS = 1_000_000


class Window(StrEnum):
    """Calendar windows in UTC."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


class Limit(Message):
    """At most so much per window; tokens are input plus the output asked for, as Bedrock itself counts."""

    per: Window
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


class Policy(Message):
    """One level's rules. What is absent is not narrowed by this level."""

    models: tuple[Name, ...] | None = None
    max_tokens: PositiveInt | None = None
    max_content_bytes: PositiveInt | None = None
    media_hosts: tuple[MediaHost, ...] | None = None
    allowed_regions: tuple[RegionPattern, ...] | None = None
    limits: tuple[Limit, ...] = ()
    redaction: dict[str, Action] = {}
    redaction_default: Action | None = None
    minimum_sensitivity: Sensitivity | None = None

    @field_validator("limits")
    @classmethod
    def _one_limit_of_a_kind(cls, limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
        """Each is one counter, which a request can take from once."""
        counted = [(kind, limit.per) for limit in limits for kind in limit.kinds()]
        for kind, window in counted:
            if counted.count((kind, window)) > 1:
                raise ValueError(f"two limits for {kind} per {window}; leave one")
        return limits

    @field_validator("redaction")
    @classmethod
    def _types_that_are_looked_for(cls, redaction: dict[str, Action]) -> dict[str, Action]:
        """A misspelt type would be a rule that nobody follows, and LITERAL follows none."""
        known = TYPES - {LITERAL}
        for type_ in sorted(redaction.keys() - known):
            raise ValueError(f"{type_} is no type that is looked for; there are {', '.join(sorted(known))}")
        return redaction


class Scoped(Message):
    """A level's policy and the name under which its limits are counted, such as `tenant/acme`."""

    scope: str
    policy: Policy


class Demand(Message):
    """What a request would take of its limits."""

    tokens: NonNegativeInt
    cost: NonNegativeInt
    """Millionths of a dollar."""


def scope_of(tenant: str, project: str | None = None, key_id: str | None = None) -> str:
    """The name of a level: where its policy is kept, and how its limits are counted."""
    scope = f"tenant/{tenant}"
    if project is not None:
        scope += f"/project/{project}"
    if key_id is not None:
        scope += f"/key/{key_id}"
    return scope


def scopes_of(caller: Caller) -> tuple[str, str, str]:
    """The levels above and at this caller, widest first."""
    tenant, project = caller.tenant, caller.project
    return scope_of(tenant), scope_of(tenant, project), scope_of(tenant, project, caller.key_id)


def allowed_models(levels: Sequence[Scoped], models: Sequence[str]) -> list[str]:
    """Those that no level excludes, in their order."""
    return [model for model in models if all(_allows(level.policy, model) for level in levels)]


def check_model(levels: Sequence[Scoped], model: str) -> None:
    if not all(_allows(level.policy, model) for level in levels):
        raise ModelNotFoundError(f"The model {model} does not exist or is not available to this key.", param="model")


def check_size(levels: Sequence[Scoped], content_bytes: int) -> None:
    cap = min((level.policy.max_content_bytes for level in levels if level.policy.max_content_bytes), default=None)
    if cap is not None and content_bytes > cap:
        raise RequestTooLargeError(f"The request has {content_bytes} bytes; this key may send {cap}.")


def allowed_media_hosts(levels: Sequence[Scoped]) -> AllowedHosts:
    """Where images and documents may be fetched from: nowhere, unless the first level, the tenant's, names hosts."""
    return AllowedHosts.of([level.policy.media_hosts for level in levels])


def allowed_regions(levels: Sequence[Scoped]) -> list[tuple[str, ...]]:
    """The list of each level that has one: a request must stay within all of them."""
    return [level.policy.allowed_regions for level in levels if level.policy.allowed_regions is not None]


def bound_max_tokens(levels: Sequence[Scoped], asked: int | None) -> int:
    """The output tokens to ask for: what the caller wants, if no level's cap is below it."""
    cap = min((level.policy.max_tokens for level in levels if level.policy.max_tokens), default=None)
    if asked is None:
        return DEFAULT_MAX_TOKENS if cap is None else min(cap, DEFAULT_MAX_TOKENS)
    if cap is not None and asked > cap:
        raise InvalidRequestError(f"max_tokens is {asked}; this key may ask for {cap} at most.", param="max_tokens")
    return asked


def redaction_policy(levels: Sequence[Scoped]) -> RedactionPolicy:
    """The strictest action of any level for each entity type, and the highest of their least sensitivities.

    Where the first level, the tenant's, says nothing, its action is MASK: only a tenant may allow what is masked.
    """
    policies = [level.policy for level in levels]
    named = sorted({type_ for policy in policies for type_ in policy.redaction})
    actions = {
        type_: _strictest([policy.redaction.get(type_, policy.redaction_default) for policy in policies])
        for type_ in named
    }
    default = _strictest([policy.redaction_default for policy in policies])
    minimums = [level.policy.minimum_sensitivity for level in levels if level.policy.minimum_sensitivity is not None]
    return RedactionPolicy(default=default, actions=actions, minimum=max(minimums, default=Sensitivity.PUBLIC))


def holds(levels: Sequence[Scoped], demand: Demand, now: float) -> tuple[Hold, ...]:
    """What to reserve, limit by limit, narrowest level first: a key's own limit is named before its tenant's."""
    return tuple(
        Hold(scope=f"{level.scope}|{kind}|{limit.per}|{window_at(limit.per, now)}", limit=most, amount=amount)
        for level in reversed(levels)
        for limit in level.policy.limits
        for kind, most, amount in _kinds(limit, demand)
        if most is not None
    )


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
    """What each hold really came to; a request without an answer, be it from a cache, gives back everything."""
    actual = {"requests": 1 if answered else 0, "tokens": tokens, "dollars": cost}
    return [actual[hold.scope.split("|")[1]] for hold in holds]


def refusal(refused: Refused, now: float) -> RateLimitedError | BudgetExhaustedError:
    """The error for a limit that has no room left: which limit, and when it will have."""
    level, kind, window, _ = refused.scope.split("|")
    wait = math.ceil(seconds_left(Window(window), now) * 10) / 10  # never a moment too early
    if kind == "dollars":
        spent, limit = refused.taken / _MICRODOLLARS, refused.limit / _MICRODOLLARS
        return BudgetExhaustedError(
            f"The budget of {level} per {window} is {_money(limit)}, and {_money(spent)} of it is spent or reserved. "
            f"It starts anew in {math.ceil(wait)} s; ask its owner for more.",
            limit=f"{kind}/{window}",
        )
    return RateLimitedError(
        f"The limit of {level} is {refused.limit} {kind} per {window}. Try again in {math.ceil(wait)} s.",
        limit=f"{kind}/{window}",
        retry_after=wait,
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


def _allows(policy: Policy, model: str) -> bool:
    return policy.models is None or model in policy.models


def _strictest(said: Sequence[Action | None]) -> Action:
    """Of what each level says, widest first."""
    tenants, *narrower = said
    return max([tenants or Action.MASK, *(action for action in narrower if action is not None)])


def _kinds(limit: Limit, demand: Demand) -> tuple[tuple[str, int | None, int], ...]:
    dollars = None if limit.dollars is None else round(limit.dollars * _MICRODOLLARS)
    return ("requests", limit.requests, 1), ("tokens", limit.tokens, demand.tokens), ("dollars", dollars, demand.cost)


def _money(dollars: float) -> str:
    """Cents, and as many places more as a small amount needs to be seen."""
    return f"${dollars:.2f}" if dollars >= 1 or dollars == 0 else f"${dollars:.6f}".rstrip("0")
