"""The streams that are under way in this process, for whoever stops it."""

import threading

from sallyport.edge.pipe import Pipe
from sallyport.edge.reading import Reading
from sallyport.edge.relay import Relay


class Streams:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way: dict[Relay, Reading] = {}
        self._cut = False

    def run(self, relay: Relay, pipe: Pipe) -> None:
        """In the calling thread, until it ends or the event loop goes on with it."""
        reading = Reading(relay.run(pipe), pipe, lambda: self._forget(relay))
        with self._changed:
            self._under_way[relay] = reading
            late = self._cut
        if late:
            relay.cut()
        reading.run()

    def cut(self) -> None:
        """End them all with an error that their clients see, and whatever begins from now on."""
        with self._changed:
            self._cut = True
            relays = list(self._under_way)
        for relay in relays:
            relay.cut()

    def join(self, timeout: float) -> bool:
        """Wait until all are recorded; False when that took longer than `timeout` seconds."""
        with self._changed:
            readings = list(self._under_way.values())
        for reading in readings:
            reading.rescue()
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, timeout)

    def _forget(self, relay: Relay) -> None:
        with self._changed:
            del self._under_way[relay]
            self._changed.notify_all()
