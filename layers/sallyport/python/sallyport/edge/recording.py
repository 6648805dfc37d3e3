"""The completed event of a stream: what was said and used, whole or cut off, durable before its end is told."""

import json
import random
import time
from dataclasses import replace

from sallyport.attempts import Inference, Usage
from sallyport.calling import Calling
from sallyport.composition import Services
from sallyport.contracts import Completed, Failure, Purpose, Sealed, Ticket
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.errors import AuditUnavailableError, SallyportError
from sallyport.inference import CUT, missing_choices, worst_stop_reason
from sallyport.observability import logger
from sallyport.stream import Collector
from sallyport.tokens import estimate, estimate_answer

WAITS = (0.3, 1.0)
"""Seconds before a second and a third try to publish, as the workflow has them; each is shortened at random."""

_NOTHING = Usage(input_tokens=0, output_tokens=0)


def account_of(
    calling: Calling, collector: Collector, request: ChatRequest, *, broken: bool
) -> tuple[Inference, ChatAnswer]:
    """What an attempt came to, and the answer as far as it came; counted by us when the provider did not."""
    counted = collector.counted
    usage = counted.usage if counted else _estimated(calling, request, collector)
    answer = collector.answer(usage)
    stop_reason = CUT if broken else worst_stop_reason(answer)
    calling = calling if broken else replace(calling, unmet=(*calling.unmet, *missing_choices(answer, request)))
    inference = calling.inference(collector.model, usage, stop_reason, estimated=counted is None or counted.estimated)
    return inference, answer


def record(here: Services, ticket: Ticket, answer: ChatAnswer | None, failure: SallyportError | None) -> Sealed | None:
    """Seal what was answered and publish the ticket; the answer as it was sealed.

    Raise AuditUnavailableError when that cannot be.
    """
    sealed: Sealed | None = None
    try:
        if answer is not None:
            text = answer.model_dump_json().encode()
            sealed = here.vault.seal(text, ticket.caller.tenant, Purpose.ANSWER, name=ticket.request_id)
        if failure is not None:
            failed = Failure(error=type(failure).__name__, cause=str(failure))
            ticket = ticket.model_copy(update={"failure": failed})
    except SallyportError as error:
        raise _unrecorded() from error
    publish(here, ticket, sealed)
    return sealed


def publish(here: Services, ticket: Ticket, answer: Sealed | None) -> None:
    """The completed event of a request. Raise AuditUnavailableError when that cannot be."""
    try:
        _publish(here, json.dumps(Completed(ticket=ticket, answer=answer).to_json(), separators=(",", ":")))
    except SallyportError as error:
        raise _unrecorded() from error


def _unrecorded() -> AuditUnavailableError:
    return AuditUnavailableError(
        "The request could not be recorded, so it does not count as answered. Try again.", retry_after=5.0
    )


def _publish(here: Services, message: str) -> None:
    for wait in WAITS:
        try:
            here.backend.events.publish(message)
            return
        except SallyportError as error:
            logger.warning("publishing failed and is tried again", error=type(error).__name__)
            time.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - nobody gains by guessing it
    here.backend.events.publish(message)


def _estimated(calling: Calling, request: ChatRequest, collector: Collector) -> Usage:
    return Usage(
        input_tokens=calling.asks * estimate(request), output_tokens=estimate_answer(collector.answer(_NOTHING))
    )
