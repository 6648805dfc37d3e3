"""Real SQLite and real files, below tmp_path."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sallyport_local.database import Database
from sallyport_local.folder import DataFolder
from sallyport_local.schema import open_database


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder that is finished, with an empty file for a keyring."""
    folder = DataFolder(tmp_path / "data")
    with folder.opening():
        folder.keyring.touch(0o600)
        open_database(folder, thoroughly=False).close()
    return folder


@pytest.fixture
def database(folder: DataFolder) -> Iterator[Database]:
    database = open_database(folder, thoroughly=False)
    yield database
    database.close()
