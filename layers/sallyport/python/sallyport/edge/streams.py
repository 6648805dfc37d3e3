"""The answers that are under way in this process, streamed or whole, for whoever stops it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sallyport.edge.pipe import Pipe
from sallyport.edge.reading import Reading
from sallyport.edge.relay import Relay
from sallyport.presence import Client


class Streams:
    """Streams, and whole answers, which have a client that waits. Safe to share between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way: dict[Relay, Reading] = {}
        self._waiting: set[Client] = set()
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

    @contextmanager
    def awaited(self, client: Client) -> Iterator[None]:
        """Within, a whole answer is made for this client."""
        with self._changed:
            self._waiting.add(client)
            late = self._cut
        if late:
            client.cut()
        try:
            yield
        finally:
            with self._changed:
                self._waiting.remove(client)

    def cut(self) -> None:
        """End them all with an error that their clients see, and whatever begins from now on."""
        with self._changed:
            self._cut = True
            every: list[Relay | Client] = [*self._under_way, *self._waiting]
        for each in every:
            each.cut()

    def join(self, timeout: float) -> bool:
        """Wait until all streams are recorded; False when that took longer than `timeout` seconds."""
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
