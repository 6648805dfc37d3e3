"""What this process knows of its targets' health, shared with others through the records.

No request waits for the records: they are read and written by a thread of its own, but for a short moment at a
process's first request and when a target is opened or closed. Records that are out of reach mean that a target is as
healthy as this process has seen it.
"""

import threading
from collections.abc import Callable, Iterable

from pydantic import ValidationError

from sallyport.errors import StoreUnavailableError
from sallyport.health import Health, Outcome, after, probing, wait_of
from sallyport.ports import Records
from sallyport.retry_budget import RetryBudget

READ_SECONDS = 5.0
SAMPLE_SECONDS = 60.0
"""How often each process writes a healthy target's latency down."""

KEPT_SECONDS = 86_400
PARTITION = "target"
"""Of the health records. Their sort key is the target's name."""

_PATIENCE_SECONDS = 0.1


class Watch:
    """Safe to share between threads. `on_change` hears of each target that is opened or closed, outside of any lock."""

    def __init__(
        self,
        records: Records,
        *,
        clock: Callable[[], float],
        chance: Callable[[], float],
        on_change: Callable[[str, Health], None],
    ) -> None:
        self._records = records
        self._clock = clock
        self._chance = chance
        self._on_change = on_change
        self._lock = threading.Lock()
        self._known: dict[str, Health] = {}
        self._budgets: dict[str, RetryBudget] = {}
        self._sampled: dict[str, float] = {}
        self._unwritten: dict[str, Health] = {}
        self._writing = False
        self._reading = False
        self._read_at: float | None = None

    def avoid(self, targets: Iterable[str]) -> dict[str, float]:
        """Those of the targets that should not be called, and for how long their providers want to be left alone."""
        self._refresh()
        now = self._clock()
        with self._lock:
            waits = {name: wait_of(self._known[name], now) for name in targets if name in self._known}
        return {name: wait for name, wait in waits.items() if wait is not None}

    def begin(self, target: str, alias: str, *, first: bool, avoided: bool = False) -> float | None:
        """The UNIX time from which on a target is called. If it is half open, nobody else probes it for a while.

        None for one that is to be avoided by now, as another call has begun to probe it, unless that was known.
        `first`: it is the request's first call.
        """
        now = self._clock()
        with self._lock:
            health = self._known.get(target)
            if health is not None and health.open:
                if wait_of(health, now) is None:
                    self._known[target] = probing(health, now)
                elif not avoided:
                    return None
            if first:
                self._budgets.setdefault(alias, RetryBudget()).earn()
        return now

    def may_go_on(self, alias: str) -> bool:
        """Whether another call may be made for a request that failed; False when too many were made lately."""
        with self._lock:
            return self._budgets.setdefault(alias, RetryBudget()).spend()

    def note(self, target: str, outcome: Outcome) -> None:
        """How a call went."""
        now = self._clock()
        with self._lock:
            before = self._known.get(target, Health())
            health = self._known[target] = after(before, outcome, now, self._chance())
            changed = health.changed_at != before.changed_at
            if changed or now >= self._sampled.setdefault(target, now) + SAMPLE_SECONDS:
                self._sampled[target] = now
                self._unwritten[target] = health
        if changed:
            self._on_change(target, health)
        self._write(_PATIENCE_SECONDS if changed else 0.0)

    def _refresh(self) -> None:
        now = self._clock()
        with self._lock:
            if self._reading or (self._read_at is not None and now < self._read_at + READ_SECONDS):
                return
            first = self._read_at is None
            self._reading, self._read_at = True, now
        _aside(self._read, _PATIENCE_SECONDS if first else 0.0)

    def _read(self) -> None:
        try:
            for record in self._records.query(PARTITION):
                self._learn(record.sort, Health.model_validate(dict(record.body)))
        except (StoreUnavailableError, ValidationError):
            return
        finally:
            self._reading = False

    def _learn(self, target: str, theirs: Health) -> None:
        """Whatever was opened or closed last is right. Each process adds a bit to its wait for a probe."""
        with self._lock:
            mine = self._known.get(target)
            if mine is None or theirs.changed_at > mine.changed_at:
                spread = 0.0 if theirs.told else self._chance()
                self._known[target] = theirs.model_copy(update={"until": theirs.until + spread})

    def _write(self, patience: float) -> None:
        with self._lock:
            if self._writing or not self._unwritten:
                return
            self._writing = True
        _aside(self._write_down, patience)

    def _write_down(self) -> None:
        while True:
            with self._lock:
                if not self._unwritten:
                    self._writing = False
                    return
                target, health = self._unwritten.popitem()
            try:
                body, expires_at = health.to_json(), int(self._clock()) + KEPT_SECONDS
                self._records.put(PARTITION, target, body, expires_at=expires_at)
            except StoreUnavailableError:
                continue


def _aside(work: Callable[[], None], patience: float) -> None:
    """In a thread of its own, for which nobody waits longer than `patience` seconds."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    if patience:
        thread.join(patience)
