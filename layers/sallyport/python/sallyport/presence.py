"""Whether the client of a whole answer still waits for it: whoever asks a model on its behalf hangs up when not.

Known within the process that has the client's connection. Behind StartSyncExecution nobody can be told.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from sallyport.errors import ClientLeftError, SallyportError, StreamLostError


class Client:
    """One that waits. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hang_ups: list[Callable[[], None]] = []
        self._why: Callable[[], SallyportError] | None = None

    def leave(self) -> None:
        """It is gone: everything that is under way for it is hung up on, and so is what begins later."""
        self._end(_left)

    def cut(self) -> None:
        """The same, because the gateway stops, of which it is told."""
        self._end(_stopped)

    def _end(self, why: Callable[[], SallyportError]) -> None:
        with self._lock:
            self._why = self._why or why
            hang_ups, self._hang_ups = self._hang_ups, []
        for hang_up in hang_ups:
            hang_up()

    def check(self) -> None:
        """Raise ClientLeftError once it has left, StreamLostError once it was cut; the first of them counts."""
        if self._why is not None:
            raise self._why()

    @contextmanager
    def until_left(self, hang_up: Callable[[], None]) -> Iterator[None]:
        """Within, `hang_up` is called when it leaves, from another thread, or at once if it has left."""
        with self._lock:
            ended = self._why is not None
            if not ended:
                self._hang_ups.append(hang_up)
        if ended:
            hang_up()
        try:
            yield
        finally:
            with self._lock:
                if hang_up in self._hang_ups:
                    self._hang_ups.remove(hang_up)


def _left() -> SallyportError:
    return ClientLeftError("The client hung up before its answer was there.")


def _stopped() -> SallyportError:
    return StreamLostError("The gateway was stopped before the answer was there. Try again.", retry_after=2.0)


_waiting: ContextVar[Client | None] = ContextVar("waiting", default=None)


@contextmanager
def waiting(client: Client) -> Iterator[None]:
    """Within, in this context and its copies, it is this client that waits."""
    token = _waiting.set(client)
    try:
        yield
    finally:
        _waiting.reset(token)


def client_waiting() -> Client:
    """The client that waits here; one that never leaves where nobody could say."""
    return _waiting.get() or Client()
