"""Work that is done again and again in a thread of its own, as EventBridge starts a function on a schedule."""

import logging
import threading
from collections.abc import Callable, Mapping

from sallyport.errors import SallyportError

EVERY: Mapping[str, float] = {"1 minute": 60.0, "5 minutes": 300.0, "15 minutes": 900.0, "1 hour": 3600.0}
"""Seconds by what ProbeEvery of template.yaml may be."""

_log = logging.getLogger(__name__)


class Schedule:
    """Between `start` and `stop`, at once and every `seconds` after. Work that fails is done again at its next time."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        self._name = name
        self._seconds = seconds
        self._work = work
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """No more of it begins; what is under way has so many seconds to end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            try:
                self._work()
            except Exception as error:  # whatever it was, its next time must come
                # Of a foreign exception its type only, for its text may quote content.
                told = error.message if isinstance(error, SallyportError) else type(error).__name__
                _log.warning("%s failed and is tried again: %s", self._name, told)
            if self._stopping.wait(self._seconds):
                return
