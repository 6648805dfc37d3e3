"""What a caller may do: tenant, project, key, each of which may only narrow what stands above it. Pure."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from sallyport.contracts import Caller, Hold
from sallyport.errors import InvalidRequestError, ModelNotFoundError, RequestTooLargeError
from sallyport.limits import Demand, Limit, Window, amounts, window_at
from sallyport.message import Message, Name
from sallyport.ports import Refused
from sallyport.redaction_rules import RedactionRules
from sallyport.regions import RegionPattern
from sallyport.remote.hosts import AllowedHosts, MediaHost

DEFAULT_MAX_TOKENS = 1024
"""Output tokens of a request that does not say: Bedrock reserves quota for what is asked, so never the model's most."""


type Percent = Annotated[int, Field(ge=1, le=100)]


class Policy(RedactionRules):
    """One level's rules. What is absent is not narrowed by this level.

    `share` is a tenant's weight where tenants share a target's own limits.
    `alert_at` are the percents of this level's limits per day and month at which an operator is told.
    `cheaper_model` is the alias that is asked instead when one of this level's limits of dollars has no room left.
    """

    models: tuple[Name, ...] | None = None
    max_tokens: PositiveInt | None = None
    max_content_bytes: PositiveInt | None = None
    media_hosts: tuple[MediaHost, ...] | None = None
    allowed_regions: tuple[RegionPattern, ...] | None = None
    limits: tuple[Limit, ...] = ()
    share: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)] = 1.0
    alert_at: Annotated[tuple[Percent, ...], Field(max_length=10)] = (50, 80, 100)
    on_exceeded: Literal["refuse", "cheaper_model"] = "refuse"
    cheaper_model: Name | None = None

    @field_validator("limits")
    @classmethod
    def _one_limit_of_a_kind(cls, limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
        """Each is one counter, which a request can take from once."""
        counted = [(kind, limit.per, limit.each) for limit in limits for kind in limit.kinds()]
        for kind, window, each in counted:
            if counted.count((kind, window, each)) > 1:
                raise ValueError(f"two limits for {kind} per {window}{f' of each {each}' if each else ''}; leave one")
        return limits

    @model_validator(mode="after")
    def _names_what_it_asks_for(self) -> Self:
        if (self.on_exceeded == "cheaper_model") != (self.cheaper_model is not None):
            raise ValueError('on_exceeded = "cheaper_model" and cheaper_model = "<alias>" belong together')
        if self.cheaper_model is not None and self.models is not None and self.cheaper_model not in self.models:
            raise ValueError("cheaper_model is none of models, so it could never be asked")
        return self


class Scoped(Message):
    """A level's policy and the name under which its limits are counted, such as `tenant/acme`."""

    scope: str
    policy: Policy


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


def cheaper_model(levels: Sequence[Scoped], refused: Refused, instead_of: str) -> str | None:
    """The alias to ask in its place when a limit of dollars refuses: as the level whose limit it is says."""
    if refused.scope.split("|")[1] != "dollars":
        return None
    named = _owner(levels, refused).policy.cheaper_model
    return named if named != instead_of else None


def alert_at(levels: Sequence[Scoped], refused: Refused) -> tuple[int, ...]:
    """The percents at which the level whose limit refuses wants an alert."""
    return _alerts(_owner(levels, refused).policy, Window(refused.scope.split("|")[2]))


def holds(levels: Sequence[Scoped], demand: Demand, now: float, user: str) -> tuple[Hold, ...]:
    """What to reserve, limit by limit, narrowest level first: a key's own limit is named before its tenant's.

    `user` is `user_of` the caller.
    """
    return tuple(
        Hold(
            scope=f"{level.scope}{user if limit.each else ''}|{kind}|{limit.per}|{window_at(limit.per, now)}",
            limit=most,
            amount=amount,
            alert_at=_alerts(level.policy, limit.per),
        )
        for level in reversed(levels)
        for limit in level.policy.limits
        for kind, most, amount in amounts(limit, demand)
        if most is not None
    )


def _owner(levels: Sequence[Scoped], refused: Refused) -> Scoped:
    level = refused.scope.split("|")[0].partition("/user/")[0]
    return next(each for each in levels if each.scope == level)


def _alerts(policy: Policy, window: Window) -> tuple[int, ...]:
    """What passes in a minute is no budget."""
    return () if window is Window.MINUTE else policy.alert_at


def _allows(policy: Policy, model: str) -> bool:
    return policy.models is None or model in policy.models
