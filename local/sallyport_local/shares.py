"""How many requests may run at once, and how many of them may be one tenant's.

A tenant may hold at most LENT times as many places as are free: the dynamic thresholds of Choudhury and Hahne (IEEE/ACM
Transactions on Networking 6(2), 1998), by which packet switches share a buffer. Alone it gets 7/8 of all, two that want
everything 7/15 each, n of them 7/(1 + 7 n); places that others do not use are lent. Whoever comes new finds a place at
once, because one tenant never holds the last. Nothing waits, and nothing is remembered of who wanted what when.
"""

from collections import Counter

LENT = 7


class Shares:
    """On one event loop. Every `take` that is granted is followed by a `give_back`."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._taken = 0
        self._held: Counter[str] = Counter()

    def take(self, tenant: str) -> bool:
        """False when there is no place for this tenant now."""
        free = self._places - self._taken
        most = LENT * free if free != 1 else 1  # the last place is for one who has none
        if self._held.get(tenant, 0) >= most:
            return False
        self._taken += 1
        self._held[tenant] += 1
        return True

    def give_back(self, tenant: str) -> None:
        self._taken -= 1
        self._held[tenant] -= 1
        if not self._held[tenant]:
            del self._held[tenant]
