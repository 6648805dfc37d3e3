"""What one request's fetches share: which hosts, until when, and how many bytes."""

import time
from threading import Event, Lock

from sallyport.remote.hosts import AllowedHosts
from sallyport.remote.unfetchable import Reason, Unfetchable

MOST_BYTES = 5 * 1024 * 1024
"""Of one image or document: Anthropic's own limit for an image. (Bedrock takes 3.75 MB, and says so itself.)"""


class Job:
    """`seconds` and `most_bytes` for all of it. Safe to share between threads; any may `end` it."""

    def __init__(self, allowed: AllowedHosts, *, seconds: float, most_bytes: int) -> None:
        self.allowed = allowed
        self._deadline = time.monotonic() + seconds
        self._bytes_left = most_bytes
        self._lock = Lock()
        self._over = Event()

    def end(self) -> None:
        self._over.set()

    def seconds_left(self) -> float:
        """More than none: then Unfetchable."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0 or self._over.is_set():
            raise Unfetchable(Reason.TIMEOUT)
        return seconds

    def take(self, size: int) -> None:
        """Count bytes that arrived; Unfetchable when they are too many."""
        with self._lock:
            self._bytes_left -= size
            if self._bytes_left < 0:
                raise Unfetchable(Reason.TOO_LARGE)
