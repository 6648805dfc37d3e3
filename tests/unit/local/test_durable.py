"""Files that are there whole or not at all."""

import stat

import pytest

from sallyport_local import durable


def test_replaces_what_was_there(tmp_path):
    durable.replace(tmp_path / "file", b"old")
    durable.replace(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_creates_once(tmp_path):
    assert durable.create(tmp_path / "file", b"first")
    assert not durable.create(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"


@pytest.mark.parametrize("write", [durable.replace, durable.create])
def test_leaves_nothing_but_the_file_readable_by_its_owner(write, tmp_path):
    write(tmp_path / "file", b"data")
    write(tmp_path / "file", b"data")
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()] == [("file", 0o600)]


def test_a_failure_leaves_nothing_behind(tmp_path):
    (tmp_path / "name").mkdir()
    with pytest.raises(OSError, match="directory"):
        durable.replace(tmp_path / "name", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["name"]


def test_makes_every_missing_folder_for_the_owner_alone(tmp_path):
    durable.make_folder(tmp_path / "a" / "b")
    durable.make_folder(tmp_path / "a" / "b")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a", tmp_path / "a" / "b")] == [0o700, 0o700]
