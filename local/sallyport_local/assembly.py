"""The whole gateway in one process: a backend, the functions, the workflow, the queues and the HTTP front."""

import functools
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, Self

from starlette.types import ASGIApp, Receive, Scope, Send

from sallyport.composition import Backend, Services, using
from sallyport.edge.streams import Streams
from sallyport.errors import SallyportError
from sallyport_local.api_gateway import MOST_AT_ONCE, ApiGateway
from sallyport_local.backend import OVERDUE, QUEUES, EmbeddedBackend
from sallyport_local.dispatcher import Dispatcher
from sallyport_local.functions import Functions
from sallyport_local.outbox import Outbox
from sallyport_local.traces import Traces
from sallyport_local.workflows import LocalWorkflows, OnVisit

DRAIN_SECONDS = 10.0

RECORD_SECONDS = 10.0
"""How long streams that are cut may take to publish what was said."""

TIDY_SECONDS = 60.0
"""How long an expired reservation may hold back its limit when nobody else asks for it."""

BATCH_SIZE = 50
"""Messages that audit and settle are handed at once: one signature and a few transactions for all of them."""

_log = logging.getLogger(__name__)


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
    ) -> None:
        self.backend = backend
        self.services = Services(backend)
        self.functions = Functions(lambda name: self.services)
        self.traces = Traces(backend.records("traces"))
        self.outbox: Outbox = backend.events
        backend.workflows = LocalWorkflows(self.functions, self.outbox, self.traces.record, on_visit=on_visit)
        subscribers = {queue: functools.partial(self.functions.invoke, queue) for queue in (*QUEUES, OVERDUE)}
        self.dispatcher = Dispatcher(self.outbox, subscribers, batch_size=BATCH_SIZE, deliver_twice=deliver_twice)
        self._stopping = threading.Event()
        self._tidying = threading.Thread(target=self._tidy, name="tidy", daemon=True)
        edge = self.functions.app("edge")
        self.streams: Streams = edge.state.streams
        self.app = _scoped(ApiGateway(self.functions, edge, most_at_once=most_at_once), self.services)

    @classmethod
    def open(
        cls,
        folder: Path,
        environment: Mapping[str, str],
        *,
        deliver_twice: bool = False,
        on_visit: OnVisit | None = None,
        most_at_once: int = MOST_AT_ONCE,
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
        return cls(backend, deliver_twice=deliver_twice, on_visit=on_visit, most_at_once=most_at_once)

    def start(self) -> None:
        # No other process serves this folder, and this one not yet: no stream of before is under way any more.
        self.outbox.hasten(OVERDUE)
        self.dispatcher.start()
        self._tidying.start()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing is left to deliver; False when that took longer than `timeout` seconds."""
        return self.dispatcher.drain(timeout)

    def stop(self) -> bool:
        """End what streams, deliver what waits, close everything; False when some of it is left for the next start."""
        self.streams.cut()
        self.streams.join(RECORD_SECONDS)
        drained = self.drain(DRAIN_SECONDS)
        self.dispatcher.stop()
        self._stopping.set()
        self._tidying.join()
        self.traces.close()
        self.backend.close()
        return drained

    def _tidy(self) -> None:
        """Give back expired reservations and remove what is past its time, now and every minute."""
        while True:
            try:
                self.backend.tidy(now=time.time())
            except SallyportError as error:
                _log.warning("tidying failed and is tried again: %s", error.message)
            if self._stopping.wait(TIDY_SECONDS):
                return


def _scoped(app: ASGIApp, services: Services) -> ASGIApp:
    """Edge runs on these services, as every other function does."""

    async def scoped(scope: Scope, receive: Receive, send: Send) -> None:
        with using(services):
            await app(scope, receive, send)

    return scoped
