"""The whole gateway in one process: a backend, the functions, the workflow, the queues and the HTTP front."""

import functools
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, Self

from starlette.types import ASGIApp, Receive, Scope, Send

from sallyport.composition import Backend, Services, using
from sallyport.edge.streams import Streams
from sallyport.probing import Which
from sallyport_local.api_gateway import MOST_AT_ONCE, ApiGateway
from sallyport_local.backend import OVERDUE, QUEUES, EmbeddedBackend
from sallyport_local.dispatcher import Dispatcher
from sallyport_local.functions import Functions
from sallyport_local.outbox import Outbox
from sallyport_local.schedule import EVERY, Schedule
from sallyport_local.traces import Traces
from sallyport_local.workflows import LocalWorkflows, OnVisit

DRAIN_SECONDS = 10.0

RECORD_SECONDS = 10.0
"""How long streams that are cut may take to publish what was said."""

TIDY_SECONDS = 60.0
"""How long an expired reservation may hold back its limit when nobody else asks for it."""

LAST_WORK_SECONDS = 10.0
"""How long what runs on a schedule may take to end, when the gateway stops."""

BATCH_SIZE = 50
"""Messages that audit and settle are handed at once: one signature and a few transactions for all of them."""


class Gateway(Protocol):
    """What `sallyport up` serves, on either backend."""

    @property
    def app(self) -> ASGIApp: ...
    @property
    def backend(self) -> Backend: ...
    @property
    def streams(self) -> Streams: ...
    def start(self) -> None: ...
    def drain(self, timeout: float) -> bool: ...
    def stop(self) -> bool: ...


class EmbeddedGateway:
    """Open, `start`, serve `app`, `stop`. Whatever is left in the outbox waits for the next start."""

    def __init__(
        self,
        backend: EmbeddedBackend,
        *,
        deliver_twice: bool = False,
        on_visit: OnVisit | None = None,
        most_at_once: int = MOST_AT_ONCE,
        probe: Which | None = None,
        probe_seconds: float = EVERY["5 minutes"],
    ) -> None:
        self.backend = backend
        self.services = Services(backend)
        self.functions = Functions(lambda name: self.services)
        self.traces = Traces(backend.records("traces"))
        self.outbox: Outbox = backend.events
        backend.workflows = LocalWorkflows(self.functions, self.outbox, self.traces.record, on_visit=on_visit)
        subscribers = {queue: functools.partial(self.functions.invoke, queue) for queue in (*QUEUES, OVERDUE)}
        self.dispatcher = Dispatcher(self.outbox, subscribers, batch_size=BATCH_SIZE, deliver_twice=deliver_twice)
        # Expired reservations are given back, and what is past its time is removed.
        self._schedules = [Schedule("tidying", TIDY_SECONDS, lambda: backend.tidy(now=time.time()))]
        if probe is not None:
            probing = functools.partial(self.functions.invoke, "probe", {"targets": probe})
            self._schedules.append(Schedule("probing", probe_seconds, probing))
        edge = self.functions.app("edge")
        self.streams: Streams = edge.state.streams
        remembers = self.services.authenticator.remembers
        gateway = ApiGateway(self.functions, edge, most_at_once=most_at_once, remembers=remembers)
        self.app = _scoped(gateway, self.services)

    @classmethod
    def open(
        cls,
        folder: Path,
        environment: Mapping[str, str],
        *,
        deliver_twice: bool = False,
        on_visit: OnVisit | None = None,
        most_at_once: int = MOST_AT_ONCE,
        probe: Which | None = None,
        probe_seconds: float = EVERY["5 minutes"],
    ) -> Self:
        """Raise DataFolderError with what to do, when the folder is in use, damaged or newer.

        WrongSettingError when a second opinion is set up that could never be asked for.
        """
        backend = EmbeddedBackend.open(folder, environment=environment, serving=True)
        try:
            _ = backend.adviser
        except BaseException:
            backend.close()
            raise
        return cls(
            backend,
            deliver_twice=deliver_twice,
            on_visit=on_visit,
            most_at_once=most_at_once,
            probe=probe,
            probe_seconds=probe_seconds,
        )

    def start(self) -> None:
        # No other process serves this folder, and this one not yet: no stream of before is under way any more.
        self.outbox.hasten(OVERDUE)
        self.dispatcher.start()
        for schedule in self._schedules:
            schedule.start()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing is left to deliver; False when that took longer than `timeout` seconds."""
        return self.dispatcher.drain(timeout)

    def stop(self) -> bool:
        """End what streams, deliver what waits, close everything; False when some of it is left for the next start."""
        self.streams.cut()
        self.streams.join(RECORD_SECONDS)
        drained = self.drain(DRAIN_SECONDS)
        self.dispatcher.stop()
        for schedule in self._schedules:
            schedule.stop(LAST_WORK_SECONDS)
        self.traces.close()
        self.backend.close()
        return drained


def _scoped(app: ASGIApp, services: Services) -> ASGIApp:
    """Edge runs on these services, as every other function does."""

    async def scoped(scope: Scope, receive: Receive, send: Send) -> None:
        with using(services):
            await app(scope, receive, send)

    return scoped
