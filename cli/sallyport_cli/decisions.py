"""A ticket's decisions and their reasons, in the words that `trace` and `audit show` print."""

from collections.abc import Iterator

from sallyport.attempts import Attempt
from sallyport.contracts import Ticket
from sallyport.errors import from_failure
from sallyport.redaction_decision import Opinion
from sallyport_cli.output import dollars


def decisions_of(ticket: Ticket) -> Iterator[tuple[str, str]]:
    """The state that decided, and what and why, in the order of the flow."""
    if ticket.authorization is not None:
        yield "Authorize", authorized(ticket)
    if ticket.redaction is not None:
        yield "Redact", redacted(ticket)
    if ticket.cache is not None:
        yield "CacheLookup", f"{ticket.cache.outcome}: {ticket.cache.reason}"
    for attempt in ticket.attempts:
        yield "Infer", failed(attempt)
    if ticket.inference is not None:
        yield "Infer", answered(ticket)
    if ticket.failure is not None:
        yield "Failed", refused(ticket)


def authorized(ticket: Ticket) -> str:
    if ticket.authorization is None:
        return ""
    chosen = ticket.authorization.route.reason
    return f"{ticket.authorization.reason}; {chosen}" if chosen else ticket.authorization.reason


def redacted(ticket: Ticket) -> str:
    if ticket.redaction is None:
        return ""
    return f"{ticket.redaction.sensitivity}: {ticket.redaction.reason}{_advised(ticket.redaction.opinion)}"


def _advised(opinion: Opinion | None) -> str:
    if opinion is None:
        return ""
    counts = {
        "confirmed": opinion.confirmed,
        "dismissed": opinion.dismissed,
        "added": opinion.added,
        "taken as found" if opinion.as_found else "left in doubt": opinion.unasked,
    }
    said = [opinion.reason, *(f"{count} {what}" for what, count in counts.items() if count), dollars(opinion.cost)]
    return f"; second opinion: {', '.join(said)}"


def failed(attempt: Attempt) -> str:
    status = f" (HTTP {attempt.status})" if attempt.status else ""
    return f"{attempt.target} failed: {attempt.error}{status}"


def answered(ticket: Ticket) -> str:
    inference = ticket.inference
    if inference is None:
        return ""
    usage = inference.usage
    return (
        f"{inference.target} answered: {inference.reason}; "
        f"{usage.input_tokens} + {usage.output_tokens} tokens, {dollars(inference.cost)}"
    )


def refused(ticket: Ticket) -> str:
    if ticket.failure is None:
        return ""
    return f"{ticket.failure.error}: {from_failure(ticket.failure.error, ticket.failure.cause).message}"
