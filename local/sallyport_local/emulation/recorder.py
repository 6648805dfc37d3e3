"""Who used which permission, and who was refused what: a deployment's least privilege, observed."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sallyport_local.emulation.iam import Need, Permission, authorize

_MOST_DENIED = 1000

_log = logging.getLogger(__name__)


class Denied(NamedTuple):
    """A call that IAM refused: the function or workflow, the action, the resource and the condition keys."""

    who: str
    need: Need


class Recorder:
    """Safe to share between threads. Grows with the number of permissions, not of calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[tuple[str, frozenset[Permission]], int] = {}
        self.denied: deque[Denied] = deque(maxlen=_MOST_DENIED)
        self.operations: Counter[tuple[str, str]] = Counter()
        """How often who called what, as botocore names it: one transaction is one call, whatever it needs."""

    def count(self, who: str, operation: str) -> None:
        with self._lock:
            self.operations[who, operation] += 1

    def record(self, who: str, need: Need, allowed_by: frozenset[Permission]) -> None:
        if not allowed_by:
            self.denied.append(Denied(who, need))
            _log.warning("IAM refuses %s: %s on %s", who, need.action, need.resource)
            return
        with self._lock:
            self._used[who, allowed_by] = self._used.get((who, allowed_by), 0) + 1

    def calls(self, who: str, action: str) -> int:
        """How often it made calls that some permission for this action allowed."""
        with self._lock:
            return sum(
                count
                for (name, by), count in self._used.items()
                if name == who and any(permission.action == action for permission in by)
            )

    def indispensable(self, who: str) -> frozenset[Permission]:
        """Those without which some call would have been refused, for nothing else allowed it."""
        with self._lock:
            return frozenset(permission for name, by in self._used if name == who and len(by) == 1 for permission in by)


@dataclass(frozen=True)
class Principal:
    """A function or a workflow under its role."""

    name: str
    role: str
    permissions: tuple[Permission, ...]
    recorder: Recorder

    def allows(self, need: Need) -> bool:
        allowed_by = authorize(self.permissions, need)
        self.recorder.record(self.name, need, allowed_by)
        return bool(allowed_by)

    def first_refused(self, needs: Iterable[Need]) -> Need | None:
        """AWS stops at the first, and names it."""
        return next((need for need in needs if not self.allows(need)), None)
