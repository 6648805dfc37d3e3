"""What each execution did, state by state: what the Step Functions console shows on AWS. Without content, as there.

Written behind the answer, in batches: losing the last ones in a crash loses a picture, not a record.
"""

import queue
import threading
import time
from typing import Any

from sallyport.ports import Records
from sallyport_local.engine import Execution

KEPT_SECONDS = 7 * 86_400

_STOP = None


class Traces:
    """`record` returns at once; a thread of its own writes."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._waiting: queue.SimpleQueue[tuple[Execution, dict[str, Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="traces", daemon=True)
        self._thread.start()

    def record(self, execution: Execution, ticket: dict[str, Any]) -> None:
        self._waiting.put((execution, ticket))

    def find(self, request_id: str) -> dict[str, Any] | None:
        """Status, error, duration in milliseconds, `states` in their order, and the ticket with its decisions."""
        record = self._records.get(request_id)
        return None if record is None else dict(record.body)

    def close(self) -> None:
        """Write what waits, then stop."""
        self._waiting.put(_STOP)
        self._thread.join(timeout=10)

    def _write(self) -> None:
        while (item := self._waiting.get()) is not _STOP:
            execution, ticket = item
            body = {
                "status": execution.status,
                "error": execution.error,
                "started_at": execution.started_at,
                "duration_ms": round(execution.duration_ms, 3),
                "states": [_visit(visit._asdict()) for visit in execution.history],
                "ticket": ticket,
            }
            self._records.put(execution.name, "-", body, expires_at=int(time.time() + KEPT_SECONDS))


def _visit(visit: dict[str, Any]) -> dict[str, Any]:
    return visit | {"duration_ms": round(visit["duration_ms"], 3)}
