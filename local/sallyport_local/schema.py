"""The tables, as the steps that lead to them. `PRAGMA user_version` counts the steps taken; none is ever undone.

A step that was released is never edited: the next change is a new step at the end.
"""

from collections.abc import Sequence

from sallyport.errors import StoreUnavailableError
from sallyport_local.database import Database, is_damage
from sallyport_local.folder import DataFolder, DataFolderError

type Step = Sequence[str]

STEPS: Sequence[Step] = (
    (
        """CREATE TABLE records (
            collection TEXT NOT NULL, partition TEXT NOT NULL, sort TEXT NOT NULL,
            body TEXT NOT NULL, version INTEGER NOT NULL, expires_at INTEGER,
            PRIMARY KEY (collection, partition, sort))""",
        "CREATE INDEX records_ending ON records (expires_at) WHERE expires_at IS NOT NULL",
        """CREATE TABLE counters (
            scope TEXT PRIMARY KEY, taken INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX counters_ending ON counters (expires_at)",
        """CREATE TABLE reservations (
            request_id TEXT PRIMARY KEY, holds TEXT NOT NULL, expires_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'expired')))""",
        "CREATE INDEX reservations_ending ON reservations (expires_at) WHERE state = 'open'",
        "CREATE INDEX reservations_kept ON reservations (expires_at) WHERE state = 'expired'",
        "CREATE TABLE cache (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires_at INTEGER NOT NULL)",
        "CREATE INDEX cache_ending ON cache (expires_at)",
        # AUTOINCREMENT: a number is never given to a second message, so a subscriber may recognise one by it.
        "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, published_at REAL NOT NULL)",
        """CREATE TABLE deliveries (
            message_id INTEGER NOT NULL REFERENCES messages (id), queue TEXT NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0, visible_at REAL NOT NULL, dead INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (message_id, queue)) WITHOUT ROWID""",
        "CREATE INDEX deliveries_waiting ON deliveries (queue, visible_at, message_id) WHERE dead = 0",
        "CREATE INDEX deliveries_dead ON deliveries (queue, message_id) WHERE dead = 1",
    ),
)


def open_database(folder: DataFolder, *, thoroughly: bool, steps: Sequence[Step] = STEPS) -> Database:
    """Open, check and migrate. Raises DataFolderError for a database that is damaged, newer, or in another's use.

    `thoroughly` reads every page, which takes seconds per gigabyte: for a server's start.
    """
    database = None
    try:
        database = Database(folder.database)
        if thoroughly:
            _check(database, folder)
        if _version(database, folder, steps) < len(steps):
            with folder.without_server():
                _migrate(database, steps)
    except BaseException as error:
        if database is not None:
            database.close()
        if isinstance(error, StoreUnavailableError):
            raise _refusal(error, folder) from error
        raise
    return database


def _refusal(error: StoreUnavailableError, folder: DataFolder) -> DataFolderError:
    if is_damage(error):
        return folder.damaged(folder.database)
    return DataFolderError(f"{folder.database} cannot be opened. {error.message}")


def _check(database: Database, folder: DataFolder) -> None:
    with database.read() as connection:
        findings = connection.execute("PRAGMA quick_check(1)").fetchall()
    if findings != [("ok",)]:
        raise folder.damaged(folder.database)


def _version(database: Database, folder: DataFolder, steps: Sequence[Step]) -> int:
    with database.read() as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(steps):
        raise DataFolderError(
            f"{folder.database} was written by a newer version of Sallyport (schema {version}; this one knows "
            f"{len(steps)}). Install that version or a later one, or choose another folder with --data."
        )
    return version


def _migrate(database: Database, steps: Sequence[Step]) -> None:
    """All missing steps or none."""
    with database.write() as connection:
        for step in steps[connection.execute("PRAGMA user_version").fetchone()[0] :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
