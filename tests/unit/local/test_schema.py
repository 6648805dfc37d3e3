"""Steps are taken once, all or none; what is damaged or newer is refused."""

import sqlite3

import pytest

from sallyport_local.folder import DataFolder, DataFolderError
from sallyport_local.schema import STEPS, open_database

OLD = (("CREATE TABLE pets (name TEXT)", "INSERT INTO pets VALUES ('Rex')"),)
NEW = (*OLD, ("ALTER TABLE pets ADD COLUMN legs INTEGER NOT NULL DEFAULT 4",), ("CREATE INDEX by_legs ON pets (legs)",))


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


def at(folder, steps):
    open_database(folder, thoroughly=True, steps=steps).close()


def inspect(folder, query):
    connection = sqlite3.connect(folder.database)
    rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def refusal(folder, steps=STEPS):
    with pytest.raises(DataFolderError) as refused:
        at(folder, steps)
    return refused.value.message


def test_a_new_database_takes_every_step(folder):
    at(folder, STEPS)
    assert inspect(folder, "PRAGMA user_version") == [(len(STEPS),)]


def test_an_older_database_takes_the_steps_it_lacks_and_keeps_its_data(folder):
    at(folder, OLD)
    at(folder, NEW)
    assert inspect(folder, "SELECT name, legs FROM pets") == [("Rex", 4)]
    assert inspect(folder, "PRAGMA user_version") == [(3,)]


def test_a_current_database_takes_no_step_again(folder):
    at(folder, OLD)
    at(folder, OLD)
    assert inspect(folder, "SELECT count(*) FROM pets") == [(1,)]


def test_a_step_that_fails_takes_none(folder):
    at(folder, OLD)
    broken = (*NEW, ("CREATE TABLE pets (name TEXT)",))
    assert "cannot be opened" in refusal(folder, broken)
    assert inspect(folder, "SELECT * FROM pets") == [("Rex",)]
    assert inspect(folder, "PRAGMA user_version") == [(1,)]


def test_a_newer_database_is_refused_untouched(folder):
    at(folder, NEW)
    message = refusal(folder, OLD)
    assert "newer version" in message
    assert "Install" in message
    assert inspect(folder, "PRAGMA user_version") == [(3,)]


def test_does_not_migrate_under_a_running_server(folder):
    at(folder, OLD)
    server = DataFolder(folder.path)
    server.lock_for_server()
    assert "Stop it first" in refusal(folder, NEW)
    at(folder, OLD)
    server.unlock()
    at(folder, NEW)


@pytest.mark.parametrize("position", [0, 4096], ids=["header", "a page"])
def test_a_damaged_database_is_refused_with_advice(folder, position):
    at(folder, STEPS)
    with folder.database.open("r+b") as file:
        file.seek(position)
        file.write(b"\xa5" * 512)
    message = refusal(folder)
    assert "sallyport.db is damaged" in message
    assert "from a backup" in message


def test_a_truncated_database_is_refused_with_advice(folder):
    at(folder, STEPS)
    with folder.database.open("r+b") as file:
        file.truncate(3 * 4096)
    assert "is damaged" in refusal(folder)
