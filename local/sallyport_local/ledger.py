"""Reserve, then settle, in SQLite: a transaction that takes every hold of a request or none.

A transaction holds SQLite's write lock from its first statement, so what it has read of a counter stays true until it
commits; that makes check-then-write a conditional write, among threads and among processes. Each statement handles
all holds at once (as JSON), because Python gives up its own lock around every statement and must queue for it again.

A reservation is there while it is open, and once expired for as long as a late settlement of it could still matter.
Whoever deletes it settles it, and nobody does so twice.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from sallyport.contracts import Hold, Reservation
from sallyport.ports import Granted, Refused
from sallyport_local.database import Database

_DAY = 86_400
_COUNTER_KEPT_SECONDS = {"minute": 3600, "day": 2 * _DAY}
_OTHERS_KEPT_SECONDS = 40 * _DAY
"""From a counter's first use, by the window that the third part of `policy.holds`' scopes names; the longest is a
month. A reservation made in a window's last moment is settled long before the counter goes. After as long from its own
end, no expired reservation has a window that is not over, and is forgotten."""

_BATCH = 500

_COUNT = """INSERT INTO counters (scope, taken, expires_at)
    SELECT value ->> 0, sum(value ->> 1), min(value ->> 2) FROM json_each(?) WHERE true GROUP BY 1
    ON CONFLICT DO UPDATE SET taken = taken + excluded.taken"""


class SqliteLedger:
    """Counters of windows long past, and expired reservations that held only such, are removed by `expire`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, reservation: Reservation, *, now: float) -> Granted | Refused:
        """Refused for good, before anything is written, when a hold is larger than its whole limit."""
        for hold in reservation.holds:
            if hold.amount > hold.limit:
                return Refused(hold.scope, hold.limit, self.taken(hold.scope))
        answer = self._take(reservation, now)
        if isinstance(answer, Refused) and self._give_back(now):
            answer = self._take(reservation, now)
        return answer

    def settle(self, reservation: Reservation, actual: Sequence[int], *, now: float) -> bool:
        """A reservation without holds was never written: settling it is always true."""
        charged = [(hold.scope, amount) for hold, amount in zip(reservation.holds, actual, strict=True)]
        if not charged:
            return True
        held = [(hold.scope, -hold.amount) for hold in reservation.holds]
        with self._database.write() as connection:
            rows = connection.execute(
                "DELETE FROM reservations WHERE request_id = ? RETURNING state", (reservation.request_id,)
            ).fetchall()
            if rows:
                changes = held + charged if rows == [("open",)] else charged
                connection.execute(_COUNT, (_changes(changes, now),))
        return bool(rows)

    def taken(self, scope: str) -> int:
        with self._database.read() as connection:
            row = connection.execute("SELECT taken FROM counters WHERE scope = ?", (scope,)).fetchone()
        return 0 if row is None else int(row[0])

    def expire(self, *, now: float) -> int:
        expired = self._give_back(now)
        with self._database.write() as connection:
            connection.execute("DELETE FROM counters WHERE expires_at <= ?", (now,))
            connection.execute(
                "DELETE FROM reservations WHERE state = 'expired' AND expires_at <= ?", (now - _OTHERS_KEPT_SECONDS,)
            )
        return expired

    def _take(self, reservation: Reservation, now: float) -> Granted | Refused:
        if not reservation.holds:
            return Granted()
        holds = [(hold.scope, hold.amount) for hold in reservation.holds]
        with self._database.write() as connection:
            granted_before = connection.execute(
                "SELECT 1 FROM reservations WHERE request_id = ? AND state = 'open'", (reservation.request_id,)
            ).fetchone()
            if granted_before:
                known = _counted(connection, reservation.holds)
                return Granted([known.get(scope, 0) for scope, _ in holds])
            refused = _without_room(connection, reservation.holds)
            if refused is not None:
                return refused
            counted = connection.execute(f"{_COUNT} RETURNING scope, taken", (_changes(holds, now),))
            taken: dict[str, int] = dict(counted.fetchall())
            connection.execute(
                "INSERT OR REPLACE INTO reservations (request_id, holds, expires_at, state) VALUES (?, ?, ?, 'open')",
                (reservation.request_id, json.dumps(holds), reservation.expires_at),
            )
        return Granted([taken[scope] for scope, _ in holds])

    def _give_back(self, now: float) -> int:
        """Look before locking: under a used-up limit every refusal comes here, and finds nothing as a rule."""
        given_back = 0
        while self._anything_expired(now):
            with self._database.write() as connection:
                rows = connection.execute(
                    """UPDATE reservations SET state = 'expired' WHERE request_id IN (
                        SELECT request_id FROM reservations WHERE state = 'open' AND expires_at <= ? LIMIT ?)
                        RETURNING holds""",
                    (now, _BATCH),
                ).fetchall()
                changes = [(scope, -amount) for (holds,) in rows for scope, amount in json.loads(holds)]
                connection.execute(_COUNT, (_changes(changes, now),))
            given_back += len(rows)
        return given_back

    def _anything_expired(self, now: float) -> bool:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT 1 FROM reservations WHERE state = 'open' AND expires_at <= ? LIMIT 1", (now,)
            ).fetchone()
        return row is not None


def _without_room(connection: sqlite3.Connection, holds: Sequence[Hold]) -> Refused | None:
    """The first hold, in their order, that does not fit beside what is taken and the holds before it."""
    taken = _counted(connection, holds)
    for hold in holds:
        before = taken.get(hold.scope, 0)
        if before + hold.amount > hold.limit:
            return Refused(hold.scope, hold.limit, before)
        taken[hold.scope] = before + hold.amount
    return None


def _counted(connection: sqlite3.Connection, holds: Sequence[Hold]) -> dict[str, int]:
    scopes = json.dumps([hold.scope for hold in holds])
    rows = connection.execute(
        "SELECT scope, taken FROM counters WHERE scope IN (SELECT value FROM json_each(?))", (scopes,)
    )
    return dict(rows.fetchall())


def _changes(changes: Iterable[tuple[str, int]], now: float) -> str:
    return json.dumps([(scope, amount, int(now) + _kept_seconds(scope)) for scope, amount in changes])


def _kept_seconds(scope: str) -> int:
    parts = scope.split("|")
    return _COUNTER_KEPT_SECONDS.get(parts[2], _OTHERS_KEPT_SECONDS) if len(parts) > 2 else _OTHERS_KEPT_SECONDS
