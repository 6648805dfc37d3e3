"""The data folder: created, kept, locked, and refused with what to do next."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from sallyport_local.folder import DataFolder, DataFolderError

_HOLD_THE_LOCK = """
import sys
from pathlib import Path
from sallyport_local.folder import DataFolder
DataFolder(Path(sys.argv[1])).lock_for_server()
print("locked", flush=True)
sys.stdin.read()
"""


def open_and_fill(folder):
    with folder.opening():
        folder.keyring.touch()
        folder.database.touch()


def refusal(folder):
    with pytest.raises(DataFolderError) as refused:
        open_and_fill(folder)
    return refused.value.message


def test_a_new_folder_belongs_to_its_owner_alone(tmp_path):
    folder = DataFolder(tmp_path / "deep" / "data")
    open_and_fill(folder)
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {path.name for path in folder.path.iterdir()} == {
        "format",
        "sallyport.db",
        "keyring.json",
        "content",
        "audit",
    }


def test_an_existing_empty_folder_is_closed_to_others(tmp_path):
    tmp_path.chmod(0o755)
    open_and_fill(DataFolder(tmp_path))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_relative_path_stays_the_same_folder_when_the_process_moves(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = DataFolder(DataFolder(tmp_path / "data").path.relative_to(tmp_path))
    monkeypatch.chdir("/")
    open_and_fill(folder)
    assert (tmp_path / "data" / "format").exists()


def test_opens_again_what_it_made(folder):
    open_and_fill(DataFolder(folder.path))


def test_finishes_what_a_killed_first_start_began(tmp_path):
    folder = DataFolder(tmp_path)

    def die_halfway():
        with folder.opening():
            folder.keyring.touch()
            (tmp_path / ".new-0123").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_halfway()
    assert not (tmp_path / "format").exists()
    open_and_fill(folder)
    assert (tmp_path / "format").exists()


@pytest.mark.parametrize("piece", ["sallyport.db", "keyring.json", "content", "audit"])
def test_refuses_a_folder_with_a_piece_missing_and_says_to_restore_it(folder, piece):
    path = folder.path / piece
    path.rmdir() if path.is_dir() else path.unlink()
    message = refusal(folder)
    assert f"{piece} is missing" in message
    assert "Restore" in message
    assert not path.exists()


def test_an_unfinished_folder_with_a_database_gets_no_second_keyring(folder):
    (folder.path / "format").unlink()
    folder.keyring.unlink()
    assert "keyring.json is missing" in refusal(folder)


@pytest.mark.parametrize("written", ["", "one", "0", "-1"])
def test_refuses_a_damaged_format_file(folder, written):
    (folder.path / "format").write_text(written)
    assert "damaged" in refusal(folder)


def test_refuses_a_newer_format_and_says_what_to_install(folder):
    (folder.path / "format").write_text("2\n")
    message = refusal(folder)
    assert "newer version" in message
    assert "Install" in message


def test_refuses_somebody_elses_folder_and_leaves_it_as_it_is(tmp_path):
    (tmp_path / "thesis.tex").touch()
    tmp_path.chmod(0o755)
    assert "other files" in refusal(DataFolder(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_takes_a_folder_that_has_only_the_logs_of_an_emulated_aws(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "emulated.jsonl").touch()
    open_and_fill(DataFolder(tmp_path))
    assert (tmp_path / "format").exists()


def test_takes_the_root_of_a_fresh_volume(tmp_path):
    (tmp_path / "lost+found").mkdir()
    open_and_fill(DataFolder(tmp_path))
    assert (tmp_path / "format").exists()


def test_refuses_a_path_that_is_a_file(tmp_path):
    (tmp_path / "data").touch()
    assert "--data" in refusal(DataFolder(tmp_path / "data"))


def test_a_second_server_is_refused_and_told_who_holds_the_folder(folder):
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD_THE_LOCK, folder.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout.readline() == "locked\n"
        with pytest.raises(DataFolderError) as refused:
            folder.lock_for_server()
        os.kill(server.pid, signal.SIGKILL)
    assert f"process {server.pid}" in refused.value.message
    assert "--data" in refused.value.message
    folder.lock_for_server()  # a killed server holds nothing
    folder.unlock()


def test_the_command_line_opens_the_folder_beside_a_server(folder):
    folder.lock_for_server()
    open_and_fill(DataFolder(folder.path))
    folder.unlock()


def test_what_must_not_happen_under_a_running_server_does_not(folder):
    server, command_line = DataFolder(folder.path), DataFolder(folder.path)
    server.lock_for_server()
    with server.without_server():
        pass
    with pytest.raises(DataFolderError, match="Stop it first"), command_line.without_server():
        pass
    server.unlock()
    with command_line.without_server(), pytest.raises(DataFolderError):
        server.lock_for_server()
    server.lock_for_server()
    server.unlock()
