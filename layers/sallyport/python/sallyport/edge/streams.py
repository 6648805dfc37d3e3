"""The streams that are under way in this process, for whoever stops it."""

import threading
import time

from sallyport.edge.pipe import Pipe
from sallyport.edge.relay import Relay


class Streams:
    """Each in a thread of its own. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[threading.Thread, Relay] = {}
        self._cut = False

    def start(self, relay: Relay, pipe: Pipe) -> None:
        thread = threading.Thread(target=self._run, args=(relay, pipe), name="stream", daemon=True)
        with self._lock:
            self._under_way[thread] = relay
            late = self._cut
        if late:
            relay.cut()
        thread.start()

    def cut(self) -> None:
        """End them all with an error that their clients see, and whatever begins from now on."""
        with self._lock:
            self._cut = True
            relays = list(self._under_way.values())
        for relay in relays:
            relay.cut()

    def join(self, timeout: float) -> bool:
        """Wait until all are recorded; False when that took longer than `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._lock:
            threads = list(self._under_way)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self, relay: Relay, pipe: Pipe) -> None:
        try:
            relay.run(pipe)
        finally:
            with self._lock:
                del self._under_way[threading.current_thread()]
