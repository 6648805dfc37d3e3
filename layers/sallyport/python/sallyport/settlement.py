"""After the answer: the real cost replaces the reservation, usage is written, the answer kept. All may run twice."""

import json
from datetime import UTC, datetime

from pydantic import NonNegativeInt

from sallyport.caching import CachedAnswer, may_be_kept
from sallyport.contracts import CacheOutcome, Caller, Completed, Ticket
from sallyport.errors import StoreUnavailableError, from_failure
from sallyport.limits import settled_amounts
from sallyport.message import Message, Name, RequestId
from sallyport.ports import Cache, Ledger, Records
from sallyport.quotas import settling
from sallyport.redaction_decision import Opinion

OWN = ""
"""In the place of a tenant, for what the gateway asks for itself: no tenant's name is empty."""


class UsageRecord(Message):
    """One request as it is billed. `cost` is in millionths of a dollar; `estimated` when no provider counted tokens.

    `opinion_cost` is what a second opinion cost; it is a part of `cost`. Without caller and model it is a probe, for
    which the gateway itself pays.
    """

    request_id: RequestId
    caller: Caller | None = None
    at: float
    model: Name | None = None
    target: Name | None = None
    outcome: str
    cache: CacheOutcome | None = None
    input_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    cost: NonNegativeInt = 0
    opinion_cost: NonNegativeInt = 0
    estimated: bool = False


def settle(completed: Completed, ledger: Ledger, usage: Records, cache: Cache, now: float) -> tuple[UsageRecord, bool]:
    """Settle, bill and keep one request. The bill, and whether it is new: the same event again changes nothing."""
    bill = usage_of(completed.ticket)
    authorization = completed.ticket.authorization
    if authorization is not None:
        amounts = settled_amounts(
            authorization.reservation.holds,
            tokens=bill.input_tokens + bill.output_tokens,
            cost=bill.cost,
            # A stream that broke was asked and paid for, whoever ended it.
            answered=bill.outcome == "answered" or completed.ticket.inference is not None,
        )
        for reservation, actual in settling(completed.ticket, authorization, amounts):
            ledger.settle(reservation, actual, now=now)
    partition = usage_partition(completed.ticket.caller.tenant, day_of(bill.at))
    new = usage.put(partition, bill.request_id, bill.to_json(), expect=0)
    _keep(completed, cache, now)
    return bill, new


def usage_of(ticket: Ticket) -> UsageRecord:
    """What a request used: of models nothing when it was refused or answered from the cache."""
    inference = ticket.inference
    opinion = opinion_on(ticket)
    opinion_cost = opinion.cost if opinion else 0
    return UsageRecord(
        request_id=ticket.request_id,
        caller=ticket.caller,
        at=ticket.received_at,
        model=ticket.model,
        target=inference and inference.target,
        outcome="answered" if ticket.failure is None else ticket.failure.error,
        cache=ticket.cache and ticket.cache.outcome,
        input_tokens=inference.usage.input_tokens if inference else 0,
        output_tokens=inference.usage.output_tokens if inference else 0,
        cost=(inference.cost if inference else 0) + opinion_cost,
        opinion_cost=opinion_cost,
        estimated=inference is not None and inference.estimated,
    )


def opinion_on(ticket: Ticket) -> Opinion | None:
    """The second opinion that was asked for about a request, answered or refused."""
    if ticket.redaction is not None or ticket.failure is None:
        return ticket.redaction.opinion if ticket.redaction else None
    told = from_failure(ticket.failure.error, ticket.failure.cause).details.get("opinion")
    return None if told is None else Opinion.model_validate(told)


def usage_partition(tenant: str, day: str) -> str:
    return f"{tenant}|{day}"


def day_of(at: float) -> str:
    """The UTC day of a UNIX time, `2026-11-20`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _keep(completed: Completed, cache: Cache, now: float) -> None:
    """Put an answer into the cache, unless it came from there. A cache that fails loses a future hit, nothing more.

    Its time runs from the request: an event that comes late or again makes nothing younger than it is.
    """
    decision, inference, answer = completed.ticket.cache, completed.ticket.inference, completed.answer
    if decision is None or decision.store_key is None or inference is None or answer is None:
        return
    expires_at = int(completed.ticket.received_at + decision.ttl_seconds)
    if expires_at <= now or not may_be_kept(inference, answer):
        return
    kept = CachedAnswer(answer=answer, inference=inference)
    value = json.dumps(kept.to_json(), separators=(",", ":")).encode()
    try:
        cache.put(decision.store_key, value, expires_at=expires_at)
    except StoreUnavailableError:
        return
