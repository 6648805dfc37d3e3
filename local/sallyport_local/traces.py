"""What each execution did, state by state: what the Step Functions console shows on AWS. Without content, as there.

Written behind the answers: losing the last ones in a crash loses a picture, not a record.
"""

import logging
import threading
import time
from collections import deque
from typing import Any

from sallyport.errors import SallyportError
from sallyport.ports import Records
from sallyport_local.engine import Execution

KEPT_SECONDS = 7 * 86_400

MOST_WAITING = 10_000
"""Executions that wait to be written; beyond, while the store is away, the oldest are dropped."""

_INTERVAL_SECONDS = 0.1

_log = logging.getLogger(__name__)


class Traces:
    """`record` only remembers; a thread of its own writes, some times a second, so that no request wakes it up."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._waiting: deque[tuple[Execution, dict[str, Any]]] = deque(maxlen=MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)
        self._thread.start()

    def record(self, execution: Execution, ticket: dict[str, Any]) -> None:
        self._waiting.append((execution, ticket))

    def find(self, request_id: str) -> dict[str, Any] | None:
        """Status, error, duration in milliseconds, `states` in their order, and the ticket with its decisions."""
        self._write()
        record = self._records.get(request_id)
        return None if record is None else dict(record.body)

    def close(self) -> None:
        """Write what waits, then stop."""
        self._stopping.set()
        self._thread.join(timeout=10)
        self._write()

    def _run(self) -> None:
        while not self._stopping.wait(_INTERVAL_SECONDS):
            self._write()

    def _write(self) -> None:
        while self._waiting:
            try:
                execution, ticket = self._waiting.popleft()
            except IndexError:  # another thread took the last one
                return
            try:
                self._records.put(
                    execution.name, "-", _body(execution, ticket), expires_at=int(time.time()) + KEPT_SECONDS
                )
            except SallyportError as error:
                _log.warning("a trace is lost: %s", error.message)


def _body(execution: Execution, ticket: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": execution.status,
        "error": execution.error,
        "started_at": execution.started_at,
        "duration_ms": round(execution.duration_ms, 3),
        "states": [visit._asdict() | {"duration_ms": round(visit.duration_ms, 3)} for visit in execution.history],
        "ticket": ticket,
    }
