"""Alerts: a budget is used up to a part that its policy names, told once for each window and part.

Whoever settles a request looks at its budgets' totals, so nobody waits for it. A mark in the usage records, which only
one can make, decides who tells; it is the list of alerts as well. It is made before anybody is told: what breaks off in
between is in the list, and told no second time.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pydantic import NonNegativeInt, PositiveInt

from sallyport.contracts import Ticket
from sallyport.errors import from_failure
from sallyport.limits import used
from sallyport.message import Message
from sallyport.paging import every
from sallyport.ports import Ledger, Records

ALERTS = "alerts"
"""Partition of the usage records. No tenant's bills are under it: theirs ends with a day."""

KEPT_SECONDS = 400 * 86_400
USED_UP = 100
_MOST_REMEMBERED = 4096


class Alert(Message):
    """`limit` names kind and window, `window` when that is; amounts are requests, tokens or millionths of a dollar.

    `refused` when a request found no room: what is left then may be too little for it, and not nothing.
    """

    level: str
    limit: str
    window: str
    percent: PositiveInt
    at_most: NonNegativeInt
    taken: NonNegativeInt
    refused: bool = False
    at: float

    @property
    def summary(self) -> str:
        """One line for people."""
        kind, _, per = self.limit.partition("/")
        said = f"{self.level} has used {used(kind, self.taken)} of {used(kind, self.at_most)} per {per} ({self.window})"
        return f"{said}, and a request was refused for it." if self.refused else f"{said}: {self.percent} % or more."

    def message(self) -> str:
        """For whoever is told."""
        return json.dumps({"summary": self.summary, **self.to_json()})


@dataclass(frozen=True, slots=True)
class _Budget:
    scope: str
    at_most: int
    alert_at: Sequence[int]
    refused: bool = False


class Alerts:
    """Safe to share between threads. Remembers what was told, so that a mark is not tried at every request."""

    def __init__(self, ledger: Ledger, usage: Records) -> None:
        self._ledger = ledger
        self._usage = usage
        self._told: set[tuple[str, int]] = set()

    def after(self, tickets: Iterable[Ticket], now: float) -> Iterator[Alert]:
        """What these requests brought about and nobody told before: tell each before the next is asked for.

        Raise StoreUnavailableError.
        """
        budgets = {(each.scope, each.refused): each for ticket in tickets for each in _budgets_of(ticket)}
        for budget in budgets.values():
            yield from self._reached(budget, now)

    def _reached(self, budget: _Budget, now: float) -> Iterator[Alert]:
        left = [percent for percent in budget.alert_at if (budget.scope, percent) not in self._told]
        if not left:
            return
        taken = max(0, self._ledger.taken(budget.scope))
        for percent in left:
            part = budget.at_most > 0 and taken * 100 >= percent * budget.at_most
            if not part and not (budget.refused and percent == USED_UP):
                continue
            level, kind, per, window = budget.scope.split("|")
            alert = Alert(
                level=level,
                limit=f"{kind}/{per}",
                window=window,
                percent=percent,
                at_most=budget.at_most,
                taken=taken,
                refused=not part,
                at=now,
            )
            if self._mark(alert, budget.scope, now):
                yield alert

    def _mark(self, alert: Alert, scope: str, now: float) -> bool:
        sort = f"{alert.window}|{alert.level}|{alert.limit}|{alert.percent:03}"
        new = self._usage.put(ALERTS, sort, alert.to_json(), expect=0, expires_at=int(now) + KEPT_SECONDS)
        if len(self._told) >= _MOST_REMEMBERED:
            self._told.clear()
        self._told.add((scope, alert.percent))
        return new


def alerts_between(usage: Records, first: str, last: str) -> list[Alert]:
    """Those of two UTC days (`2026-11-20`) and all between, in the order of their times."""
    # A request may be settled when its window is over: alerts of the month before may be among them.
    start = (date.fromisoformat(first).replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    records = every(usage, ALERTS, start=start, end=last[:7] + "\U0010ffff")
    alerts = [Alert.model_validate(dict(record.body)) for record in records]
    within = [alert for alert in alerts if first <= datetime.fromtimestamp(alert.at, UTC).strftime("%Y-%m-%d") <= last]
    return sorted(within, key=lambda alert: (alert.at, alert.level, alert.percent))


def _budgets_of(ticket: Ticket) -> Iterator[_Budget]:
    """Those that a request took from, or the one that refused it."""
    if ticket.authorization is not None:
        for hold in ticket.authorization.reservation.holds:
            if hold.alert_at:
                yield _Budget(hold.scope, hold.limit, hold.alert_at)
    if ticket.failure is not None:
        told = from_failure(ticket.failure.error, ticket.failure.cause).details.get("budget")
        if told is not None:
            yield _Budget(told["scope"], told["at_most"], told["alert_at"], refused=True)
