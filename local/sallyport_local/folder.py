"""The data folder: what lies where, who may use it, and when it is refused.

format         the version of this layout; written last, so a folder without it was never finished
sallyport.db   records, ledger, cache and outbox (SQLite, with -wal and -shm beside it)
keyring.json   every secret this folder depends on; readable by its owner alone
content/       sealed content too large for a workflow's state, for a day
audit/         the sealed audit log
logs/          what the functions say; here before the rest if AWS was emulated first
server.lock    held by the running server; the command line works beside it
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sallyport_local import durable

FORMAT = 1

_SYSTEM = frozenset({"lost+found", ".DS_Store"})
"""What an operating system puts into an empty folder."""


class DataFolderError(Exception):
    """The data folder cannot be used. `message` says why, and what to do next."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class DataFolder:
    """Paths are absolute, whatever `path` was."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.database = self.path / "sallyport.db"
        self.keyring = self.path / "keyring.json"
        self.content = self.path / "content"
        self.audit = self.path / "audit"
        self.logs = self.path / "logs"
        self._format = self.path / "format"
        self._server_lock = self.path / "server.lock"
        self._locked: int | None = None

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Create the folder or check it, one process at a time; the body supplies keyring and database if missing.

        Raises DataFolderError when the folder is of a newer version, incomplete, somebody else's, or out of reach.
        """
        descriptor = self._reach()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            finished = self._is_finished()
            if finished:
                self._refuse_incomplete()
            else:
                self._refuse_foreign()
                self.path.chmod(0o700)
                durable.make_folder(self.content)
                durable.make_folder(self.audit)
            yield
            if not finished:
                durable.create(self._format, f"{FORMAT}\n".encode())
        except OSError as error:
            raise self._out_of_reach(error) from error
        finally:
            os.close(descriptor)

    def lock_for_server(self) -> None:
        """Held until `unlock`, or until the process ends in whatever way. DataFolderError when another holds it."""
        descriptor = os.open(self._server_lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise DataFolderError(
                f"Another server (process {holder}) is using {self.path}. "
                "Stop it first, or choose another folder with --data."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._locked = descriptor

    def unlock(self) -> None:
        if self._locked is not None:
            os.close(self._locked)
            self._locked = None

    @contextmanager
    def without_server(self) -> Iterator[None]:
        """For what must not happen under a running server, unless that server is us."""
        if self._locked is not None:
            yield
            return
        self.lock_for_server()
        try:
            yield
        finally:
            self.unlock()

    def _reach(self) -> int:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise self._out_of_reach(error) from error

    def _out_of_reach(self, error: OSError) -> DataFolderError:
        return DataFolderError(
            f"{self.path} cannot be used as data folder: {error.strerror}. "
            "Free space or give this user access to it, or choose another folder with --data."
        )

    def _is_finished(self) -> bool:
        try:
            written = self._format.read_text("ascii")
        except FileNotFoundError:
            return False
        except ValueError:
            written = ""
        version = int(written) if written.strip().isdecimal() else 0
        if version > FORMAT:
            raise DataFolderError(
                f"{self.path} was written by a newer version of Sallyport (format {version}; this one knows {FORMAT}). "
                "Install that version or a later one, or choose another folder with --data."
            )
        if version < 1:
            raise self.damaged(self._format)
        return True

    def _refuse_incomplete(self) -> None:
        for piece in (self.database, self.keyring, self.content, self.audit):
            if not piece.exists():
                raise DataFolderError(f"{piece} is missing. {self._restore()}")

    def _refuse_foreign(self) -> None:
        """An unfinished folder holds what a first start leaves behind when it is killed, and nothing else."""
        ours = {path.name for path in (self.database, self.keyring, self.content, self.audit, self._server_lock)}
        ours |= {f"{self.database.name}-{journal}" for journal in ("wal", "shm", "journal")} | {self.logs.name}
        names = {path.name for path in self.path.iterdir() if not path.name.startswith(durable.UNFINISHED)}
        if names - ours - _SYSTEM:
            raise DataFolderError(
                f"{self.path} holds other files and is not a data folder of Sallyport. "
                "Choose an empty or new folder with --data."
            )
        if self.database.name in names and self.keyring.name not in names:
            raise DataFolderError(f"{self.keyring} is missing. {self._restore()}")

    def _restore(self) -> str:
        return (
            f"Restore {self.path} from a backup, all of it from the same moment, "
            "or move it away and start with a new folder."
        )

    def damaged(self, piece: Path) -> DataFolderError:
        return DataFolderError(f"{piece} is damaged. {self._restore()}")
