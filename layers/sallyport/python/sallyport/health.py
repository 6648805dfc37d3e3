"""Whether a target is worth calling, as a state machine: health and an outcome make the next health. Pure.

A target is closed (calls pass), open (it is skipped until a moment), or half open (one call may probe it). Failures
are counted with a half-life, so that a quiet night does not add up. What a provider asks for by Retry-After is a rest:
it is open as well, and is not even probed.
"""

import math
from dataclasses import dataclass

from sallyport.message import Message
from sallyport.strategies import peak_ewma

HALF_LIFE_SECONDS = 10.0
"""After which an outcome counts half."""

LEAST_FAILURES = 5
"""In a row, or as a count that fades: fewer say nothing."""

MOST_SHARE = 1 / 6
"""Of calls that fail. What fails more often would use up the budget of further calls (sallyport.retry_budget)."""

COOL_DOWN_SECONDS, LONGEST_COOL_DOWN_SECONDS = 2.0, 8.0
"""Doubled with each probe that fails. A target that is well again is called again within ten seconds."""

PROBE_SECONDS = 10.0
"""For which nobody else probes; a probe whose outcome is never told blocks nobody for longer."""

LONGEST_REST_SECONDS = 900.0
"""The longest Retry-After that is obeyed without asking once in between."""

SLOW_SHARE = 0.8
"""Of a target's timeout, from which on an answer counts as a failure."""

IDLE_SECONDS = 30.0
"""For which what was measured of a target is taken for true; then it fades, so that it will be measured anew."""

_LATENCY_SECONDS = 30.0
"""The time constant with which a peak of latency fades."""


class Health(Message):
    """Of one target, at UNIX time `at`; `changed_at` says when it was last opened or closed.

    `until` is when an open one may be probed, `told` that its provider named that time. `latency_ms` is a peak EWMA:
    it jumps up, and fades. Of a stream it is that of its first event.
    """

    open: bool = False
    until: float = 0.0
    told: bool = False
    openings: int = 0
    good: float = 0.0
    bad: float = 0.0
    streak: int = 0
    latency_ms: float = 0.0
    at: float = 0.0
    changed_at: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a call that began at the UNIX time `started`. `fault` is the name of an error that is the target's own.

    `latency_ms` is what was waited for the answer or the failure; None if that tells nothing of the target.
    """

    started: float
    latency_ms: int | None = None
    fault: str | None = None
    retry_after: float | None = None


def state_of(health: Health, now: float) -> str:
    """The state in a word: closed, open, resting (its provider asked for that) or half open."""
    if not health.open:
        return "closed"
    if health.until <= now:
        return "half open"
    return "resting" if health.told else "open"


def wait_of(health: Health, now: float) -> float | None:
    """None for a target that may be called; else how long its provider wants to be left alone, in whole seconds.

    That is 0 for one that is open by our own judgement: it may be tried when there is no other.
    """
    if not health.open or health.until <= now:
        return None
    return float(math.ceil(health.until - now)) if health.told else 0.0


def probing(health: Health, now: float) -> Health:
    """The same, while a call probes a target that is half open."""
    return health.model_copy(update={"until": now + PROBE_SECONDS, "told": False})


def after(health: Health, outcome: Outcome, now: float, chance: float) -> Health:
    """The next health. `chance` (0 to 1) shortens a cool-down by up to a quarter, so that not all probe at once."""
    known = _faded(health, now)
    if outcome.latency_ms is not None:
        known = known.model_copy(update={"latency_ms": _latency(health, outcome, outcome.latency_ms, now)})
    # A call that began before the target was opened says nothing new about it.
    late = health.open and outcome.started < health.changed_at
    if outcome.fault is None:
        return known if late else _passed(known, now)
    if outcome.retry_after:
        return _rested(known, outcome.fault, now + min(outcome.retry_after, LONGEST_REST_SECONDS), now)
    if late:
        return known
    failed = known.model_copy(update={"bad": known.bad + 1, "streak": known.streak + 1})
    return _opened(failed, outcome.fault, now, chance) if known.open or _fails(failed) else failed


def learned(mine: Health, theirs: Health) -> Health:
    """What is known here of a target, with what another process wrote: who saw it last knows how long it takes, and
    when it was opened or closed last is right.
    """
    if theirs.changed_at > mine.changed_at:
        return theirs
    if theirs.at <= mine.at:
        return mine
    return _faded(mine, theirs.at).model_copy(update={"latency_ms": theirs.latency_ms})


def latency_of(health: Health, now: float) -> float | None:
    """Milliseconds to expect of a target; None when that is not known."""
    idle = max(now - health.at - IDLE_SECONDS, 0.0)
    return health.latency_ms * math.exp(-idle / _LATENCY_SECONDS) or None


def _passed(health: Health, now: float) -> Health:
    if not health.open:
        return health.model_copy(update={"good": health.good + 1, "streak": 0})
    return Health(latency_ms=health.latency_ms, at=now, changed_at=now, good=1.0, reason="a probe was answered")


def _rested(health: Health, fault: str, until: float, now: float) -> Health:
    reason = f"{fault}: the provider asked for {math.ceil(until - now)} s"
    until = max(until, health.until) if health.told else until
    return health.model_copy(
        update={"open": True, "told": True, "until": until, "changed_at": now, "streak": 0, "reason": reason}
    )


def _opened(health: Health, fault: str, now: float, chance: float) -> Health:
    cool_down = min(COOL_DOWN_SECONDS * 2.0 ** min(health.openings, 8), LONGEST_COOL_DOWN_SECONDS)
    share = round(100 * health.bad / (health.good + health.bad))
    reason = f"{fault}: the probe failed" if health.open else f"{fault}: {share} % of calls failed lately"
    return health.model_copy(
        update={
            "open": True,
            "told": False,
            "until": now + cool_down * (1 - chance / 4),
            "openings": health.openings + 1,
            "changed_at": now,
            "reason": reason,
        }
    )


def _fails(health: Health) -> bool:
    often = health.bad >= LEAST_FAILURES and health.bad >= MOST_SHARE * (health.good + health.bad)
    return often or health.streak >= LEAST_FAILURES


def _faded(health: Health, now: float) -> Health:
    left = 0.5 ** (max(now - health.at, 0.0) / HALF_LIFE_SECONDS)
    return health.model_copy(update={"good": health.good * left, "bad": health.bad * left, "at": now})


def _latency(health: Health, outcome: Outcome, seen_ms: int, now: float) -> float:
    """A target that fails at once is not fast: its failures only count when they take longer than its answers."""
    if outcome.fault is not None:
        return max(health.latency_ms, float(seen_ms))
    return peak_ewma(health.latency_ms, float(seen_ms), now - health.at, decay_seconds=_LATENCY_SECONDS)
