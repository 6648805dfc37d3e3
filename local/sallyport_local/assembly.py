"""The whole gateway in one process: a backend, the functions, the workflow, the queues and the HTTP front."""

from collections.abc import Mapping
from pathlib import Path

from starlette.types import ASGIApp

from sallyport.composition import Services, using
from sallyport_local.api_gateway import ApiGateway
from sallyport_local.backend import QUEUES, EmbeddedBackend
from sallyport_local.dispatcher import Dispatcher
from sallyport_local.functions import Functions
from sallyport_local.outbox import Outbox
from sallyport_local.traces import Traces
from sallyport_local.workflows import LocalWorkflows

DRAIN_SECONDS = 10.0


class EmbeddedGateway:
    """Open, `start`, serve `app`, `stop`. Whatever is left in the outbox waits for the next start."""

    def __init__(self, backend: EmbeddedBackend, *, deliver_twice: bool = False) -> None:
        self.backend = backend
        self.services = Services(backend)
        self.functions = Functions(lambda name: self.services)
        self.traces = Traces(backend.records("traces"))
        self.outbox: Outbox = backend.events
        backend.workflows = LocalWorkflows(self.functions, self.outbox, self.traces.record)
        subscribers = {queue: lambda event, queue=queue: self.functions.invoke(queue, event) for queue in QUEUES}
        self.dispatcher = Dispatcher(self.outbox, subscribers, deliver_twice=deliver_twice)
        self.app = _scoped(ApiGateway(self.functions, self.functions.app("edge")), self.services)

    @classmethod
    def open(cls, folder: Path, environment: Mapping[str, str], *, deliver_twice: bool = False) -> "EmbeddedGateway":
        """Raise DataFolderError with what to do, when the folder is in use, damaged or newer."""
        backend = EmbeddedBackend.open(folder, environment=environment, serving=True)
        return cls(backend, deliver_twice=deliver_twice)

    def start(self) -> None:
        self.dispatcher.start()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing is left to deliver; False when that took longer than `timeout` seconds."""
        return self.dispatcher.drain(timeout)

    def stop(self) -> bool:
        """Deliver what waits, then close everything; False when some of it is left for the next start."""
        drained = self.drain(DRAIN_SECONDS)
        self.dispatcher.stop()
        self.traces.close()
        self.backend.close()
        return drained


def _scoped(app: ASGIApp, services: Services) -> ASGIApp:
    """Edge runs on these services, as every other function does."""

    async def scoped(scope, receive, send):  # type: ignore[no-untyped-def]
        with using(services):
            await app(scope, receive, send)

    return scoped
