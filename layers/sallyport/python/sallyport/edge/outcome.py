"""What a client may know of how its answer came about: in a `sallyport` block of the body, and in headers."""

from sallyport.contracts import CacheOutcome, Ticket
from sallyport.message import Message


class Outcome(Message):
    """`cost_usd` is what this request cost: nothing when the cache answered, but for a second opinion.

    `warnings` are the wishes that the target did not honour, each with its `field` and the `reason` why it was asked
    all the same. `cheaper_model` is the alias that was asked in place of the client's, if a budget made it so.
    """

    request_id: str
    target: str
    provider: str
    model: str
    cache: CacheOutcome
    sensitivity: str
    redactions: dict[str, int]
    attempts: list[dict[str, str]]
    cost_usd: float
    warnings: list[dict[str, str]]
    cheaper_model: str | None = None


def outcome_of(ticket: Ticket) -> Outcome:
    """Of a ticket that was answered: it has every decision."""
    cached = ticket.cache.inference if ticket.cache else None
    served = ticket.inference or cached
    if served is None or ticket.redaction is None or ticket.cache is None:
        raise ValueError("an answered ticket carries its redaction, its cache decision and its inference")
    inferred = ticket.inference.cost if ticket.inference else 0
    advised = ticket.redaction.opinion.cost if ticket.redaction.opinion else 0
    return Outcome(
        request_id=ticket.request_id,
        target=served.target,
        provider=served.provider,
        model=served.model,
        cache=ticket.cache.outcome,
        sensitivity=ticket.redaction.sensitivity,
        redactions=dict(ticket.redaction.findings),
        attempts=[{"target": attempt.target, "error": attempt.error} for attempt in ticket.attempts],
        cost_usd=(inferred + advised) / 1_000_000,
        warnings=[*_replaced(ticket), *({"field": each.field, "reason": each.reason} for each in served.unmet)],
        cheaper_model=_cheaper_model(ticket),
    )


def _cheaper_model(ticket: Ticket) -> str | None:
    """The alias that was asked in place of the client's, for whom a budget had no room left."""
    if ticket.authorization is None or ticket.authorization.route.alias == ticket.model:
        return None
    return ticket.authorization.route.alias


def _replaced(ticket: Ticket) -> list[dict[str, str]]:
    cheaper = _cheaper_model(ticket)
    if cheaper is None:
        return []
    return [{"field": "model", "reason": f"a budget has no room left for {ticket.model}, so {cheaper} was asked"}]


def headers_of(outcome: Outcome, *, whole: bool = True) -> dict[str, str]:
    """Attempts count the successful one; a cache hit and a replay had none. What is not whole yet has no cost yet."""
    called = 0 if outcome.cache in (CacheOutcome.HIT, CacheOutcome.REPLAY) else 1
    headers = {
        "x-sallyport-target": outcome.target,
        "x-sallyport-model": "".join(each if " " <= each <= "~" else "?" for each in outcome.model),
        "x-sallyport-cache": outcome.cache,
        "x-sallyport-sensitivity": outcome.sensitivity,
        "x-sallyport-redactions": ",".join(f"{kind}={count}" for kind, count in outcome.redactions.items()),
        "x-sallyport-attempts": str(len(outcome.attempts) + called),
    }
    if outcome.cheaper_model is not None:
        headers["x-sallyport-cheaper-model"] = outcome.cheaper_model
    if whole:
        headers["x-sallyport-cost-usd"] = f"{outcome.cost_usd:.6f}"
    return headers
