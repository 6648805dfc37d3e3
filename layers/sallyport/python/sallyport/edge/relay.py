"""One streamed request, from the workflow's plan to its completed event.

Tokens cannot pass through Step Functions, so what Infer, Fallback and Publish do for other requests is done here, by
the same code. Another target is asked only while the client has seen nothing. The event is durable before the client
is told that its answer is whole.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Event as Signal

from sallyport.attempts import Usage
from sallyport.calling import Calling
from sallyport.composition import Services
from sallyport.contracts import Authorization, ChatEnd, Failure, FallbackRequest, RedactionDecision, Sealed, Ticket
from sallyport.conversation import ChatRequest
from sallyport.edge.dialects import Writer
from sallyport.edge.event_mask import Outlet
from sallyport.edge.falling_back import fall_back
from sallyport.edge.leaving import LeftOnce
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.edge.pipe import AbandonedError, Pipe
from sallyport.edge.reading import Stop
from sallyport.edge.recording import account_of, record
from sallyport.edge.repeats import Once
from sallyport.edge.restoring import EventRestorer, is_structured
from sallyport.edge.withholding import Withheld, Withholding
from sallyport.errors import (
    ClientLeftError,
    InternalError,
    ProviderError,
    ProviderReplyError,
    SallyportError,
    StreamLostError,
)
from sallyport.fallback import attempt_of
from sallyport.inference import infer_stream, wait_before
from sallyport.observability import log_refusal, logger, metrics, place_of
from sallyport.providers.provider import Streamed, Waiting
from sallyport.reporting import reported
from sallyport.stream import Collector

type Upstream = tuple[Calling, Iterator[Streamed]]

_NOT_YET = Usage(input_tokens=0, output_tokens=0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the workflow leaves to edge: every decision but the last, the redacted request, and this caller's values.

    `withholding` knows what is kept from him. `limits` are the headers that tell what is left of them.
    """

    ticket: Ticket
    authorization: Authorization
    redaction: RedactionDecision
    request: ChatRequest
    pseudonyms: Sealed
    mapping: dict[str, str] = field(repr=False)
    withholding: Withholding
    limits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Answering:
    """A target that has begun to answer."""

    calling: Calling
    collector: Collector
    outlet: Outlet
    withheld: Withheld | None


class Relay:
    """`run` once; `close` or `cut` at any time, from another thread. `headers` are known with the first chunk."""

    def __init__(self, here: Services, plan: Plan, writer: Writer, once: Once) -> None:
        self.headers: dict[str, str] = {}
        self._here = here
        self._plan = plan
        self._once = once
        self._ticket = plan.ticket
        self._writer = writer
        self._upstream: LeftOnce[Upstream] | None = None
        self._answering: _Answering | None = None
        self._stopping = False
        self._closed = Signal()

    def run(self, pipe: Pipe) -> Iterator[Stop]:
        """Raise nothing: what goes wrong is recorded and told to the client.

        Between two stops it waits for nobody but its provider, once the client has seen a beginning; but it is begun in
        a thread, and ended in one.
        """
        unsent: Exception | None = None
        try:
            failure = yield from self._relayed(pipe)
            yield None
            unsent = self._end(pipe, failure)
        except AbandonedError:
            pass  # it left when everything was written down
        except Exception as error:
            unsent = _bug(error, self._ticket)
        finally:
            self._once.free()
            metrics.flush_metrics()
            pipe.finish(unsent)

    def close(self) -> None:
        """Hang up on the provider, which ends a wait for it, too."""
        self._closed.set()
        if self._upstream is not None:
            self._upstream.leave()

    def cut(self) -> None:
        """The gateway stops: record what was said so far, and tell the client that there is no more."""
        self._stopping = True
        self.close()

    def _relayed(self, pipe: Pipe) -> Generator[Stop, None, SallyportError | None]:
        """Ask one target after the other until one begins to answer, relay that, and tell what ended it too early."""
        try:
            while True:
                try:
                    yield from self._attempt(pipe)
                    return None
                except ProviderError as error:
                    if self._ended_by(pipe):
                        raise
                    self._fall_back(error, pipe)
        except Exception as error:
            if ended := self._ended_by(pipe):
                return ended
            return error if isinstance(error, SallyportError) else _bug(error, self._ticket)

    def _attempt(self, pipe: Pipe) -> Iterator[Stop]:
        here, plan, ticket = self._here, self._plan, self._ticket
        self._answering = None
        if wait := wait_before(ticket.attempts):
            self._closed.wait(wait)
        self._upstream = LeftOnce(
            infer_stream(
                plan.request,
                here.configuration.table_named(plan.authorization.route.table_version),
                here.providers,
                here.watch,
                route=plan.authorization.route,
                sensitivity=plan.redaction.sensitivity,
                attempts=ticket.attempts,
                max_tokens=plan.authorization.max_tokens,
                seconds_left=ticket.deadline - here.now(),
            )
        )
        if self._ended_by(pipe):
            raise AbandonedError
        with self._upstream as (calling, events):
            yield from self._pass_on(calling, events, pipe)

    def _pass_on(self, calling: Calling, events: Iterator[Streamed], pipe: Pipe) -> Iterator[Stop]:
        collector = Collector()
        withheld = self._plan.withholding.of(calling.name)
        outlet = Outlet(withheld, EventRestorer(self._plan.mapping, structured=is_structured(self._plan.request)))
        write = self._writer.write
        for event in events:
            if isinstance(event, Waiting):
                outlet.pause()
                yield event
                continue
            if outlet.has_much(event):
                yield None
            collector.take(event)
            if self._answering is None:
                self._answering = _Answering(calling, collector, outlet, withheld)
                self._know_headers(calling, collector.model)
                pipe.answering()
            for chunk in filter(None, map(write, outlet.take(event))):
                pipe.put(chunk)
        if not collector.whole:
            raise ProviderReplyError("The provider's stream ended before its answer did. Try again.")

    def _know_headers(self, calling: Calling, model: str) -> None:
        provisional = self._ticket.model_copy(update={"inference": calling.inference(model, _NOT_YET, "")})
        self.headers = {**headers_of(outcome_of(provisional), whole=False), **self._plan.limits}

    def _ended_by(self, pipe: Pipe) -> SallyportError | None:
        """Who or what ended it, other than the provider."""
        if self._stopping:
            return StreamLostError("The gateway was stopped before the answer was whole. Try again.", retry_after=2.0)
        return ClientLeftError("The client hung up before its answer was whole.") if pipe.abandoned else None

    def _fall_back(self, error: ProviderError, pipe: Pipe) -> None:
        """Raise what ends the request, if nothing else can be tried or the client has seen a beginning."""
        name, ticket = type(error).__name__, self._ticket
        if not pipe.may_start_over():
            failed = attempt_of(str(error.details.get("target", "")), name, error)
            reason = f"{name}; the answer had begun"
            self._add(attempts=(*ticket.attempts, failed.model_copy(update={"reason": reason})))
            raise error
        self._answering = None
        request = FallbackRequest(
            request_id=ticket.request_id,
            route=self._plan.authorization.route,
            sensitivity=self._plan.redaction.sensitivity,
            attempts=ticket.attempts,
            failure=Failure(error=name, cause=str(error)),
            deadline=ticket.deadline,
        )
        fallback = fall_back(self._here, request)
        authorization = self._plan.authorization.model_copy(update={"route": fallback.route})
        self._plan = replace(self._plan, authorization=authorization)
        self._add(attempts=fallback.attempts, authorization=authorization)

    def _end(self, pipe: Pipe, failure: SallyportError | None) -> SallyportError | None:
        """Record, then tell the client how it ended; the error, when the client has seen nothing before it."""
        said, answer = self._answering, None
        if said is not None:
            broken = failure is not None
            inference, answer = account_of(said.calling, said.collector, self._plan.request, broken=broken)
            authorized = self._plan.authorization
            inference = reported(
                inference, answer, authorized.route, authorized.redaction, self._plan.withholding.request
            )
            self._add(inference=inference)
            metrics.add_metric(name="ModelLatency", unit="Milliseconds", value=inference.latency_ms)
        try:
            sealed = record(self._here, self._ticket, answer, failure)
        except SallyportError as error:
            failure = error
        if failure is None and answer is not None:
            self._once.keep(ChatEnd(ticket=self._ticket, pseudonyms=self._plan.pseudonyms, answer=sealed))
            outcome = outcome_of(self._ticket)
            logger.info("streamed", request_id=outcome.request_id, target=outcome.target, cost_usd=outcome.cost_usd)
            account = outcome.to_json()
            if said is not None and said.withheld is not None:
                account["warnings"] += said.withheld.account(outcome.request_id)
            pipe.put(self._writer.end(answer.usage, account))
            return None
        failure = failure or InternalError("The stream ended without an answer. Try again.")
        if pipe.may_start_over():
            return failure
        log_refusal(failure)
        rest = said.outlet.flush() if said is not None else ()
        pipe.put(b"".join(map(self._writer.write, rest)) + self._writer.failed(failure, self._ticket.request_id))
        return None

    def _add(self, **decided: object) -> None:
        self._ticket = self._ticket.model_copy(update=decided)


def _bug(error: Exception, ticket: Ticket) -> InternalError:
    logger.error("bug", request_id=ticket.request_id, error=type(error).__name__, place=place_of(error))
    return InternalError("The gateway failed. Its operator finds the request id in the logs.")
