"""A chat request, and one that streams: the workflow's plan carried out in a thread, or a cached answer replayed."""

import asyncio
import json
from collections.abc import Callable, Mapping

import anyio.to_thread
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
from sallyport.edge.repeats import Once
from sallyport.edge.restoring import EventRestorer, is_structured
from sallyport.edge.streams import Streams
from sallyport.edge.withholding import withholding, without_withheld
from sallyport.errors import AuditUnavailableError, SallyportError
from sallyport.observability import logger
from sallyport.presence import Client, waiting
from sallyport.stream import replay


def begin[P: Parsed](
    here: Services, call: Call, dialect: Dialect[P], parsed: P, size: int, once: Once
) -> Relay | Response:
    """Run the workflow. A cached answer is a response at once; for any other there is a relay to be run."""
    end = run(here, call, parsed, size)
    try:
        limits = dialect.limit_headers(limits_of(end.ticket), here.now())
        return _begun(here, end, dialect.writer(call, parsed), parsed.request, limits, once)
    except SallyportError as error:
        if end.answer is None:
            # What is watched over would otherwise be taken for lost.
            record(here, end.ticket, None, error)
        raise


def _begun(
    here: Services, end: ChatEnd, writer: Writer, request: ChatRequest, limits: Mapping[str, str], once: Once
) -> Relay | Response:
    ticket, tenant = end.ticket, end.ticket.caller.tenant
    if end.answer is not None:
        chunks, outcome = replayed(here, end, writer, request), outcome_of(ticket)
        once.keep(end)
        logger.info("answered", request_id=ticket.request_id, tenant=tenant, cache=outcome.cache)
        return Response(chunks, headers={**EVENT_STREAM, **headers_of(outcome), **limits})
    mapping = json.loads(here.vault.open(end.pseudonyms, tenant, Purpose.PSEUDONYMS))
    if end.content is None or ticket.authorization is None or ticket.redaction is None:
        raise AuditUnavailableError("The workflow ended without a plan. Try again.", retry_after=5.0)
    content = here.vault.open(end.content, tenant, Purpose.REDACTED)
    redacted = ChatRequest.model_validate_json(content)
    here.vault.prepare(tenant, Purpose.ANSWER)  # what could not be sealed is not asked for
    plan = Plan(
        ticket,
        ticket.authorization,
        ticket.redaction,
        redacted,
        end.pseudonyms,
        mapping,
        withholding(here, ticket, request),
        limits,
    )
    return Relay(here, plan, writer, once)


async def answered[*Arguments](
    request: Request,
    streams: Streams,
    keep_alive: bytes,
    make: Callable[[*Arguments], Relay | Response],
    *arguments: *Arguments,
) -> Response:
    """The response that `make` makes in a thread, or a stream's as soon as something of its answer is there.

    A relay is run where it was made: the loop would pass it on to another thread, and both take time. Once the client
    hangs up, or `streams` are cut, what is waited for is hung up on, too. Raise what stopped it before.
    """
    client, whole, begun = Client(), list[Response](), list[Relay]()

    def hang_up() -> None:
        client.leave()
        for relay in begun:
            relay.close()

    def work() -> None:
        with streams.awaited(client):
            made = make(*arguments)
        if isinstance(made, Relay):
            begun.append(made)  # who left before is seen by the relay itself
            streams.run(made, pipe)
        else:
            whole.append(made)

    pipe = Pipe(hang_up)
    watching = asyncio.create_task(abandon_when_left(pipe, request.receive))
    with waiting(client):
        working = asyncio.create_task(anyio.to_thread.run_sync(work))
    working.add_done_callback(lambda _: None if begun else pipe.finish())

    async def done() -> None:
        watching.cancel()
        await wind_up(pipe)

    try:
        first = await first_of(pipe)
        if not begun:
            await working
        if whole:
            watching.cancel()
            return whole[0]
    except BaseException:
        await done()
        raise
    if first is None:
        await done()
        return Response(status_code=499)
    return EventStream(pipe, first, keep_alive, begun[0].headers, done)


def replayed(here: Services, end: ChatEnd, writer: Writer, request: ChatRequest) -> bytes:
    """A whole stream of what was kept of an answer, restored for this caller. Its event is somebody else's to publish.

    Raise AuditUnavailableError without an answer.
    """
    if end.answer is None:
        raise AuditUnavailableError("The workflow ended without an answer. Try again.", retry_after=5.0)
    ticket, tenant = end.ticket, end.ticket.caller.tenant
    mapping = json.loads(here.vault.open(end.pseudonyms, tenant, Purpose.PSEUDONYMS))
    answer = ChatAnswer.model_validate_json(here.vault.open(end.answer, tenant, Purpose.ANSWER))
    outcome = outcome_of(ticket)
    answer, warnings = without_withheld(here, ticket, request, answer, outcome.target)
    restorer = EventRestorer(mapping, structured=is_structured(request))
    chunks = [writer.write(each) for event in replay(answer) for each in restorer.take(event)]
    account = outcome.to_json()
    account["warnings"] += warnings
    chunks.append(writer.end(answer.usage, account))
    return b"".join(chunks)
