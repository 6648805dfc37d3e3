"""May this caller use this model now: policy first, then limits, which are reserved until the request is settled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sallyport.configuration import Configuration
from sallyport.contracts import Authorization, RedactionPolicy, Reservation, Route, Ticket
from sallyport.errors import InvalidRequestError, ModelNotFoundError
from sallyport.limits import Demand, check_fits, refusal, user_of
from sallyport.opinion_prices import highest_opinion_cost
from sallyport.planning import plan
from sallyport.policy import (
    Scoped,
    alert_at,
    allowed_models,
    allowed_regions,
    bound_max_tokens,
    cheaper_model,
    check_model,
    check_size,
    holds,
)
from sallyport.ports import Granted, Ledger, Refused
from sallyport.providers.choices import times_asked
from sallyport.quotas import EXPIRY_MARGIN_SECONDS, divided, reserve
from sallyport.redaction.judge import SecondOpinion
from sallyport.redaction_rules import redaction_policy
from sallyport.routing import RoutingTable, check_operation, find_alias, highest_cost
from sallyport.shares import Askers


@dataclass(frozen=True, slots=True)
class _Rules:
    """What is known when a request comes."""

    levels: Sequence[Scoped]
    table: RoutingTable
    latencies: Callable[[], Mapping[str, float]]
    avoid: Callable[[Sequence[str]], Mapping[str, float]]
    askers: Callable[[str], Askers]


def authorize(
    ticket: Ticket,
    configuration: Configuration,
    ledger: Ledger,
    now: float,
    latencies: Callable[[], Mapping[str, float]] = dict,
    avoid: Callable[[Sequence[str]], Mapping[str, float]] = lambda _: {},
) -> Authorization:
    """Raise ModelNotFoundError, RequestTooLargeError, InvalidRequestError, RateLimitedError or BudgetExhaustedError.

    Windows and end of what is reserved come from the ticket, so that whoever authorizes it again, in another minute,
    names the same counters. `latencies` are milliseconds by target, as far as they are known; only a route that goes by
    them asks. `avoid` names those of some targets that are not to be called now; only where targets have limits of
    their own it is asked.
    """
    table = configuration.table_for(ticket.request_id)
    rules = _Rules(
        configuration.policies(ticket.caller), table, latencies, avoid, lambda target: configuration.askers(target)
    )
    answer = _reserve(ticket, ticket.request_id, rules, ledger, now)
    if isinstance(answer, Refused):
        return _with_a_cheaper_model(ticket, rules, ledger, now, answer)
    return answer


def _with_a_cheaper_model(ticket: Ticket, rules: _Rules, ledger: Ledger, now: float, refused: Refused) -> Authorization:
    """If a policy says so, and the caller may use it, and there is room for it. Never vectors of another kind."""
    model = cheaper_model(rules.levels, refused, ticket.model)
    if model is None or ticket.operation != "chat":
        raise refusal(refused, now, alert_at(rules.levels, refused))
    try:
        # Another model is another reservation: a retry that finds room for the first must not be taken for the second.
        request_id = f"{ticket.request_id[:56]}-cheaper"
        answer = _reserve(ticket.model_copy(update={"model": model}), request_id, rules, ledger, now)
    except (ModelNotFoundError, InvalidRequestError):
        raise refusal(refused, now, alert_at(rules.levels, refused)) from None
    if isinstance(answer, Refused):
        raise refusal(refused, now, alert_at(rules.levels, refused))
    limit = refused.scope.split("|")[0]
    return answer.model_copy(
        update={"reason": f"{ticket.model} has no room in the budget of {limit}, so in its place: {answer.reason}"}
    )


def _reserve(ticket: Ticket, request_id: str, rules: _Rules, ledger: Ledger, now: float) -> Authorization | Refused:
    levels, table = rules.levels, rules.table
    if ticket.operation == "anonymize" or ticket.operation == "restore":
        return _reserve_without_model(ticket, rules, ledger, now)
    check_model(levels, ticket.model)
    check_operation(table, ticket.model, ticket.operation, allowed_models(levels, list(table.routes)))
    check_size(levels, ticket.content_bytes)
    max_tokens = bound_max_tokens(levels, ticket.max_tokens)
    redaction = _redaction(levels)
    measured = find_alias(table, ticket.model).strategy == "least_latency"
    latencies = rules.latencies() if measured else {}
    route = plan(table, ticket, max_tokens, allowed_regions(levels), latencies)
    input_tokens = ticket.input_tokens * _times_asked(table, ticket)
    output_tokens = max_tokens * ticket.choices if ticket.operation == "chat" else 0
    most = highest_cost(table, ticket.model, input_tokens=input_tokens, output_tokens=output_tokens)
    if redaction.second_opinion is not SecondOpinion.OFF:
        most += highest_opinion_cost(ticket.content_bytes)
    demand = Demand(tokens=input_tokens + output_tokens, cost=most)
    reservation = Reservation(
        request_id=request_id,
        holds=holds(levels, demand, ticket.received_at, user_of(ticket.caller)),
        expires_at=int(ticket.deadline + EXPIRY_MARGIN_SECONDS),
    )
    check_fits(reservation.holds, ticket.operation)
    shared = divided(route, table, ticket, max_tokens, levels[0].policy.share, rules.askers, rules.avoid)
    taken = reserve(reservation, shared, ledger, now)
    if isinstance(taken.answer, Refused):
        return taken.answer
    limits = len(taken.reservation.holds)
    return Authorization(
        max_tokens=max_tokens,
        route=taken.route,
        reservation=_with_taken(taken.reservation, taken.answer),
        redaction=redaction,
        reason=f"{ticket.model} is allowed; {limits} limits reserved for {output_tokens} output tokens",
    )


def _reserve_without_model(ticket: Ticket, rules: _Rules, ledger: Ledger, now: float) -> Authorization | Refused:
    """One request of the limits of requests. No list of models and no budget forbids what asks no model."""
    check_size(rules.levels, ticket.content_bytes)
    held = holds(rules.levels, Demand(tokens=0, cost=0), ticket.received_at, user_of(ticket.caller))
    reservation = Reservation(
        request_id=ticket.request_id,
        holds=tuple(hold for hold in held if hold.amount),
        expires_at=int(ticket.deadline + EXPIRY_MARGIN_SECONDS),
    )
    answer = ledger.reserve(reservation, now=now) if reservation.holds else Granted()
    if isinstance(answer, Refused):
        return answer
    version = rules.table.version
    return Authorization(
        max_tokens=bound_max_tokens(rules.levels, None),
        route=Route(alias=ticket.model, targets=(), cache_ttl_seconds=0, table_version=version),
        reservation=_with_taken(reservation, answer),
        redaction=redaction_policy([level.policy for level in rules.levels]),
        reason=f"no model is asked; {len(reservation.holds)} limits of requests reserved",
    )


def _redaction(levels: Sequence[Scoped]) -> RedactionPolicy:
    """Whoever gives a second opinion stays within the same Regions as whoever answers."""
    policy = redaction_policy([level.policy for level in levels])
    if policy.second_opinion is SecondOpinion.OFF:
        return policy
    return policy.model_copy(update={"opinion_regions": tuple(allowed_regions(levels))})


def _with_taken(reservation: Reservation, granted: Granted) -> Reservation:
    """For the headers that tell a client how much of its limits is left."""
    if not granted.taken:
        return reservation
    holds = zip(reservation.holds, granted.taken, strict=True)
    told = tuple(hold.model_copy(update={"taken": max(0, taken)}) for hold, taken in holds)
    return reservation.model_copy(update={"holds": told})


def _times_asked(table: RoutingTable, ticket: Ticket) -> int:
    """How often the prompt may have to be paid: nobody knows yet which target of the route will answer."""
    targets = find_alias(table, ticket.model).targets
    return max(times_asked(table.targets[name].provider, ticket.choices) for name in targets)
