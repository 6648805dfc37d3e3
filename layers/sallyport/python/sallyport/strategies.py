"""In which order targets are tried. Pure: the same candidates and the same seed give the same order, in every state."""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

type Strategy = Literal[
    "ordered", "weighted", "least_cost", "least_latency", "by_context_size", "by_capability", "sticky"
]

_DRAWS = 2**64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target that could serve a request. `cost` is in millionths of a dollar, `latency_ms` None before it is known.

    `weight` is its share among the others; one without any comes last. `abilities` counts what it can do.
    """

    name: str
    weight: float = 1.0
    cost: int = 0
    context_tokens: int = 0
    abilities: int = 0
    latency_ms: float | None = None


def order(strategy: Strategy, candidates: Sequence[Candidate], seed: str) -> list[str]:
    """The names of all candidates, best first. Those that are equally good stay in the order they are given in.

    `weighted` and `sticky` draw by `seed`: what is drawn for a request, or for a conversation.
    """
    worth = _WORTH.get(strategy)
    if worth is not None:
        return [each.name for each in sorted(candidates, key=worth)]
    if strategy == "ordered":
        return [each.name for each in candidates]
    return [each.name for each in sorted(candidates, key=lambda each: _drawn(seed, each))]


def peak_ewma(known_ms: float, seen_ms: float, seconds: float, *, decay_seconds: float = 10.0) -> float:
    """A target's latency after one more answer, `seconds` after the last: at once as bad as the worst, slowly better.

    The moving average of Finagle's load balancer ("Peak EWMA", Twitter), whose window is 10 s, too.
    """
    if seen_ms >= known_ms:
        return seen_ms
    kept = math.exp(-max(seconds, 0.0) / decay_seconds)
    return known_ms * kept + seen_ms * (1 - kept)


def _drawn(seed: str, candidate: Candidate) -> float:
    """Weighted rendezvous hashing (Schindelhauer and Schomaker 2005): an exponential draw of the rate of its weight.

    The least of several such draws is each one's with the probability of its share, and no other's draw depends on who
    else is there: a target that comes or goes moves only what it gets or had.
    """
    if candidate.weight == 0:
        return math.inf
    digest = hashlib.sha256(f"{seed}|{candidate.name}".encode()).digest()
    uniform = (int.from_bytes(digest[:8]) + 1) / (_DRAWS + 1)
    return -math.log(uniform) / candidate.weight


def _latency(candidate: Candidate) -> float:
    """One that was not measured yet comes first, and so will be."""
    return -1.0 if candidate.latency_ms is None else candidate.latency_ms


_WORTH: Mapping[Strategy, Callable[[Candidate], float]] = {
    "least_cost": lambda each: each.cost,
    "least_latency": _latency,
    "by_context_size": lambda each: each.context_tokens,
    "by_capability": lambda each: each.abilities,
}
