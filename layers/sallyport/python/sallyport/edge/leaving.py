"""A context that is left once, whichever thread is the first to leave it."""

from contextlib import AbstractContextManager
from threading import Lock

from sallyport.edge.pipe import AbandonedError


class LeftOnce[Entered](AbstractContextManager[Entered]):
    """Another thread may `leave` it early, also before it is entered, which then raises AbandonedError."""

    def __init__(self, inner: AbstractContextManager[Entered]) -> None:
        self._inner = inner
        self._lock = Lock()
        self._inside = False
        self._left = False

    def __enter__(self) -> Entered:
        entered = self._inner.__enter__()
        with self._lock:
            self._inside = not self._left
        if not self._inside:
            self._inner.__exit__(None, None, None)
            raise AbandonedError
        return entered

    def __exit__(self, *error: object) -> bool | None:
        with self._lock:
            inside, self._inside = self._inside, False
        return self._inner.__exit__(*error) if inside else None  # type: ignore[arg-type]

    def leave(self) -> None:
        self._left = True
        self.__exit__(None, None, None)
