"""A durable queue per subscriber, in SQLite: what a topic and its queues are on AWS.

Publishing writes the message once and a delivery for every queue, in one transaction; the message goes with its last
delivery. What is sent to one queue alone may be for later. `Dispatcher` hands deliveries to their subscribers.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sallyport_local.database import Database

LATER_SECONDS = 1.0
"""What is sent for so much later wakes nobody: every queue is looked at as often, for other processes fill it, too."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message waiting in one queue, and how often its subscriber has failed on it."""

    message_id: int
    body: str
    failures: int
    published_at: float


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up. Times are UNIX seconds."""

    queue: str
    message_id: int
    failures: int
    published_at: float


class Outbox:
    """The `Events` port. Several processes may publish; one, the server, delivers.

    `queues` hear of whatever is published, `others` only of what is sent to them.
    """

    def __init__(
        self,
        database: Database,
        queues: Sequence[str],
        others: Sequence[str] = (),
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._queues = list(queues)
        self._clock = clock
        self.arrived: Mapping[str, threading.Event] = {queue: threading.Event() for queue in (*queues, *others)}
        """Set when this process puts something for now into a queue; whoever delivers clears it before looking, and
        looks every LATER_SECONDS all the same."""

    def publish(self, message: str) -> None:
        self._put(message, self._queues, delay_seconds=0)

    def send(self, queue: str, message: str, *, delay_seconds: float) -> None:
        """To this queue alone, and not before so many seconds have passed."""
        self._put(message, [queue], delay_seconds=delay_seconds)

    def hasten(self, queue: str) -> int:
        """Deliver at once what was sent to this queue for later, and tell how many messages those are."""
        now = self._clock()
        with self._database.write() as connection:
            hastened = connection.execute(
                """UPDATE deliveries SET visible_at = ?
                WHERE queue = ? AND dead = 0 AND failures = 0 AND visible_at > ?""",
                (now, queue, now),
            ).rowcount
        self._announce([queue])
        return hastened

    def waiting(self, queue: str, limit: int) -> list[Delivery]:
        """Those whose time has come, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                """SELECT message_id, body, failures, published_at FROM deliveries JOIN messages ON id = message_id
                WHERE queue = ? AND dead = 0 AND visible_at <= ? ORDER BY visible_at, message_id LIMIT ?""",
                (queue, self._clock(), limit),
            ).fetchall()
        return [Delivery(*row) for row in rows]

    def next_at(self, queue: str) -> float | None:
        """When the earliest delivery's time comes; None when there is none."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT min(visible_at) FROM deliveries WHERE queue = ? AND dead = 0", (queue,)
            ).fetchone()
        return None if row[0] is None else float(row[0])

    def is_empty(self) -> bool:
        """Nothing left to deliver. Neither dead letters count nor what was sent for later; what failed does."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT 1 FROM deliveries WHERE dead = 0 AND (failures > 0 OR visible_at <= ?) LIMIT 1",
                (self._clock(),),
            ).fetchone()
        return row is None

    def finish(self, queue: str, done: Sequence[int], *, retry: Mapping[int, float], dead: Sequence[int]) -> None:
        """Close a batch, by message id: remove what is done, show again at `retry`'s times, give up on `dead`."""
        with self._database.write() as connection:
            if done:
                ids = json.dumps(done)
                connection.execute(
                    "DELETE FROM deliveries WHERE queue = ? AND message_id IN (SELECT value FROM json_each(?))",
                    (queue, ids),
                )
                connection.execute(
                    """DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))
                    AND NOT EXISTS (SELECT 1 FROM deliveries WHERE message_id = id)""",
                    (ids,),
                )
            connection.executemany(
                "UPDATE deliveries SET failures = failures + 1, visible_at = ? WHERE queue = ? AND message_id = ?",
                [(visible_at, queue, message_id) for message_id, visible_at in retry.items()],
            )
            connection.executemany(
                "UPDATE deliveries SET failures = failures + 1, dead = 1 WHERE queue = ? AND message_id = ?",
                [(queue, message_id) for message_id in dead],
            )

    def dead_letters(self) -> list[DeadLetter]:
        with self._database.read() as connection:
            rows = connection.execute(
                """SELECT queue, message_id, failures, published_at FROM deliveries JOIN messages ON id = message_id
                WHERE dead = 1 ORDER BY queue, message_id"""
            ).fetchall()
        return [DeadLetter(*row) for row in rows]

    def redrive(self) -> int:
        """Deliver every dead letter as if it were new, and tell how many; what failed before comes at once."""
        now = self._clock()
        with self._database.write() as connection:
            connection.execute(
                "UPDATE deliveries SET visible_at = ? WHERE dead = 0 AND failures > 0 AND visible_at > ?", (now, now)
            )
            revived = connection.execute(
                "UPDATE deliveries SET dead = 0, failures = 0, visible_at = ? WHERE dead = 1", (now,)
            ).rowcount
        self._announce(self.arrived)
        return revived

    def _put(self, message: str, queues: Sequence[str], *, delay_seconds: float) -> None:
        now = self._clock()
        with self._database.write() as connection:
            message_id = connection.execute(
                "INSERT INTO messages (body, published_at) VALUES (?, ?)", (message, now)
            ).lastrowid
            connection.execute(
                "INSERT INTO deliveries (message_id, queue, visible_at) SELECT ?, value, ? FROM json_each(?)",
                (message_id, now + delay_seconds, json.dumps(queues)),
            )
        if delay_seconds < LATER_SECONDS:
            self._announce(queues)

    def _announce(self, queues: Iterable[str]) -> None:
        for queue in queues:
            self.arrived[queue].set()
