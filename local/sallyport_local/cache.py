"""Answers by key in SQLite, for as long as they are good."""

import time
from collections.abc import Callable

from sallyport_local.database import Database


class SqliteCache:
    """Whoever stores an answer takes out up to two that have ended: the table cannot outgrow what is alive."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def get(self, key: str, *, now: float) -> bytes | None:
        with self._database.read() as connection:
            row = connection.execute("SELECT value FROM cache WHERE key = ? AND expires_at > ?", (key, now)).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, key: str, value: bytes, *, expires_at: int) -> None:
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM cache WHERE rowid IN (SELECT rowid FROM cache WHERE expires_at <= ? LIMIT 2)",
                (self._clock(),),
            )
            connection.execute(
                """INSERT INTO cache VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at""",
                (key, value, expires_at),
            )
