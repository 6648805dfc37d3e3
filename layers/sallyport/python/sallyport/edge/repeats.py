"""A request that was asked before: its answer again, recorded as a request of its own that cost nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sallyport.composition import Services
from sallyport.contracts import CacheDecision, CacheOutcome, ChatEnd
from sallyport.edge.context import Call
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.edge.recording import publish
from sallyport.errors import InFlightError, SallyportError
from sallyport.idempotency import Asked, Claim
from sallyport.observability import logger

REPLAYED_HEADER = "idempotent-replayed"
"""`true` on an answer that was given before, as other APIs with Idempotency-Key have it."""


class Once:
    """What a request leaves for its repetitions: its answer, or else the right to be asked again.

    Neither method raises: the answer was paid for, and its client gets it, whatever becomes of this entry.
    """

    def __init__(self, claim: Claim | None) -> None:
        self._claim = claim

    def keep(self, end: ChatEnd) -> None:
        self._end(lambda claim: claim.keep(end), "an answer is not kept for its repetitions")

    def free(self) -> None:
        """Nothing, after an answer was kept."""
        self._end(lambda claim: claim.free(), "a request cannot be asked again until its time is over")

    def _end(self, how: Callable[[Claim], None], otherwise: str) -> None:
        claim, self._claim = self._claim, None
        if claim is None:
            return
        try:
            how(claim)
        except SallyportError as error:
            logger.warning(otherwise, error=type(error).__name__)


def asked_before(here: Services, call: Call, path: str, body: bytes) -> Once | ChatEnd:
    """The answer that this request had, or what it is to leave one in. Raise what forbids it now.

    With a key it fails closed: who sends one wants one answer, and none rather than two. Without, it fails open.
    """
    if call.idempotency_key is None and not here.backend.recognises_retries:
        return Once(None)
    asked = Asked(call.request_id, call.caller, path, body, call.received_at, call.deadline)
    if call.idempotency_key is not None:
        found: Claim | ChatEnd | None = here.answers.under_key(call.idempotency_key, asked)
    else:
        try:
            found = here.answers.of_retry(asked) if call.retried else here.answers.of_new(asked)
        except InFlightError:
            raise
        except SallyportError as error:
            logger.warning("a retry could not be recognised", request_id=call.request_id, error=type(error).__name__)
            found = None
    return found if isinstance(found, ChatEnd) else Once(found)


@contextmanager
def freed_unless_kept(once: Once) -> Iterator[None]:
    """Whatever stops a request: it may be asked again."""
    try:
        yield
    except BaseException:
        once.free()
        raise


def recorded_again(here: Services, call: Call, kept: ChatEnd) -> dict[str, str]:
    """Publish that this answer was given again. The headers that tell so; AuditUnavailableError when it cannot be."""
    first = kept.ticket
    how = "the same Idempotency-Key" if call.idempotency_key is not None else "a retry of its SDK"
    decision = CacheDecision(
        outcome=CacheOutcome.REPLAY,
        reason=f"the answer to {first.request_id}, asked for again by {how}",
        inference=first.inference or (first.cache and first.cache.inference),
    )
    ticket = first.model_copy(
        update={
            "request_id": call.request_id,
            "caller": call.caller,
            "received_at": call.received_at,
            "deadline": call.deadline,
            "authorization": None,
            "cache": decision,
            "attempts": (),
            "inference": None,
            "redaction": first.redaction and first.redaction.model_copy(update={"opinion": None}),
        }
    )
    publish(here, ticket, kept.answer)
    logger.info("replayed", request_id=call.request_id, tenant=call.caller.tenant, first=first.request_id)
    # Where no model was asked, there is nothing to tell of one.
    told = headers_of(outcome_of(ticket)) if decision.inference is not None else {}
    return told | {REPLAYED_HEADER: "true", "x-sallyport-replay-of": first.request_id}


def as_first(call: Call, kept: ChatEnd) -> Call:
    """The call to which the answer was given: its id and time are part of the answer."""
    return call.model_copy(update={"request_id": kept.ticket.request_id, "received_at": kept.ticket.received_at})
