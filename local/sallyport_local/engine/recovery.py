"""Retry and Catch of Task, Parallel and Map states."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sallyport_local.engine.errors import ALL, DATA_LIMIT_EXCEEDED, RUNTIME, TASK_FAILED, TIMEOUT, StateFailed
from sallyport_local.engine.execution import Entered, Transition
from sallyport_local.engine.fields import ERROR, MISSING, Fields
from sallyport_local.engine.running import Run
from sallyport_local.engine.templates import Template

_TERMINAL: Final = frozenset({RUNTIME, DATA_LIMIT_EXCEEDED})  # no wildcard matches these
_MOST_ATTEMPTS: Final = 99_999_999
_LONGEST_DELAY: Final = 31_622_400  # seconds; both from the developer guide, 'Handling errors in Step Functions'

_STEEPEST: Final = 1_000  # BackoffRate; ours, so that no delay overflows
_FLAT: Final = 64  # retries; later ones wait no longer


@dataclass(frozen=True, slots=True)
class Retrier:
    """Waits `interval` * `backoff` ** (retries so far), at most `max_delay`; jitter takes any part of that. Seconds."""

    errors: frozenset[str]
    interval: int
    attempts: int
    backoff: float
    max_delay: int
    jitter: bool

    def delay(self, attempt: int, random: Callable[[], float]) -> float:
        seconds = min(self.interval * self.backoff ** min(attempt, _FLAT), float(self.max_delay))
        return seconds * random() if self.jitter else seconds


@dataclass(frozen=True, slots=True)
class Catcher:
    errors: frozenset[str]
    next: str
    output: Template | None
    assign: dict[str, Template]


@dataclass(frozen=True, slots=True)
class Recovery:
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]

    def attempt(self, run: Run, entered: Entered, work: Callable[[Run, Entered], Transition]) -> Transition:
        """`work` until it succeeds, no retrier is left, or a catcher takes over. Raises the last StateFailed."""
        used = [0] * len(self.retriers)
        while True:
            try:
                return work(run, entered)
            except StateFailed as failure:
                position = next((i for i, one in enumerate(self.retriers) if _matches(one.errors, failure.error)), None)
                if position is None or used[position] >= self.retriers[position].attempts:
                    return self._caught(run, entered, failure)
            run.pause(self.retriers[position].delay(used[position], run.random))
            used[position] += 1
            entered.retries += 1
            if "context" in entered.states:
                entered.states["context"]["State"]["RetryCount"] = entered.retries

    def _caught(self, run: Run, entered: Entered, failure: StateFailed) -> Transition:
        for catcher in self.catchers:
            if _matches(catcher.errors, failure.error):
                error_output = {"Error": failure.error or "", "Cause": failure.cause or ""}
                entered.states = {**entered.states, "errorOutput": error_output}
                done = run.finish(catcher.next, error_output, catcher.output, catcher.assign, entered)
                return done._replace(error=failure.error)
        raise failure


def _matches(errors: frozenset[str], error: str | None) -> bool:
    """States.TaskFailed stands for every error but a timeout; neither wildcard stands for a terminal error."""
    if error in errors:
        return True
    if error in _TERMINAL:
        return False
    return ALL in errors or (TASK_FAILED in errors and error != TIMEOUT)


def parse_recovery(fields: Fields) -> Recovery:
    """Takes Retry and Catch. Raises DefinitionError."""
    retriers = [_retrier(fields.nested(raw, f"Retry[{i}]")) for i, raw in enumerate(fields.items("Retry"))]
    catchers = [_catcher(fields.nested(raw, f"Catch[{i}]")) for i, raw in enumerate(fields.items("Catch"))]
    for name, group in (("Retry", retriers), ("Catch", catchers)):
        if any(ALL in one.errors for one in group[:-1]):
            raise fields.refuse(name, f"{ALL} must come last: what follows it would never be reached")
    return Recovery(tuple(retriers), tuple(catchers))


def _errors(fields: Fields) -> frozenset[str]:
    errors = fields.items("ErrorEquals")
    if not errors or not all(isinstance(error, str) and error for error in errors):
        raise fields.refuse("ErrorEquals", "must name at least one error")
    if ALL in errors and len(errors) > 1:
        raise fields.refuse("ErrorEquals", f"{ALL} must stand alone")
    if RUNTIME in errors:
        raise fields.refuse("ErrorEquals", f"{RUNTIME} always ends the execution: nothing can retry or catch it")
    return frozenset(errors)


def _retrier(fields: Fields) -> Retrier:
    errors = _errors(fields)
    fields.text("Comment")
    interval = fields.whole("IntervalSeconds", minimum=1, maximum=_MOST_ATTEMPTS) or 1
    attempts = fields.whole("MaxAttempts", minimum=0, maximum=_MOST_ATTEMPTS)
    max_delay = fields.whole("MaxDelaySeconds", minimum=interval + 1, maximum=_LONGEST_DELAY)
    backoff = _backoff(fields)
    jitter = fields.text("JitterStrategy") or "NONE"
    if jitter not in ("FULL", "NONE"):
        raise fields.refuse("JitterStrategy", "must be FULL or NONE")
    fields.done()
    retries = 3 if attempts is None else attempts
    return Retrier(errors, interval, retries, backoff, max_delay or _LONGEST_DELAY, jitter == "FULL")


def _backoff(fields: Fields) -> float:
    value: Any = fields.take("BackoffRate")
    if value is MISSING:
        return 2.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= _STEEPEST:
        raise fields.refuse("BackoffRate", f"must be a number from 1 to {_STEEPEST}")
    return float(value)


def _catcher(fields: Fields) -> Catcher:
    fields.text("Comment")
    catcher = Catcher(
        _errors(fields), fields.required_text("Next"), fields.template("Output", ERROR), fields.assign(ERROR)
    )
    fields.done()
    return catcher
