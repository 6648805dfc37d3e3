"""Which requests a canary gets, and whether it does worse than what is in force. Pure.

A request is a failure of its table when no target answered, and also when one did only after another had failed: a
canary whose first target is dead is no better for its second.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import NonNegativeInt

from sallyport.message import Message
from sallyport.table_versions import Canary

FEW, HALF = 10, 0.5
"""With so many requests on either side a canary ends that fails for so much larger a part of them."""

ENOUGH, WORSE = 50, 0.05
"""The same with more requests, if the difference is also no chance (`SIGMAS`)."""

SIGMAS = 3.0
"""Of the difference of two proportions. Every batch asks anew, so it is stricter than a single test would be."""

SLOWER, SLOWER_MS = 2.0, 250
"""A canary ends whose 95th percentile is more than so many times the other's, and so many milliseconds above it."""

STEPS = 4
"""Steps of latency to a doubling: a percentile is exact to 19 %."""


class Arm(Message):
    """What was seen of one table: requests, those that failed, and answers by their step of latency."""

    requests: NonNegativeInt = 0
    failed: NonNegativeInt = 0
    latencies: dict[int, NonNegativeInt] = {}

    def plus(self, other: "Arm") -> "Arm":
        steps = sorted(self.latencies.keys() | other.latencies.keys())
        return Arm(
            requests=self.requests + other.requests,
            failed=self.failed + other.failed,
            latencies={step: self.latencies.get(step, 0) + other.latencies.get(step, 0) for step in steps},
        )


class Trial(Message):
    """A canary beside what is in force, since it began."""

    canary: Arm = Arm()
    current: Arm = Arm()

    def plus(self, other: "Trial") -> "Trial":
        return Trial(canary=self.canary.plus(other.canary), current=self.current.plus(other.current))


@dataclass(frozen=True, slots=True)
class Verdict:
    ends: bool
    reason: str


def gets(canary: Canary, request_id: str) -> bool:
    """Whether a request is one of the canary's. Always the same for a request; another canary gets others."""
    digest = hashlib.sha256(f"{canary.version}/{canary.since}/{request_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 * 100 < canary.percent


def seen(outcomes: Sequence[tuple[bool, int]]) -> Arm:
    """An arm of requests: whether each failed, and in how many milliseconds it was answered if it did not."""
    failed = sum(1 for wrong, _ in outcomes if wrong)
    arm = Arm(requests=len(outcomes), failed=failed)
    for wrong, latency_ms in outcomes:
        if not wrong:
            arm = arm.plus(Arm(latencies={_step(latency_ms): 1}))
    return arm


def judge(trial: Trial) -> Verdict:
    """Whether the canary ends by itself, and why or why not."""
    canary, current = trial.canary, trial.current
    fewest = min(canary.requests, current.requests)
    if fewest < FEW:
        return Verdict(False, f"{canary.requests} and {current.requests} requests are too few to compare")
    bad, usual = canary.failed / canary.requests, current.failed / current.requests
    rates = f"{bad:.1%} of {canary.requests} requests failed, {usual:.1%} of {current.requests} without it"
    if bad - usual > HALF or (fewest >= ENOUGH and bad - usual > WORSE and _sigmas(canary, current) >= SIGMAS):
        return Verdict(True, rates)
    slow, pace = percentile(canary, 0.95), percentile(current, 0.95)
    if min(_answered(canary), _answered(current)) >= ENOUGH and slow > max(SLOWER * pace, pace + SLOWER_MS):
        return Verdict(True, f"95 % were answered within {slow} ms, without it within {pace} ms")
    return Verdict(False, rates)


def percentile(arm: Arm, part: float) -> int:
    """Milliseconds within which this part of the answers came, rounded up to a step; 0 without an answer."""
    wanted, so_far = math.ceil(part * _answered(arm)), 0
    for step, count in sorted(arm.latencies.items()):
        so_far += count
        if so_far >= wanted:
            return math.ceil(2 ** (step / STEPS))
    return 0


def _answered(arm: Arm) -> int:
    return sum(arm.latencies.values())


def _step(latency_ms: int) -> int:
    return math.ceil(math.log2(max(latency_ms, 1)) * STEPS)


def _sigmas(canary: Arm, current: Arm) -> float:
    """The pooled z statistic of two proportions, of which the first is the larger."""
    pooled = (canary.failed + current.failed) / (canary.requests + current.requests)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / canary.requests + 1 / current.requests))
    return (canary.failed / canary.requests - current.failed / current.requests) / spread if spread else math.inf
