"""Which targets of a route could serve one request, and in what order they are to be asked. Pure.

Decided once, by authorize: the route travels in the ticket, so that whoever asks for the next target gets the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from sallyport.attempts import Usage
from sallyport.contracts import Route, RouteTarget, Ticket
from sallyport.errors import InvalidRequestError, ModelNotFoundError
from sallyport.message import Capability
from sallyport.prices import cost
from sallyport.providers.choices import times_asked
from sallyport.regions import stays_within
from sallyport.routing import RoutingTable, Target, find_alias
from sallyport.strategies import Candidate, order

_CAPABILITIES = len(get_args(Capability.__value__))

_ASKED_FOR: Mapping[Capability, tuple[str, str]] = {
    "vision": ("takes images", "messages"),
    "tools": ("calls tools", "tools"),
    "json_schema": ("answers by a JSON schema", "response_format"),
    "documents": ("takes documents", "messages"),
    "audio": ("takes audio", "messages"),
}
"""What a model does that has it, and the field that asks for it."""


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    target: Target


def plan(
    table: RoutingTable,
    ticket: Ticket,
    max_tokens: int,
    regions: Sequence[Sequence[str]],
    latencies: Mapping[str, float],
) -> Route:
    """The route of a request that asks for so many output tokens per choice.

    `regions` are the lists of Regions that it must stay within, `latencies` milliseconds by `Target.place`. Raise
    ModelNotFoundError when no target stays there, InvalidRequestError when none can do what the request needs. Those it
    is too long for come last, the largest first: how long it is was estimated, and only its provider knows.
    """
    alias = find_alias(table, ticket.model)
    known = [_Named(name, table.targets[name]) for name in dict.fromkeys(alias.targets)]
    resident = _resident(known, ticket, regions)
    able = _able(resident, ticket)
    seed = (ticket.conversation if alias.strategy == "sticky" else None) or ticket.request_id
    candidates = [_candidate(each, table.weight_of(alias, each.name), ticket, max_tokens, latencies) for each in able]
    places = {name: place for place, name in enumerate(order(alias.strategy, candidates, seed))}
    ordered = sorted(able, key=lambda each: places[each.name])
    fitting = [each for each in ordered if _fits(each.target, ticket, max_tokens)]
    too_small = sorted((each for each in ordered if each not in fitting), key=lambda each: -each.target.context_tokens)
    chosen = [*fitting, *too_small]
    said = {
        alias.strategy: chosen,
        "too small by estimate": too_small,
        f"without {', '.join(ticket.needs)}": [each for each in resident if each not in able],
        "outside the allowed Regions": [each for each in known if each not in resident],
    }
    return Route(
        alias=ticket.model,
        targets=tuple(_route_target(each, fits=each in fitting, bound=bool(regions)) for each in chosen),
        cache_ttl_seconds=alias.cache_ttl_seconds,
        table_version=table.version,
        reason="; ".join(f"{what}: {', '.join(each.name for each in whom)}" for what, whom in said.items() if whom),
        on_refusal=alias.on_refusal,
    )


def is_allowed_somewhere(table: RoutingTable, alias: str, regions: Sequence[Sequence[str]]) -> bool:
    """Whether any target of an alias stays within the Regions."""
    return any(stays_within(table.targets[name].regions, regions) for name in find_alias(table, alias).targets)


def _resident(known: Sequence[_Named], ticket: Ticket, regions: Sequence[Sequence[str]]) -> list[_Named]:
    resident = [each for each in known if stays_within(each.target.regions, regions)]
    if not resident:
        raise ModelNotFoundError(
            f"No target of the model {ticket.model} is sure to stay within the Regions that this key's policy allows. "
            "GET /v1/models lists the models that have one.",
            param="model",
        )
    return resident


def _able(known: Sequence[_Named], ticket: Ticket) -> list[_Named]:
    for need in ticket.needs:
        if not any(_can(each.target, (need,)) for each in known):
            does, field = _ASKED_FOR[need]
            raise InvalidRequestError(
                f"No target of the model {ticket.model} {does}. Ask for a model that does, or leave that out.",
                param=field,
            )
    able = [each for each in known if _can(each.target, ticket.needs)]
    if not able:
        together = " and ".join(_ASKED_FOR[need][0] for need in ticket.needs)
        raise InvalidRequestError(
            f"No target of the model {ticket.model} {together} at once. Ask for a model that does.", param="model"
        )
    return able


def _can(target: Target, needs: Sequence[Capability]) -> bool:
    return target.capabilities is None or target.capabilities.issuperset(needs)


def _candidate(
    each: _Named, weight: float, ticket: Ticket, max_tokens: int, latencies: Mapping[str, float]
) -> Candidate:
    target = each.target
    usage = Usage(
        input_tokens=ticket.input_tokens * times_asked(target.provider, ticket.choices),
        output_tokens=min(max_tokens, target.max_output_tokens) * ticket.choices if target.operation == "chat" else 0,
    )
    return Candidate(
        name=each.name,
        weight=weight,
        cost=cost(target.price, usage),
        context_tokens=target.context_tokens,
        abilities=_CAPABILITIES if target.capabilities is None else len(target.capabilities),
        latency_ms=latencies.get(target.place(each.name)),
    )


def _fits(target: Target, ticket: Ticket, max_tokens: int) -> bool:
    """Texts to embed are read one by one, so that their sum says nothing."""
    if target.operation == "embed":
        return True
    return ticket.input_tokens + min(max_tokens, target.max_output_tokens) <= target.context_tokens


def _route_target(each: _Named, *, fits: bool, bound: bool) -> RouteTarget:
    target = each.target
    return RouteTarget(
        name=each.name,
        place=target.place(each.name),
        privacy=target.privacy,
        context_tokens=target.context_tokens,
        fits=fits,
        regions=tuple(sorted(target.regions or ())) if bound else None,
    )
