"""SQLite, shared by every thread of a process and by several processes.

One connection writes, behind a lock, so that threads queue instead of spinning on SQLite's busy handler; as many
connections read as threads read at once. In WAL mode readers and the writer do not wait for each other.

`synchronous=NORMAL`: a commit is handed to the operating system and therefore survives kill -9 of the process; it is
flushed to the disk at checkpoints only. A power cut may lose the last moments, the latest commits first, but
never corrupts: the log's checksums end it at the last whole commit. FULL would flush at every commit, 0.3 to 5 ms each.
"""

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sallyport.errors import StoreUnavailableError
from sallyport.skipping import Skipping

BUSY_SECONDS = 5.0
"""How long to wait for another writer, thread or process, before the caller is told to try again."""

SKIP_SECONDS = 1.0
"""How long everybody is told so at once after somebody waited in vain for a writer of another process."""

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

# Primary result code -> what to tell, and after how many seconds the same may succeed.
_REASONS = {
    sqlite3.SQLITE_BUSY: ("The database is locked by another process.", 1),
    sqlite3.SQLITE_LOCKED: ("The database is locked by another process.", 1),
    sqlite3.SQLITE_FULL: ("The disk is full: free space on the volume of the data folder.", 30),
    sqlite3.SQLITE_READONLY: ("The database cannot be written: check the owner of the data folder.", 30),
    sqlite3.SQLITE_CANTOPEN: ("The database cannot be opened: check the data folder and the limit of open files.", 30),
    sqlite3.SQLITE_CORRUPT: ("The database is damaged: restore the data folder from a backup.", 60),
    sqlite3.SQLITE_NOTADB: ("The database is damaged: restore the data folder from a backup.", 60),
}
_OTHERWISE = ("The database failed: look for disk errors on the volume of the data folder.", 5)


class Database:
    """Connections to one file, which is created empty when it is missing."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS, skip_seconds: float = SKIP_SECONDS) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._writing = threading.Lock()
        self._others = Skipping(skip_seconds, time.monotonic)
        self._in_vain = 0
        self._readers: deque[sqlite3.Connection] = deque()
        self._closed = False
        with _translated():
            _create_private(path)
            self._writer = self._connect()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, committed at the end and rolled back on any exception. Not to be nested.

        No other writer comes between, in this process or another: what is read inside stays true until the end.
        """
        with _translated():
            self._take_turn()
            try:
                self._begin()
                try:
                    yield self._writer
                    self._writer.execute("COMMIT")
                except BaseException:
                    self._writer.rollback()
                    raise
            finally:
                self._writing.release()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """For statements that only read. Fetch all rows inside: an open cursor keeps the log from being reused."""
        with _translated():
            connection = self._reader()
            try:
                yield connection
            finally:
                if self._closed:
                    connection.close()
                else:
                    self._readers.append(connection)

    def close(self) -> None:
        """Also folds the log into the database when no other process has it open."""
        with self._writing:
            self._closed = True
            while self._readers:
                self._readers.pop().close()
            self._writer.close()

    def _take_turn(self) -> None:
        """Threads do not wait one after the other for another process: what one waited for in vain is told to all."""
        in_vain = self._in_vain
        if self._others.skips():
            raise _locked()
        if not self._writing.acquire(timeout=self._busy_seconds):
            raise StoreUnavailableError("The database has too much to write.", retry_after=1)
        if self._in_vain != in_vain:
            self._writing.release()
            raise _locked()

    def _begin(self) -> None:
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _primary_code(error) in _LOCKED:
                self._in_vain += 1
                self._others.failed()
            raise
        self._others.answered()

    def _reader(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailableError("The database is closed: the server is stopping.", retry_after=5)
        try:
            return self._readers.pop()
        except IndexError:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _connect(self) -> sqlite3.Connection:
        """In autocommit mode, free to wander between threads: lock or pool see to it that one uses it at a time."""
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw",
            uri=True,
            timeout=self._busy_seconds,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA journal_size_limit = {64 * 1024 * 1024}")
        except BaseException:
            connection.close()
            raise
        return connection


def is_damage(error: StoreUnavailableError) -> bool:
    """Does waiting not help, because what the file holds is no database any more?"""
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and _primary_code(cause) in _DAMAGE


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        message, retry_after = _REASONS.get(_primary_code(error), _OTHERWISE)
        raise StoreUnavailableError(message, retry_after=retry_after) from error
    except OSError as error:
        raise StoreUnavailableError(_OTHERWISE[0], retry_after=_OTHERWISE[1]) from error


def _locked() -> StoreUnavailableError:
    message, retry_after = _REASONS[sqlite3.SQLITE_BUSY]
    return StoreUnavailableError(message, retry_after=retry_after)


def _primary_code(error: sqlite3.Error) -> int:
    """The low byte: the rest of a result code only says where it happened. 0 for errors of Python's own making."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _create_private(path: Path) -> None:
    """SQLite gives its log the permissions of the database."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
