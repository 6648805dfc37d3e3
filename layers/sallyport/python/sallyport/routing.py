"""Which targets may serve a request, and in what order. Pure: the same request and table give the same route."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints, model_validator

from sallyport.contracts import OnRefusal, Privacy
from sallyport.errors import InvalidRequestError, ModelNotFoundError
from sallyport.message import Capability, Message, Name, Operation
from sallyport.prices import Price, highest
from sallyport.regions import regions_of_bedrock
from sallyport.strategies import Strategy

_PACKAGED = Path(__file__).with_name("routing_table.toml")

_BEDROCK = "bedrock"

_MOST_NAMED = 20
"""Aliases in one message: it has to fit into an error of Step Functions."""

_WORDS: Mapping[Operation, str] = {"chat": "chat", "embed": "embeddings"}

type Weight = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
RoleArn = Annotated[
    str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", max_length=640)
]
ProxyUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$", max_length=300)
]


class TargetLimits(Message):
    """What its provider takes per minute, of all tenants together; tokens are input plus the output asked for."""

    requests: PositiveInt | None = None
    tokens: PositiveInt | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if not self.by_kind():
            raise ValueError("limits say how many requests or tokens per minute")
        return self

    def by_kind(self) -> list[tuple[str, int]]:
        """Kind and limit, where there is one."""
        kinds = (("requests", self.requests), ("tokens", self.tokens))
        return [(kind, limit) for kind, limit in kinds if limit is not None]


class Target(Message):
    """One callable model. `model` is the provider's name for it; `secret` names a credential, never holds one.

    `timeout_seconds` are for an answer, or for the first event of a stream, which then may last; a stream that says
    nothing for `idle_seconds` is broken.
    Of one that embeds: targets with the same `vectors` (its `model`, if nothing is said) make vectors that can be
    compared; `texts_per_call` is for a server that takes fewer at once than its API allows.
    `base_model` is the model or profile behind an ARN of Bedrock that hides it. `region` is the one that Bedrock is
    asked in; of any other provider, where it is, as policies name it. `account_role` is a role of the account that
    Bedrock is asked in, if that is not the gateway's own. `proxy` is an HTTP proxy on the way, without a password.
    `weight` is its share of what a route draws. Without `capabilities` it is asked for anything, and may refuse.
    """

    provider: Name
    model: str
    operation: Operation = "chat"
    privacy: Privacy
    price: Price = Price()
    base_model: str | None = None
    region: str | None = None
    account_role: RoleArn | None = None
    base_url: str | None = None
    proxy: ProxyUrl | None = None
    secret: str | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=280)] = 60.0
    idle_seconds: Annotated[float, Field(gt=0, le=280)] = 60.0
    max_output_tokens: PositiveInt = 4096
    context_tokens: PositiveInt = 128_000
    weight: Weight = 1.0
    capabilities: frozenset[Capability] | None = None
    vectors: Name | None = None
    texts_per_call: PositiveInt | None = None
    limits: TargetLimits | None = None

    @model_validator(mode="after")
    def _says_nothing_idle(self) -> Self:
        if self.operation == "chat" and (self.vectors or self.texts_per_call):
            raise ValueError('vectors and texts_per_call are for targets with operation = "embed"')
        if self.operation == "embed" and self.price.output:
            raise ValueError("vectors have no output tokens, so no price for them")
        if self.provider != _BEDROCK and (self.base_model or self.account_role):
            raise ValueError("base_model and account_role are for targets of bedrock")
        return self

    def place(self, name: str) -> str:
        """The name, and a digest of where it leads: what was measured there says nothing of another model or server."""
        where = (self.provider, self.model, self.region, self.account_role, self.base_url, self.proxy, self.secret)
        return f"{name}@{hashlib.sha256(repr(where).encode()).hexdigest()[:8]}"

    @property
    def known_model(self) -> str:
        """The id that tells what kind of model it is."""
        return self.base_model or self.model

    @property
    def regions(self) -> frozenset[str] | None:
        """Where it may process what it is sent; None when that may be anywhere, or nobody wrote it down."""
        if self.provider == _BEDROCK:
            return regions_of_bedrock(self.model, self.base_model, self.region)
        return frozenset({self.region}) if self.region else None

    @property
    def comparable_with(self) -> tuple[Operation, str | None]:
        """Equal for targets that may stand in for each other: what they do, and whose vectors are alike."""
        return self.operation, None if self.operation == "chat" else self.vectors or self.model


class Alias(Message):
    """The name an application asks for, and the targets behind it, best first unless its `strategy` says otherwise.

    `weights` are this route's own, before those of its targets.
    """

    targets: tuple[Name, ...] = Field(min_length=1)
    strategy: Strategy = "ordered"
    weights: dict[Name, Weight] = {}
    cache_ttl_seconds: NonNegativeInt = 3600
    on_refusal: OnRefusal = "tell"
    description: str = ""


class RoutingTable(Message):
    """Targets and aliases. `version` changes with every published change and is part of every cache key."""

    version: str
    targets: dict[Name, Target]
    routes: dict[Name, Alias]

    @model_validator(mode="after")
    def _every_route_leads_somewhere(self) -> Self:
        for alias, route in self.routes.items():
            for target in route.targets:
                if target not in self.targets:
                    raise ValueError(f"route {alias} names the target {target}, which the table does not have")
            self._check_alike(alias, route)
            self._check_weights(alias, route)
        return self

    def _check_alike(self, alias: Name, route: "Alias") -> None:
        kinds = {self.targets[name].comparable_with for name in route.targets}
        if len({operation for operation, _ in kinds}) > 1:
            raise ValueError(f"route {alias} mixes targets that chat with targets that embed; make two routes of it")
        if len(kinds) > 1:
            raise ValueError(
                f"route {alias} mixes models whose vectors cannot be compared; give each a route of its own, or the "
                "same `vectors` if they are one model under two names"
            )

    def _check_weights(self, alias: Name, route: "Alias") -> None:
        drawn = route.strategy in ("weighted", "sticky")
        for name in route.weights:
            if name not in route.targets:
                raise ValueError(f"route {alias} has a weight for {name}, which is none of its targets")
        if route.weights and not drawn:
            raise ValueError(f"route {alias} has weights, which its strategy {route.strategy} does not ask for")
        if drawn and not any(self.weight_of(route, name) for name in route.targets):
            raise ValueError(f"route {alias} has no target with a weight above 0")

    def weight_of(self, route: "Alias", target: Name) -> float:
        """A target's share of what this route draws."""
        return route.weights.get(target, self.targets[target].weight)


@cache
def packaged_table(path: Path = _PACKAGED) -> RoutingTable:
    """The table that is deployed with the code; a published one in the records overrides it."""
    return parse_table(tomllib.loads(path.read_text()))


def parse_table(table: dict[str, Any]) -> RoutingTable:
    """Raise pydantic's ValidationError for an unknown key, a bad value or a route to nowhere."""
    return RoutingTable.model_validate(table)


def find_alias(table: RoutingTable, alias: str) -> Alias:
    route = table.routes.get(alias)
    if route is None:
        raise ModelNotFoundError(f"The model {alias} does not exist or is not available to this key.", param="model")
    return route


def check_operation(table: RoutingTable, alias: str, operation: Operation, allowed: Sequence[str]) -> None:
    """InvalidRequestError for a model that is for something else; it names those of `allowed` that are for it."""
    does = operation_for(table, find_alias(table, alias))
    if does == operation:
        return
    fitting = [name for name in allowed if operation_for(table, table.routes[name]) == operation]
    more = f" and {len(fitting) - _MOST_NAMED} more" if len(fitting) > _MOST_NAMED else ""
    named = f"{', '.join(fitting[:_MOST_NAMED])}{more}"
    instead = f"Models for {_WORDS[operation]}: {named}." if fitting else "No model of this key is."
    raise InvalidRequestError(f"{alias} is for {_WORDS[does]}, not for {_WORDS[operation]}. {instead}", param="model")


def operation_for(table: RoutingTable, alias: Alias) -> Operation:
    """What an alias is for: what all of its targets are."""
    return table.targets[alias.targets[0]].operation


def highest_cost(table: RoutingTable, alias: str, *, input_tokens: int, output_tokens: int) -> int:
    """The most that a request may cost on any target of its route: what is reserved of a budget."""
    prices = (table.targets[name].price for name in find_alias(table, alias).targets)
    return max(highest(price, input_tokens, output_tokens) for price in prices)
