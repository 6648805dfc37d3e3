"""A stream may die with whoever streams it. What was left in a queue when it began then stands for it in the books."""

from sallyport.attempts import Inference, Usage
from sallyport.audit.log import request_partition
from sallyport.choosing import choose_target
from sallyport.contracts import Completed, Ticket
from sallyport.errors import NoPrivateTargetError, NoTargetLeftError
from sallyport.inference import CUT
from sallyport.ports import Records
from sallyport.prices import cost
from sallyport.providers.choices import times_asked
from sallyport.routing import RoutingTable
from sallyport.settlement import day_of, usage_partition


def is_recorded(ticket: Ticket, usage: Records, audit_index: Records) -> bool:
    """Whether settle or audit has had the stream's own event: then the other has it too, or it is in its queue.

    Were only one of them asked, whatever it is behind with would be lost in the books of the other.
    """
    billed = usage.get(usage_partition(ticket.caller.tenant, day_of(ticket.received_at)), ticket.request_id)
    return billed is not None or audit_index.get(request_partition(ticket.request_id)) is not None


def lost(left: Completed, table: RoutingTable) -> Completed:
    """The event that was left, with what its request is charged: the estimated input, at its best target's price.

    Nobody knows what the provider was asked and said. Input is the least that it bills once it was asked; nothing
    would let whoever makes streams die have them for nothing. Nothing is charged when no target could have been asked.
    """
    ticket = left.ticket
    if ticket.authorization is None or ticket.redaction is None:
        return left
    try:
        name = choose_target(ticket.authorization.route, ticket.redaction.sensitivity, ticket.attempts)
    except (NoPrivateTargetError, NoTargetLeftError):
        return left
    target = table.targets.get(name)
    if target is None:
        return left
    used = Usage(input_tokens=ticket.input_tokens * times_asked(target.provider, ticket.choices), output_tokens=0)
    inference = Inference(
        target=name,
        provider=target.provider,
        model=target.model,
        usage=used,
        stop_reason=CUT,
        latency_ms=0,
        cost=cost(target.price, used),
        reason=f"the stream was lost: its input is charged as if {name}, the best target, was asked, and no output",
        estimated=True,
    )
    return left.model_copy(update={"ticket": ticket.model_copy(update={"inference": inference})})
