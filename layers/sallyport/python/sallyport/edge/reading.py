"""One relay, carried on where it is cheapest: in a thread while it may wait for others, on the event loop while it
only passes on what a provider says.

Two threads that wake each other for every word cost several times what a word does.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator

from sallyport.edge.pipe import Pipe
from sallyport.providers.provider import Source, Waiting

type Stop = Waiting | None
"""Where a relay may be left and taken up again: it waits for its provider, or None, it has to go on in a thread."""


class Reading:
    """`run` is taken up at each of its stops, never by two at once; `ended` is called in its last thread."""

    def __init__(self, run: Iterator[Stop], pipe: Pipe, ended: Callable[[], None]) -> None:
        self._run = run
        self._pipe = pipe
        self._ended = ended
        self._alarm: asyncio.TimerHandle | None = None
        self._source: Source
        self._watched = -1
        self._watching = False

    def start(self) -> None:
        """In a thread of its own."""
        threading.Thread(target=self.run, name="stream", daemon=True).start()

    def run(self) -> None:
        """In the calling thread, until it ends or the loop goes on with it."""
        for stop in self._run:
            if stop is None or not self._pipe.begun:
                continue
            if (watched := stop.source.unblock()) is not None:
                self._source, self._watched = stop.source, watched
                if self._pipe.hand_over(self._take_over):
                    return
                self._forget()
        self._ended()

    def rescue(self) -> None:
        """From another thread: if its loop has stopped under it, end it in a thread."""
        if self._watched >= 0 and not self._pipe.loop.is_running():
            self._pipe.abandoned = True
            self._forget()
            self.start()

    def _take_over(self) -> None:
        """On the loop. What had arrived before is read at once: no selector tells of it."""
        self._pipe.on_loop(self._on_room)
        self._watch()
        self._step()

    def _step(self) -> None:
        stop = next(self._run, None)
        self._pipe.flush()
        if stop is None:
            self._leave()
        elif self._pipe.full:
            self._unwatch()
        elif self._alarm is None or self._source.late_at() < self._alarm.when():
            self._set_alarm()

    def _on_room(self) -> None:
        """The client has taken what it was sent, or is gone."""
        if not self._watching and self._watched >= 0:
            self._watch()
            self._step()

    def _ring(self) -> None:
        """One timer serves many words: it may ring too early."""
        self._alarm = None
        if self._watching:
            self._step()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._pipe.loop.call_at(self._source.late_at(), self._ring)

    def _watch(self) -> None:
        self._watching = True
        self._pipe.loop.add_reader(self._watched, self._step)

    def _unwatch(self) -> None:
        self._watching = False
        self._pipe.loop.remove_reader(self._watched)

    def _leave(self) -> None:
        self._unwatch()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None  # the loop may take it over again
        self._forget()
        self.start()

    def _forget(self) -> None:
        self._pipe.on_loop(None)
        os.close(self._watched)
        self._watched = -1
