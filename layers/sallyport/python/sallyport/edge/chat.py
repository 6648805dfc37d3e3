"""One chat request: parse, seal, run the workflow, restore the placeholders for this caller last, render."""

import json
from typing import Any

from sallyport.affinity import conversation_of, mac_label
from sallyport.anonymization import AnonymizationRequest
from sallyport.asking import Request
from sallyport.composition import Services
from sallyport.contracts import ChatEnd, ChatStart, Purpose, Ticket
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.edge.context import Call
from sallyport.edge.dialects import Dialect, Parsed
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.edge.rate_limits import limits_of
from sallyport.edge.remote_media import by_value
from sallyport.edge.repeats import Once
from sallyport.edge.restoring import restored
from sallyport.edge.withholding import without_withheld
from sallyport.errors import AuditUnavailableError, StoreUnavailableError, VaultUnavailableError, from_failure
from sallyport.needs import needs_of
from sallyport.observability import logger
from sallyport.threads import name_of, thread_of
from sallyport.tokens import estimate


def complete[P: Parsed](
    here: Services, call: Call, dialect: Dialect[P], parsed: P, size: int, once: Once
) -> tuple[dict[str, Any], dict[str, str]]:
    """The answer in its dialect and the headers that tell how it came about. Raise whatever stopped the request."""
    end = run(here, call, parsed, size)
    told = tell(here, call, dialect, parsed, end)
    once.keep(end)
    outcome = outcome_of(end.ticket)
    tenant = call.caller.tenant
    logger.info("answered", request_id=call.request_id, tenant=tenant, cache=outcome.cache, target=outcome.target)
    return told, headers_of(outcome) | dialect.limit_headers(limits_of(end.ticket), here.now())


def tell[P: Parsed](here: Services, call: Call, dialect: Dialect[P], parsed: P, end: ChatEnd) -> dict[str, Any]:
    """An answer that the workflow ended with, restored for this caller, in its dialect."""
    if end.answer is None:
        raise AuditUnavailableError("The workflow ended without an answer. Try again.", retry_after=5.0)
    tenant = call.caller.tenant
    mapping = json.loads(here.vault.open(end.pseudonyms, tenant, Purpose.PSEUDONYMS))
    answer = ChatAnswer.model_validate_json(here.vault.open(end.answer, tenant, Purpose.ANSWER))
    outcome = outcome_of(end.ticket)
    answer, warnings = without_withheld(here, end.ticket, parsed.request, answer, outcome.target)
    account = outcome.to_json()
    account["warnings"] += warnings
    return dialect.render(call, parsed, restored(answer, mapping, parsed.request), account)


def run(here: Services, call: Call, parsed: Parsed, size: int) -> ChatEnd:
    """How the workflow ended for a body of `size` bytes: with an answer, or for a stream with its plan.

    Raise whatever stopped it.
    """
    request, size = by_value(here, call, parsed.request, parsed.model, size)
    if call.drill or call.betas:
        request = request.model_copy(update={"drill": call.drill, "betas": call.betas})
    ticket = Ticket(
        request_id=call.request_id,
        caller=call.caller,
        model=parsed.model,
        stream=parsed.stream,
        input_tokens=estimate(request),
        max_tokens=request.max_tokens,
        choices=request.n,
        needs=needs_of(request),
        conversation=_conversation(here, call, parsed.model, request),
        thread=_thread(here, call, request),
        content_bytes=size,
        cache_control=call.cache_control,
        received_at=call.received_at,
        deadline=call.deadline,
    )
    return run_ticket(here, ticket, request)


def _conversation(here: Services, call: Call, model: str, request: ChatRequest) -> str | None:
    """Only where the route asks for it. One that cannot be told costs a provider's warm cache, not the request."""
    try:
        alias = here.configuration.table_for(call.request_id).routes.get(model)
        if alias is None or alias.strategy != "sticky":
            return None
        return conversation_of(here.backend.cache_macs.secret(mac_label(call.caller.tenant)), request)
    except (StoreUnavailableError, VaultUnavailableError) as error:
        logger.warning("conversation unknown", request_id=call.request_id, error=type(error).__name__)
        return None


def _thread(here: Services, call: Call, request: ChatRequest) -> str | None:
    """Only where the client names its conversation. One that cannot be told might have to stay private: it fails."""
    name = name_of(request, call.conversation)
    if name is None:
        return None
    return thread_of(here.backend.cache_macs.secret(mac_label(call.caller.tenant)), call.caller, name)


def run_ticket(here: Services, ticket: Ticket, request: Request | AnonymizationRequest) -> ChatEnd:
    """The same for a request of any kind. Its content goes sealed beside its ticket."""
    content = request.model_dump_json().encode()
    sealed = here.vault.seal(content, ticket.caller.tenant, Purpose.CONTENT, name=ticket.request_id)
    execution = here.backend.workflows.chat(ticket.request_id, ChatStart(ticket=ticket, content=sealed).to_json())
    if execution.status == "TIMED_OUT":
        raise from_failure("States.Timeout", None)
    if execution.status == "FAILED" or execution.output is None:
        raise from_failure(execution.error or "unknown", execution.cause)
    return ChatEnd.model_validate(dict(execution.output))
