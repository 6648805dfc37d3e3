"""What this process knows of its targets' health, shared with others through the records.

No request waits for the records: they are read and written by a thread of its own, but for a short moment at a
process's first request and when a target is opened or closed. Records that are out of reach mean that a target is as
healthy as this process has seen it.
"""

import threading
from collections.abc import Callable, Iterable

from pydantic import ValidationError

from sallyport.errors import StoreUnavailableError
from sallyport.health import Health, Outcome, after, latency_of, learned, probing, wait_of
from sallyport.ports import Records
from sallyport.retry_budget import RetryBudget

READ_SECONDS = 5.0
SAMPLE_SECONDS = 15.0
"""How often a healthy target's latency is written down, by whichever process calls it then."""

KEPT_SECONDS = 86_400
PARTITION = "target"
"""Of the health records. Their sort key is the target's place."""

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
        self._versions: dict[str, int] = {}
        self._unwritten: dict[str, tuple[Health, int | None]] = {}
        self._writer: threading.Thread | None = None
        self._reading = False
        self._read_at: float | None = None

    def avoid(self, targets: Iterable[str]) -> dict[str, float]:
        """Those of the targets that should not be called, and for how long their providers want to be left alone."""
        self._refresh()
        now = self._clock()
        with self._lock:
            waits = {name: wait_of(self._known[name], now) for name in targets if name in self._known}
        return {name: wait for name, wait in waits.items() if wait is not None}

    def latencies(self) -> dict[str, float]:
        """The milliseconds to expect of each target that was called lately, by this process or by another."""
        self._refresh()
        now = self._clock()
        with self._lock:
            expected = {name: latency_of(health, now) for name, health in self._known.items()}
        return {name: latency for name, latency in expected.items() if latency is not None}

    def look(self) -> None:
        """Read now what others wrote, and wait for it: for who is in no request's way."""
        with self._lock:
            self._reading, self._read_at = True, self._clock()
        self._read()

    def opened(self, targets: Iterable[str]) -> list[str]:
        """Those of the targets that were opened and not closed since, whether or not it is time to probe them."""
        with self._lock:
            return [name for name in targets if name in self._known and self._known[name].open]

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
            if changed or now >= self._sampled.get(target, -SAMPLE_SECONDS) + SAMPLE_SECONDS:
                self._sampled[target] = now
                # A sample must not write over a change that was not read yet.
                _, expected = self._unwritten.get(target, (health, self._versions.get(target, 0)))
                self._unwritten[target] = (health, None if changed else expected)
        if changed:
            self._on_change(target, health)
        self._write(_PATIENCE_SECONDS if changed else 0.0)

    def written(self, seconds: float) -> None:
        """Wait until what was noted is written down, but no longer than this: for a process that is stopped next."""
        with self._lock:
            writer = self._writer
        if writer is not None:
            writer.join(seconds)

    def _refresh(self) -> None:
        now = self._clock()
        with self._lock:
            if self._reading or (self._read_at is not None and now < self._read_at + READ_SECONDS):
                return
            first = self._read_at is None
            self._reading, self._read_at = True, now
        reader = _aside(self._read)
        if first:
            reader.join(_PATIENCE_SECONDS)

    def _read(self) -> None:
        try:
            for record in self._records.query(PARTITION):
                self._learn(record.sort, Health.model_validate(dict(record.body)), record.version)
        except (StoreUnavailableError, ValidationError):
            return
        finally:
            self._reading = False

    def _learn(self, target: str, theirs: Health, version: int) -> None:
        """Each process adds a bit to its wait for a probe."""
        with self._lock:
            mine = self._known.get(target)
            known = theirs if mine is None else learned(mine, theirs)
            if known is theirs and not theirs.told:
                known = theirs.model_copy(update={"until": theirs.until + self._chance()})
            self._known[target] = known
            self._versions[target] = version
            self._sampled[target] = max(self._sampled.get(target, theirs.at), theirs.at)

    def _write(self, patience: float) -> None:
        with self._lock:
            if self._unwritten and self._writer is None:
                self._writer = _aside(self._write_down)
            writer = self._writer
        if patience and writer is not None:
            writer.join(patience)

    def _write_down(self) -> None:
        while True:
            with self._lock:
                if not self._unwritten:
                    self._writer = None
                    return
                target, (health, version) = self._unwritten.popitem()
            try:
                body, expires_at = health.to_json(), int(self._clock()) + KEPT_SECONDS
                self._records.put(PARTITION, target, body, expect=version, expires_at=expires_at)
            except StoreUnavailableError:
                continue


def _aside(work: Callable[[], None]) -> threading.Thread:
    """In a thread of its own, for which nobody needs to wait."""
    thread = threading.Thread(target=work, name="watch", daemon=True)
    thread.start()
    return thread
