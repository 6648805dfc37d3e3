"""One embedding request through the same workflow as a chat. A vector has no placeholders that could be restored."""

from sallyport.composition import Services
from sallyport.contracts import ChatEnd, Purpose, Ticket
from sallyport.dialects.openai_embeddings.parse import Parsed
from sallyport.dialects.openai_embeddings.render import render
from sallyport.edge.chat import run_ticket
from sallyport.edge.context import Call
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.edge.rate_limits import limits_of, openai_headers
from sallyport.edge.repeats import Once
from sallyport.embedding import EmbeddingAnswer
from sallyport.errors import AuditUnavailableError
from sallyport.observability import logger
from sallyport.tokens import estimate


def embed(here: Services, call: Call, parsed: Parsed, size: int, once: Once) -> tuple[bytes, dict[str, str]]:
    """The answer's JSON and the headers that tell how it came about. Raise whatever stopped the request."""
    ticket = Ticket(
        request_id=call.request_id,
        caller=call.caller,
        model=parsed.model,
        operation="embed",
        input_tokens=estimate(parsed.request),
        content_bytes=size,
        cache_control=call.cache_control,
        received_at=call.received_at,
        deadline=call.deadline,
    )
    end = run_ticket(here, ticket, parsed.request.model_copy(update={"drill": call.drill}))
    told = tell(here, call, parsed, end)
    once.keep(end)
    outcome, tenant = outcome_of(end.ticket), call.caller.tenant
    logger.info("embedded", request_id=call.request_id, tenant=tenant, cache=outcome.cache, target=outcome.target)
    return told, headers_of(outcome) | openai_headers(limits_of(end.ticket), here.now())


def tell(here: Services, call: Call, parsed: Parsed, end: ChatEnd) -> bytes:
    """The JSON of an answer that the workflow ended with."""
    if end.answer is None:
        raise AuditUnavailableError("The workflow ended without an answer. Try again.", retry_after=5.0)
    answer = EmbeddingAnswer.model_validate_json(here.vault.open(end.answer, call.caller.tenant, Purpose.ANSWER))
    return render(answer, encoding_format=parsed.encoding_format, sallyport=outcome_of(end.ticket).to_json())
