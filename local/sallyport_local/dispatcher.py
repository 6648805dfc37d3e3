"""Hands what lies in the outbox to its subscribers, as SQS hands messages to Lambda functions.

At least once: a delivery is removed after its subscriber has returned, so a crash in between delivers it again. Only
a subscriber's own failures count against a message; a process that dies does not.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from sallyport_local.outbox import LATER_SECONDS, Delivery, Outbox

type Subscriber = Callable[[dict[str, Any]], Mapping[str, Any] | None]
"""Takes an SQS event and returns `batchItemFailures`, as a Lambda function with partial batch responses does."""

MAX_RECEIVES = 3
"""As the template's queues: a message that cannot be dealt with is soon where somebody is told of it."""

_log = logging.getLogger(__name__)


def backoff(failures: int) -> float:
    """Seconds before the next try: about 8 and 128, each with a jitter of a half. A store may be away for as long."""
    return random.uniform(0.5, 1.0) * min(8.0 * 16.0 ** (failures - 1), 300.0)  # noqa: S311 - spreads load, keeps no secret


class Dispatcher:
    """One thread per subscriber, between `start` and `stop`.

    `window_seconds` is how long the first message of a batch waits for others: work per batch, such as a signature,
    is then shared, and most requests need not share the interpreter with the records of those before. `deliver_twice`
    is a drill: every message is handed over a second time before it is removed.
    """

    def __init__(
        self,
        outbox: Outbox,
        subscribers: Mapping[str, Subscriber],
        *,
        batch_size: int = 10,
        window_seconds: float = 0.25,
        max_receives: int = MAX_RECEIVES,
        deliver_twice: bool = False,
        backoff: Callable[[int], float] = backoff,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._outbox = outbox
        self._subscribers = subscribers
        self._batch_size = batch_size
        self._window_seconds = window_seconds
        self._max_receives = max_receives
        self._times = 2 if deliver_twice else 1
        self._backoff = backoff
        self._clock = clock
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._progress = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run, args=(queue,), name=f"outbox-{queue}", daemon=True)
            for queue in subscribers
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def drain(self, timeout: float) -> bool:
        """Wait until only dead letters are left; False when that took longer than `timeout` seconds."""
        deadline = time.monotonic() + timeout
        self._hurry.set()
        try:
            with self._progress:
                while not self._outbox.is_empty():
                    remaining = deadline - time.monotonic()
                    if remaining <= 0:
                        return False
                    self._progress.wait(remaining)
            return True
        finally:
            self._hurry.clear()

    def stop(self, timeout: float = 10.0) -> None:
        """Finish the batches in hand and deliver no more; what is left waits for the next start."""
        self._stopping.set()
        self._hurry.set()
        for event in self._outbox.arrived.values():
            event.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

    def deliver(self, queue: str) -> int:
        """Hand over what is waiting, a batch at most, in this thread, and tell how many messages that were.

        What failed before travels alone: a message that makes its subscriber raise fails others once, then only itself.
        """
        waiting = self._outbox.waiting(queue, self._batch_size)
        if not waiting:
            return 0
        fresh = [delivery for delivery in waiting if delivery.failures == 0]
        failed: set[int] = set()
        for batch in [fresh, *([delivery] for delivery in waiting if delivery.failures)]:
            failed |= self._hand_over(queue, batch)
        self._close(queue, waiting, failed)
        return len(waiting)

    def _close(self, queue: str, handed: Sequence[Delivery], failed: Set[int]) -> None:
        retry: dict[int, float] = {}
        dead = []
        for delivery in handed:
            if delivery.message_id in failed:
                if delivery.failures + 1 >= self._max_receives:
                    dead.append(delivery.message_id)
                else:
                    retry[delivery.message_id] = self._clock() + self._backoff(delivery.failures + 1)
        done = [delivery.message_id for delivery in handed if delivery.message_id not in failed]
        self._outbox.finish(queue, done, retry=retry, dead=dead)
        if dead:
            _log.error("%d messages of %s are dead letters now: see what failed, then redrive them", len(dead), queue)
        with self._progress:
            self._progress.notify_all()

    def _hand_over(self, queue: str, batch: Sequence[Delivery]) -> set[int]:
        """The ids of those that failed, at whichever time."""
        failed: set[int] = set()
        for _ in range(self._times if batch else 0):
            event = {"Records": [_record(queue, delivery) for delivery in batch]}
            try:
                failed |= _failures(self._subscribers[queue](event), batch)
            except Exception as error:  # whatever it was, these messages were not dealt with
                # Its type only: a foreign exception's text may quote content.
                _log.warning("%s failed on a batch of %d: %s", queue, len(batch), type(error).__name__)
                return {delivery.message_id for delivery in batch}
        return failed

    def _run(self, queue: str) -> None:
        arrived = self._outbox.arrived[queue]
        while not self._stopping.is_set():
            arrived.clear()
            try:
                if self.deliver(queue) == self._batch_size:
                    continue
                next_at = self._outbox.next_at(queue)
            except Exception as error:  # the store may come back, and then this thread must still be there
                _log.error("the outbox cannot be read or written for %s: %s", queue, type(error).__name__)
                self._stopping.wait(LATER_SECONDS)
                continue
            wait = LATER_SECONDS if next_at is None else min(LATER_SECONDS, next_at - self._clock())
            if wait <= 0 or arrived.wait(wait):
                self._hurry.wait(self._window_seconds)


def _failures(response: Mapping[str, Any] | None, batch: Sequence[Delivery]) -> set[int]:
    """As Lambda reads it: an identifier that is missing or unknown fails the whole batch."""
    known = {str(delivery.message_id): delivery.message_id for delivery in batch}
    failed = set()
    for item in (response or {}).get("batchItemFailures") or ():
        identifier = item.get("itemIdentifier")
        if identifier not in known:
            return set(known.values())
        failed.add(known[identifier])
    return failed


def _record(queue: str, delivery: Delivery) -> dict[str, Any]:
    """As SQS puts it into Lambda's event, with SNS's raw message delivery."""
    return {
        "messageId": str(delivery.message_id),
        "receiptHandle": str(delivery.message_id),
        "body": delivery.body,
        "attributes": {
            "ApproximateReceiveCount": str(delivery.failures + 1),
            "SentTimestamp": str(int(delivery.published_at * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:local:000000000000:{queue}",
        "awsRegion": "local",
    }
