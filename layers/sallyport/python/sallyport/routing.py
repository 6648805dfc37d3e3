"""Which targets may serve a request, and in what order. Pure: the same request and table give the same route."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from sallyport.attempts import Attempt, Usage
from sallyport.contracts import OnRefusal, Privacy, Route, RouteTarget
from sallyport.errors import InvalidRequestError, ModelNotFoundError, NoPrivateTargetError, NoTargetLeftError
from sallyport.message import Message, Name, Operation
from sallyport.redaction.judge import Sensitivity

DEFAULT_RETRY_AFTER = 5.0
"""Seconds, when no provider said how long it wants to be left alone."""

TOO_LONG = "context_length_exceeded"
"""What every provider calls a prompt that is longer than its model's context."""

_NOBODY: Mapping[str, float] = MappingProxyType({})

_PACKAGED = Path(__file__).with_name("routing_table.toml")


_MOST_NAMED = 20
"""Aliases in one message: it has to fit into an error of Step Functions."""

_WORDS: Mapping[Operation, str] = {"chat": "chat", "embed": "embeddings"}

type Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(Message):
    """Dollars for a million tokens. What is cached or written to a cache costs as `input` if nothing else is said."""

    input: Dollars = 0.0
    output: Dollars = 0.0
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None


class Target(Message):
    """One callable model. `model` is the provider's name for it; `secret` names a credential, never holds one.

    `timeout_seconds` are for an answer, or for the first event of a stream, which then may last; a stream that says
    nothing for `idle_seconds` is broken.
    Of one that embeds: targets with the same `vectors` (its `model`, if nothing is said) make vectors that can be
    compared; `texts_per_call` is for a server that takes fewer at once than its API allows.
    """

    provider: Name
    model: str
    operation: Operation = "chat"
    privacy: Privacy
    price: Price = Price()
    region: str | None = None
    base_url: str | None = None
    secret: str | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=280)] = 60.0
    idle_seconds: Annotated[float, Field(gt=0, le=280)] = 60.0
    max_output_tokens: PositiveInt = 4096
    context_tokens: PositiveInt = 128_000
    vectors: Name | None = None
    texts_per_call: PositiveInt | None = None

    @model_validator(mode="after")
    def _says_nothing_idle(self) -> Self:
        if self.operation == "chat" and (self.vectors or self.texts_per_call):
            raise ValueError('vectors and texts_per_call are for targets with operation = "embed"')
        if self.operation == "embed" and self.price.output:
            raise ValueError("vectors have no output tokens, so no price for them")
        return self

    @property
    def comparable_with(self) -> tuple[Operation, str | None]:
        """Equal for targets that may stand in for each other: what they do, and whose vectors are alike."""
        return self.operation, None if self.operation == "chat" else self.vectors or self.model


class Alias(Message):
    """The name an application asks for, and the targets behind it, best first."""

    targets: tuple[Name, ...] = Field(min_length=1)
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


def route_of(table: RoutingTable, alias: str) -> Route:
    """What is behind an alias, as the workflow carries it."""
    found = find_alias(table, alias)
    targets = tuple(
        RouteTarget(name=name, privacy=table.targets[name].privacy, context_tokens=table.targets[name].context_tokens)
        for name in found.targets
    )
    return Route(
        alias=alias,
        targets=targets,
        cache_ttl_seconds=found.cache_ttl_seconds,
        table_version=table.version,
        on_refusal=found.on_refusal,
    )


def eligible(route: Route, sensitivity: Sensitivity) -> tuple[str, ...]:
    """The targets that may see content of this sensitivity: confidential content is refused rather than downgraded."""
    if sensitivity < Sensitivity.CONFIDENTIAL:
        return tuple(target.name for target in route.targets)
    private = tuple(target.name for target in route.targets if target.privacy is Privacy.PRIVATE)
    if not private:
        raise NoPrivateTargetError(
            f"The content is {sensitivity} and the model {route.alias} has no private target. "
            "Ask for a model that has one, or ask the operator to add one."
        )
    return private


def choose_target(
    route: Route, sensitivity: Sensitivity, attempts: Sequence[Attempt], avoid: Mapping[str, float] = _NOBODY
) -> str:
    """The first eligible target that has not failed yet and is not to be avoided.

    `avoid` says of unhealthy targets for how many seconds their providers want to be left alone. When there is no
    other, the first that no provider speaks for is tried all the same: that probes it. NoTargetLeftError else.
    """
    again = {attempt.target for attempt in attempts if attempt.again_after is not None}
    failed = {attempt.target for attempt in attempts if attempt.again_after is None}
    left = [name for name in eligible(route, sensitivity) if name not in failed and _fits(route, name, attempts)]
    healthy = (name for name in left if name not in avoid or name in again)
    target = next(healthy, next((name for name in left if not avoid.get(name)), None))
    if target is not None:
        return target
    if left:
        raise NoTargetLeftError(
            f"The providers of the model {route.alias} asked to be left alone for now. Try again later.",
            retry_after=min(avoid[name] for name in left),
            attempts=[attempt.to_json() for attempt in attempts],
        )
    waits = [attempt.retry_after for attempt in attempts if attempt.retry_after is not None]
    raise NoTargetLeftError(
        f"All targets of the model {route.alias} failed. Try again later.",
        retry_after=min(waits, default=DEFAULT_RETRY_AFTER),
        attempts=[attempt.to_json() for attempt in attempts],
    )


def _fits(route: Route, name: str, attempts: Sequence[Attempt]) -> bool:
    """Whether a target takes more than those for which the prompt was too long."""
    sizes = {target.name: target.context_tokens or 0 for target in route.targets}
    exceeded = [sizes.get(attempt.target, 0) for attempt in attempts if attempt.code == TOO_LONG]
    return not exceeded or sizes[name] > max(exceeded)


def cost(price: Price, usage: Usage) -> int:
    """Millionths of a dollar, rounded up: dollars per million tokens times tokens is just that.

    Counted in decimals: 25 tokens at $0.28 are 7, and floats would make it 8.
    """
    cached = price.input if price.cached_input is None else price.cached_input
    written = price.input if price.cache_write is None else price.cache_write
    plain = usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens
    return math.ceil(
        max(plain, 0) * _exact(price.input)
        + usage.cached_input_tokens * _exact(cached)
        + usage.cache_write_tokens * _exact(written)
        + usage.output_tokens * _exact(price.output)
    )


def highest_cost(table: RoutingTable, alias: str, *, input_tokens: int, output_tokens: int) -> int:
    """The most that a request may cost on any target of its route: what is reserved of a budget.

    Input is taken at its dearest: nobody knows beforehand what the provider's own cache will do with it.
    """
    prices = (table.targets[name].price for name in find_alias(table, alias).targets)
    return max(
        math.ceil(
            input_tokens * max(_exact(each or 0.0) for each in (price.input, price.cached_input, price.cache_write))
            + output_tokens * _exact(price.output)
        )
        for price in prices
    )


def _exact(dollars: float) -> Decimal:
    """As it is written in the table, not as a float keeps it."""
    return Decimal(repr(dollars))
