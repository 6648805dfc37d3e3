"""What each place has admitted lately, and whether it admits one call more."""

from collections import deque
from dataclasses import dataclass

from sallyport_local.fleet.script import Place, Quota


@dataclass(slots=True)
class Admitted:
    """One call: when it came (seconds of the fleet's clock), and its tokens, first as asked and then as used."""

    at: float
    tokens: int


class Quotas:
    """Counted over a sliding window, so that no turn of a minute lets through twice as much."""

    def __init__(self) -> None:
        self._admitted: dict[Place, deque[Admitted]] = {}

    def wait(self, place: Place, quota: Quota, tokens: int, now: float) -> float:
        """Seconds until the place has room for a call of so many tokens; 0 if it has. One that is larger than the
        quota is told to wait for a whole window, for ever.
        """
        recent = self._admitted.setdefault(place, deque())
        while recent and recent[0].at <= now - quota.seconds:
            recent.popleft()
        calls, used, wait = len(recent) + 1, tokens + sum(each.tokens for each in recent), 0.0
        for each in recent:
            if _is_within(quota, calls, used):
                return wait
            calls, used, wait = calls - 1, used - each.tokens, each.at + quota.seconds - now
        return wait if _is_within(quota, calls, used) else quota.seconds

    def admit(self, place: Place, tokens: int, now: float) -> Admitted:
        """Take a call in; its `tokens` are to be corrected once they are known."""
        call = Admitted(now, tokens)
        self._admitted.setdefault(place, deque()).append(call)
        return call


def _is_within(quota: Quota, calls: int, tokens: int) -> bool:
    return (quota.requests is None or calls <= quota.requests) and (quota.tokens is None or tokens <= quota.tokens)
