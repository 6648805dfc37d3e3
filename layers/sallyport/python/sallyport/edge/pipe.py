"""Bytes of a stream on their way to its client, with a limit on how many may wait.

They come from a thread, or from the event loop itself, which is woken once for everything that is ready. Either side
may end it: who puts by `finish`, who takes by `abandon` when the client is gone.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

MOST_WAITING_BYTES = 64 * 1024
"""With more than that not sent yet, whoever puts waits for the client, and so does the provider."""


class AbandonedError(Exception):
    """Nobody takes what is put in any more."""


class Pipe:
    """Made on the event loop that takes. `on_abandon` is called once, from a thread of its own."""

    def __init__(self, on_abandon: Callable[[], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self._on_abandon = on_abandon
        self._waiter: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._ended = asyncio.Event()
        self._room = threading.Condition()
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._woken = False
        self._answering = False
        self._begun = False
        self._finished = False
        self._failure: Exception | None = None
        self._on_room: Callable[[], None] | None = None
        self._send: Callable[[bytes], Coroutine[Any, Any, None]] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._sent_at = 0.0
        self.abandoned = False

    def put(self, chunk: bytes) -> None:
        """From the thread, or once it is `on_loop` from there. Raise AbandonedError when nobody takes it.

        From the loop it waits for nobody, and is sent by the next `flush`.
        """
        if self._on_room is not None:
            self._add(chunk)
            return
        with self._room:
            self._begun = True
            while self.full and not self.abandoned:
                self._room.wait()
            self._add(chunk)
            wake, self._woken = not self._woken, True
        if wake:
            self._tell(self._wake)

    def _add(self, chunk: bytes) -> None:
        if self.abandoned:
            raise AbandonedError
        self._chunks.append(chunk)
        self._waiting += len(chunk)

    @property
    def full(self) -> bool:
        """On the loop nobody may wait: whoever puts there stops by itself, until it is told of room."""
        return self._waiting > MOST_WAITING_BYTES

    def hand_over(self, goes_on: Callable[[], None]) -> bool:
        """From the thread: the loop goes on in its place. False when that has ended: then it is abandoned."""
        if told := self._tell(goes_on):
            return told
        self._on_abandon()
        return False

    def on_loop(self, on_room: Callable[[], None] | None) -> None:
        """From the loop: from now on it puts, and is told of room, or that nobody takes any more; None: no longer."""
        self._on_room = on_room

    def finish(self, failure: Exception | None = None) -> None:
        """From the thread, last. A failure is raised where the next chunk would be taken."""
        with self._room:
            self._failure = failure
            self._finished = True
        self._tell(self._wake)
        self._tell(self._ended.set)

    def answering(self) -> None:
        """From the thread: the provider has begun to answer, though there is nothing to send yet."""
        with self._room:
            self._answering = True

    @property
    def begun(self) -> bool:
        """Whether nothing starts over any more."""
        return self._begun

    def may_start_over(self) -> bool:
        """From the thread: whether the client has seen nothing, so that another provider may be asked."""
        with self._room:
            self._answering = False
            return not self._begun

    def begin(self) -> bool:
        """From the loop: begin to answer the client, if the provider has. Then nothing starts over."""
        with self._room:
            self._begun = self._begun or self._answering
            return self._begun

    def send_by(self, send: Callable[[bytes], Coroutine[Any, Any, None]]) -> None:
        """From the loop: how a `flush` may send while somebody waits in `take`, without waking that task."""
        self._send = send

    def flush(self) -> None:
        """From the loop: have what was put there sent, at once if the client keeps up."""
        if not self._chunks or self._sending is not None:
            return
        if self._send is None or self._waiter is None or self._waiter.done():
            self._wake()
            return
        sending = asyncio.Task(self._send(b"".join(self._take_all())), loop=self.loop, eager_start=True)
        self._sent_at = self.loop.time()
        if sending.done():
            self._sent(sending)
        else:
            self._sending = sending
            sending.add_done_callback(self._sent)

    async def take(self, seconds: float) -> bytes | None:
        """All that is ready; b"" after so many seconds in which nothing was taken or sent; None at the end."""
        since = self.loop.time()
        while self._sending is not None or not (chunks := self._take_all()):
            if self._failure is not None:
                raise self._failure
            if self._sending is None and (self._finished or self.abandoned):
                return None
            silent_at = max(since, self._sent_at) + seconds
            if self.loop.time() >= silent_at:
                return b""
            await self._news(silent_at)
        return b"".join(chunks)

    def abandon(self) -> None:
        """From the loop, any number of times: the client is gone, or the server stops."""
        with self._room:
            if self._finished or self.abandoned:
                return
            self.abandoned = True
            self._room.notify()
        self._wake()
        self._tell_of_room()
        threading.Thread(target=self._on_abandon, daemon=True).start()

    async def _news(self, until: float) -> None:
        """Something was put, or it ended, or it is so late. One timer serves many chunks: it may ring too early."""
        if self._alarm is None or self._alarm.when() > until:
            self._alarm = self.loop.call_at(until, self._ring)
        self._waiter = self.loop.create_future()
        await self._waiter

    def _ring(self) -> None:
        self._alarm = None
        self._wake()

    def _sent(self, sending: asyncio.Task[None]) -> None:
        failure = None if sending.cancelled() else sending.exception()
        if isinstance(failure, Exception):
            self._failure = failure
        if failure is not None or self._sending is not None:
            self._sending = None
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def ended(self) -> None:
        """When the thread is through with everything."""
        await self._ended.wait()

    def _take_all(self) -> list[bytes]:
        if self._on_room is None:
            with self._room:
                chunks, self._chunks = self._chunks, []
                self._waiting, self._woken = 0, False
                self._room.notify()
            return chunks
        if self.full:
            self._tell_of_room()
        chunks, self._chunks = self._chunks, []
        self._waiting, self._woken = 0, False
        return chunks

    def _tell_of_room(self) -> None:
        if self._on_room is not None:
            self.loop.call_soon(self._on_room)

    def _tell(self, what: Callable[[], None]) -> bool:
        try:
            self.loop.call_soon_threadsafe(what)
        except RuntimeError:
            self.abandoned = True  # the loop is closed: the server has stopped
            return False
        return True
