"""Files that are there whole or not at all, even when the power goes.

Written beside their place under a name that begins with `.new-`, flushed to the disk, then renamed or linked there;
the folder is flushed too, because a name is only as durable as the folder that holds it.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".new-"


def replace(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write `path`, over whatever was there."""
    with _written_beside(path, data, mode) as unfinished:
        unfinished.replace(path)
    _flush(path.parent)


def create(path: Path, data: bytes, *, mode: int = 0o600) -> bool:
    """Write `path` unless it is there already, and tell which: of several who try at once, one succeeds."""
    with _written_beside(path, data, mode) as unfinished:
        try:
            path.hardlink_to(unfinished)
        except FileExistsError:
            return False
    _flush(path.parent)
    return True


def make_folder(path: Path) -> None:
    """With every parent that is missing; owner only."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    _flush(path.parent)


@contextmanager
def _written_beside(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    unfinished = path.parent / f"{UNFINISHED}{secrets.token_hex(8)}"
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
