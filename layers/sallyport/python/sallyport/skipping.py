"""A store that just failed is left alone for a while: nobody waits for the same failure one after the other."""

import threading
from collections.abc import Callable


class Skipping:
    """`seconds`: how long everybody does without the store. Then one tries it, while the others go on skipping.

    Safe to share between threads.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = False
        self._until = 0.0

    def skips(self) -> bool:
        """Whether to do without the store. Whoever is told False tells how it went."""
        with self._lock:
            now = self._clock()
            if not self._failed:
                return False
            if now < self._until:
                return True
            self._until = now + self.seconds
            return False

    def answered(self) -> None:
        self._failed = False

    def failed(self) -> None:
        with self._lock:
            self._failed = True
            self._until = self._clock() + self.seconds
