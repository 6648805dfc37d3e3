"""One writer, many readers, and what comes out when SQLite fails."""

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sallyport.errors import StoreUnavailableError
from sallyport_local.database import Database, is_damage


@pytest.fixture
def plain(tmp_path):
    database = Database(tmp_path / "plain.db", busy_seconds=0.01, skip_seconds=0)
    with database.write() as connection:
        connection.execute("CREATE TABLE things (name TEXT PRIMARY KEY, size INTEGER)")
    yield database
    database.close()


def add(database, name, size=1):
    with database.write() as connection:
        connection.execute("INSERT INTO things VALUES (?, ?)", (name, size))


def names(database):
    with database.read() as connection:
        return [name for (name,) in connection.execute("SELECT name FROM things ORDER BY name").fetchall()]


def test_what_is_written_is_read_by_every_thread(plain):
    add(plain, "one")
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: names(plain), range(4))) == [["one"]] * 4


def test_an_exception_takes_back_the_whole_transaction(plain):
    def fail_halfway():
        with plain.write() as connection:
            connection.execute("INSERT INTO things VALUES ('lost', 1)")
            raise KeyError

    with pytest.raises(KeyError):
        fail_halfway()
    add(plain, "kept")
    assert names(plain) == ["kept"]


def test_concurrent_increments_are_all_counted(plain, tmp_path):
    add(plain, "counter", 0)
    patient = Database(tmp_path / "plain.db")

    def increment(_):
        with patient.write() as connection:
            (size,) = connection.execute("SELECT size FROM things").fetchone()
            connection.execute("UPDATE things SET size = ?", (size + 1,))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(increment, range(200)))
    patient.close()
    with plain.read() as connection:
        assert connection.execute("SELECT size FROM things").fetchone() == (200,)


def test_a_read_does_not_wait_for_a_write(plain):
    with plain.write() as connection:
        connection.execute("INSERT INTO things VALUES ('unseen', 1)")
        assert names(plain) == []


def test_reading_connections_refuse_to_write(plain):
    with pytest.raises(StoreUnavailableError), plain.read() as connection:
        connection.execute("INSERT INTO things VALUES ('smuggled', 1)")
    assert names(plain) == []


def test_a_lock_held_by_another_process_is_told_with_a_time_to_come_back(plain, tmp_path):
    other = sqlite3.connect(tmp_path / "plain.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked") as refused:
        add(plain, "late")
    other.execute("ROLLBACK")
    other.close()
    assert refused.value.retry_after == 1
    assert isinstance(refused.value.__cause__, sqlite3.OperationalError)
    add(plain, "later")
    assert names(plain) == ["later"]


def test_what_one_thread_waited_for_in_vain_the_others_are_told_at_once(plain, tmp_path):
    crowd = Database(tmp_path / "plain.db", busy_seconds=1, skip_seconds=60)
    other = sqlite3.connect(tmp_path / "plain.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def cause(_):
        with pytest.raises(StoreUnavailableError) as refused:
            add(crowd, "late")
        assert refused.value.retry_after == 1
        return refused.value.__cause__

    with ThreadPoolExecutor(8) as threads:
        causes = list(threads.map(cause, range(8)))
    assert len([each for each in causes if each is not None]) == 1, "the others were told by that one"
    assert cause("later") is None, "and so is who comes later"
    other.close()
    crowd.close()


def test_threads_that_wait_too_long_for_the_writer_are_told_to_come_back(plain):
    writing, done = threading.Event(), threading.Event()

    def hold():
        with plain.write():
            writing.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    writing.wait(30)
    with pytest.raises(StoreUnavailableError) as refused:
        add(plain, "late")
    done.set()
    holder.join()
    assert refused.value.retry_after == 1


def test_a_full_disk_is_told_and_passes(plain):
    with plain.write() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailableError, match="disk is full") as refused:
        add(plain, "x" * 100_000)
    assert refused.value.retry_after == 30
    with plain.write() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    add(plain, "fits")
    assert names(plain) == ["fits"]


def test_messages_do_not_echo_what_was_written(plain):
    add(plain, "secret")
    with pytest.raises(StoreUnavailableError) as refused:
        add(plain, "secret")
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_counts_as_damage(tmp_path):
    (tmp_path / "text.db").write_text("not a database at all, but long enough to be read as the header of one" * 20)
    with pytest.raises(StoreUnavailableError) as refused:
        Database(tmp_path / "text.db")
    assert is_damage(refused.value)


def test_a_locked_database_does_not_count_as_damage(plain, tmp_path):
    other = sqlite3.connect(tmp_path / "plain.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError) as refused:
        add(plain, "late")
    other.close()
    assert not is_damage(refused.value)


def test_its_files_are_for_the_owner_alone(plain, tmp_path):
    add(plain, "one")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"plain.db": 0o600, "plain.db-wal": 0o600, "plain.db-shm": 0o600}


@pytest.mark.parametrize("use", [names, lambda database: add(database, "late")], ids=["read", "write"])
def test_after_closing_it_is_unavailable(use, tmp_path):
    database = Database(tmp_path / "closed.db")
    database.close()
    with pytest.raises(StoreUnavailableError):
        use(database)
