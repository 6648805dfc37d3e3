"""A chat request that streams: the workflow's plan carried out in a thread of its own, or a cached answer replayed."""

import asyncio
import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from sallyport.composition import Services
from sallyport.contracts import ChatEnd, Purpose
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.edge.chat import run
from sallyport.edge.context import Call
from sallyport.edge.dialects import Dialect, Parsed, Writer
from sallyport.edge.event_stream import EVENT_STREAM, EventStream, abandon_when_left, first_of, wind_up
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.edge.pipe import Pipe
from sallyport.edge.rate_limits import limits_of
from sallyport.edge.recording import record
from sallyport.edge.relay import Plan, Relay
from sallyport.edge.restoring import EventRestorer, is_structured
from sallyport.edge.streams import Streams
from sallyport.errors import AuditUnavailableError, SallyportError
from sallyport.observability import logger
from sallyport.stream import replay


def begin[P: Parsed](here: Services, call: Call, dialect: Dialect[P], parsed: P, size: int) -> Relay | Response:
    """Run the workflow. A cached answer is a response at once; for any other there is a relay to be run."""
    end = run(here, call, parsed, size)
    try:
        limits = dialect.limit_headers(limits_of(end.ticket), here.now())
        return _begun(here, end, dialect.writer(call, parsed), parsed.request, limits)
    except SallyportError as error:
        if end.answer is None:
            # What is watched over would otherwise be taken for lost.
            record(here, end.ticket, None, error)
        raise


def _begun(
    here: Services, end: ChatEnd, writer: Writer, request: ChatRequest, limits: Mapping[str, str]
) -> Relay | Response:
    ticket, tenant = end.ticket, end.ticket.caller.tenant
    mapping = json.loads(here.vault.open(end.pseudonyms, tenant, Purpose.PSEUDONYMS))
    if end.answer is not None:
        replayed = _replayed(here, end, mapping, request, writer)
        replayed.headers.update(limits)
        return replayed
    if end.content is None or ticket.authorization is None or ticket.redaction is None:
        raise AuditUnavailableError("The workflow ended without a plan. Try again.", retry_after=5.0)
    content = here.vault.open(end.content, tenant, Purpose.REDACTED)
    redacted = ChatRequest.model_validate_json(content)
    return Relay(here, Plan(ticket, ticket.authorization, ticket.redaction, redacted, mapping, limits), writer)


async def relayed(relay: Relay, streams: Streams, request: Request, keep_alive: bytes) -> Response:
    """Run it. The response, as soon as something of the answer is there. Raise what stopped it before."""
    pipe = Pipe(relay.close)
    watching = asyncio.create_task(abandon_when_left(pipe, request.receive))
    streams.start(relay, pipe)

    async def done() -> None:
        watching.cancel()
        await wind_up(pipe)

    try:
        first = await first_of(pipe)
    except BaseException:
        await done()
        raise
    if first is None:
        await done()
        return Response(status_code=499)
    return EventStream(pipe, first, keep_alive, relay.headers, done)


def _replayed(here: Services, end: ChatEnd, mapping: dict[str, str], request: ChatRequest, writer: Writer) -> Response:
    """What the cache kept, restored for this caller. Its event was published by the workflow."""
    if end.answer is None:
        raise AuditUnavailableError("The workflow ended without an answer. Try again.", retry_after=5.0)
    ticket = end.ticket
    answer = ChatAnswer.model_validate_json(here.vault.open(end.answer, ticket.caller.tenant, Purpose.ANSWER))
    restorer = EventRestorer(mapping, structured=is_structured(request))
    outcome = outcome_of(ticket)
    chunks = [writer.write(each) for event in replay(answer) for each in restorer.take(event)]
    chunks.append(writer.end(answer.usage, outcome.to_json()))
    logger.info("answered", request_id=ticket.request_id, tenant=ticket.caller.tenant, cache=outcome.cache)
    return Response(b"".join(chunks), headers={**EVENT_STREAM, **headers_of(outcome)})
