"""One embedding request through the same workflow as a chat. A vector has no placeholders that could be restored."""

from sallyport.composition import Services
from sallyport.contracts import Purpose, Ticket
from sallyport.dialects.openai_embeddings.parse import parse
from sallyport.dialects.openai_embeddings.render import render
from sallyport.edge.chat import run_ticket
from sallyport.edge.context import Call
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.edge.rate_limits import limits_of, openai_headers
from sallyport.embedding import EmbeddingAnswer
from sallyport.errors import AuditUnavailableError
from sallyport.observability import logger
from sallyport.tokens import estimate


def embed(here: Services, call: Call, body: bytes) -> tuple[bytes, dict[str, str]]:
    """The answer's JSON and the headers that tell how it came about. Raise whatever stopped the request."""
    parsed = parse(body)
    ticket = Ticket(
        request_id=call.request_id,
        caller=call.caller,
        model=parsed.model,
        operation="embed",
        input_tokens=estimate(parsed.request),
        content_bytes=len(body),
        cache_control=call.cache_control,
        received_at=call.received_at,
        deadline=call.deadline,
    )
    end = run_ticket(here, ticket, parsed.request.model_copy(update={"drill": call.drill}))
    if end.answer is None:
        raise AuditUnavailableError("The workflow ended without an answer. Try again.", retry_after=5.0)
    tenant = call.caller.tenant
    answer = EmbeddingAnswer.model_validate_json(here.vault.open(end.answer, tenant, Purpose.ANSWER))
    outcome = outcome_of(end.ticket)
    logger.info("embedded", request_id=call.request_id, tenant=tenant, cache=outcome.cache, target=outcome.target)
    told = render(answer, encoding_format=parsed.encoding_format, sallyport=outcome.to_json())
    return told, headers_of(outcome) | openai_headers(limits_of(end.ticket), here.now())
