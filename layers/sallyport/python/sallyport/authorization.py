"""May this caller use this model now: policy first, then limits, which are reserved until the request is settled."""

from sallyport.configuration import Configuration
from sallyport.contracts import Authorization, Reservation, Ticket
from sallyport.limits import Demand, check_fits, refusal, user_of
from sallyport.policy import allowed_models, bound_max_tokens, check_model, check_size, holds, redaction_policy
from sallyport.ports import Granted, Ledger, Refused
from sallyport.providers.choices import times_asked
from sallyport.routing import RoutingTable, check_operation, find_alias, highest_cost, route_of

EXPIRY_MARGIN_SECONDS = 120
"""A reservation outlives the caller's deadline by this much, for its settlement to come through the queue."""


def authorize(ticket: Ticket, configuration: Configuration, ledger: Ledger, now: float) -> Authorization:
    """Raise ModelNotFoundError, RequestTooLargeError, InvalidRequestError, RateLimitedError or BudgetExhaustedError.

    Windows and end of what is reserved come from the ticket, so that whoever authorizes it again, in another minute,
    names the same counters.
    """
    levels = configuration.policies(ticket.caller)
    table = configuration.routing_table()
    check_model(levels, ticket.model)
    check_operation(table, ticket.model, ticket.operation, allowed_models(levels, list(table.routes)))
    check_size(levels, ticket.content_bytes)
    max_tokens = bound_max_tokens(levels, ticket.max_tokens)
    input_tokens = ticket.input_tokens * _times_asked(table, ticket)
    output_tokens = max_tokens * ticket.choices if ticket.operation == "chat" else 0
    most = highest_cost(table, ticket.model, input_tokens=input_tokens, output_tokens=output_tokens)
    reservation = Reservation(
        request_id=ticket.request_id,
        holds=holds(
            levels,
            Demand(tokens=input_tokens + output_tokens, cost=most),
            ticket.received_at,
            user_of(ticket.caller),
        ),
        expires_at=int(ticket.deadline + EXPIRY_MARGIN_SECONDS),
    )
    check_fits(reservation.holds, ticket.operation)
    answer = ledger.reserve(reservation, now=now) if reservation.holds else Granted()
    if isinstance(answer, Refused):
        raise refusal(answer, now)
    return Authorization(
        max_tokens=max_tokens,
        route=route_of(table, ticket.model),
        reservation=_with_taken(reservation, answer),
        redaction=redaction_policy(levels),
        reason=f"{ticket.model} is allowed; {len(reservation.holds)} limits reserved for {output_tokens} output tokens",
    )


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
