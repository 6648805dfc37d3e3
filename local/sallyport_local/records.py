"""Collections of JSON documents in SQLite."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sallyport.ports import Record
from sallyport_local.database import Database

_PAGE = 500


class SqliteRecords:
    """One collection. An expired record is absent at once, and its row is removed by a later write."""

    def __init__(self, database: Database, collection: str, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._collection = collection
        self._clock = clock

    def get(self, partition: str, sort: str = "-") -> Record | None:
        with self._database.read() as connection:
            row = connection.execute(
                """SELECT partition, sort, body, version FROM records
                WHERE collection = ? AND partition = ? AND sort = ? AND (expires_at IS NULL OR expires_at > ?)""",
                (self._collection, partition, sort, self._clock()),
            ).fetchone()
        return None if row is None else _record(*row)

    def put(
        self,
        partition: str,
        sort: str,
        body: Mapping[str, Any],
        *,
        expect: int | None = None,
        expires_at: int | None = None,
    ) -> bool:
        now = self._clock()
        with self._database.write() as connection:
            _remove_ended(connection, now)
            if expect == 0:
                # Most of what is expected is that nothing is there, as of a request's own entry: one statement tells.
                return self._put_new(connection, (partition, sort, json.dumps(body)), expires_at, now)
            version = self._version(connection, partition, sort, now)
            if expect is not None and expect != version:
                return False
            connection.execute(
                """INSERT INTO records VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
                SET body = excluded.body, version = excluded.version, expires_at = excluded.expires_at""",
                (self._collection, partition, sort, json.dumps(body), version + 1, expires_at),
            )
        return True

    def _put_new(
        self, connection: sqlite3.Connection, record: tuple[str, str, str], expires_at: int | None, now: float
    ) -> bool:
        put = connection.execute(
            """INSERT INTO records VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE
            SET body = excluded.body, version = 1, expires_at = excluded.expires_at
            WHERE records.expires_at <= ?""",
            (self._collection, *record, expires_at, now),
        )
        return put.rowcount == 1

    def delete(self, partition: str, sort: str = "-") -> None:
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM records WHERE collection = ? AND partition = ? AND sort = ?",
                (self._collection, partition, sort),
            )

    def query(self, partition: str, *, start: str = "", end: str = "\U0010ffff", limit: int = 1000) -> Sequence[Record]:
        with self._database.read() as connection:
            rows = connection.execute(
                """SELECT partition, sort, body, version FROM records
                WHERE collection = ? AND partition = ? AND sort >= ? AND sort < ?
                AND (expires_at IS NULL OR expires_at > ?) ORDER BY sort LIMIT ?""",
                (self._collection, partition, start, end, self._clock(), limit),
            ).fetchall()
        return [_record(*row) for row in rows]

    def scan(self) -> Iterator[Record]:
        """A page at a time: what is written meanwhile may be seen or not."""
        after = ("", "")
        while True:
            with self._database.read() as connection:
                rows = connection.execute(
                    """SELECT partition, sort, body, version FROM records
                    WHERE collection = ? AND (partition, sort) > (?, ?)
                    AND (expires_at IS NULL OR expires_at > ?) ORDER BY partition, sort LIMIT ?""",
                    (self._collection, *after, self._clock(), _PAGE),
                ).fetchall()
            yield from (_record(*row) for row in rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0], rows[-1][1]

    def _version(self, connection: sqlite3.Connection, partition: str, sort: str, now: float) -> int:
        row = connection.execute(
            """SELECT version FROM records WHERE collection = ? AND partition = ? AND sort = ?
            AND (expires_at IS NULL OR expires_at > ?)""",
            (self._collection, partition, sort, now),
        ).fetchone()
        return 0 if row is None else int(row[0])


def _remove_ended(connection: sqlite3.Connection, now: float) -> None:
    """Two rows out for each one that comes in: the table cannot outgrow what is alive, and no write pays for many."""
    connection.execute(
        "DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires_at <= ? LIMIT 2)", (now,)
    )


def _record(partition: str, sort: str, body: str, version: int) -> Record:
    return Record(partition, sort, json.loads(body), version)
