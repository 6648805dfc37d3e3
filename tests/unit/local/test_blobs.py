"""Objects in a folder: whole or not there, and never outside it."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from sallyport.errors import StoreUnavailableError
from sallyport_local.blobs import FolderBlobs


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "blobs"
    root.mkdir()
    return root


@pytest.fixture
def blobs(root):
    return FolderBlobs(root)


def test_gets_by_address_and_by_key(blobs):
    address = blobs.put("content/acme/request-1", b"\x00data")
    assert address == "blob:content/acme/request-1"
    assert blobs.get(address) == blobs.get("content/acme/request-1") == b"\x00data"


def test_put_replaces(blobs):
    blobs.put("a/b", b"old")
    blobs.put("a/b", b"new")
    assert blobs.get("a/b") == b"new"


def test_create_takes_a_free_key_only(blobs):
    assert blobs.create("audit/1", b"first")
    assert not blobs.create("audit/1", b"second")
    assert blobs.get("audit/1") == b"first"


def test_of_many_who_create_one_key_one_succeeds_and_its_data_stays(blobs):
    with ThreadPoolExecutor(16) as threads:
        created = list(threads.map(lambda n: blobs.create("audit/1", b"%d" % n), range(64)))
    assert created.count(True) == 1
    assert blobs.get("audit/1") == b"%d" % created.index(True)


@pytest.mark.parametrize("key", ["absent", "a", "a/b/c", "", "/", "a//b", "blob:", "blob:a//b", "s3://bucket/a/b"])
def test_nothing_lies_under_any_other_key(blobs, key):
    blobs.put("a/b", b"data")
    assert blobs.get(key) is None


@pytest.mark.parametrize(
    "key",
    ["../outside", "a/../../outside", "..", "a/..", ".", ".hidden", "a/.new-1", "nul\x00byte", "a\\..\\b", "%2e%2e/x"],
)
def test_no_key_leads_out_of_the_folder_or_is_lost_in_it(blobs, root, key):
    blobs.put(key, b"data")
    assert blobs.get(key) == b"data"
    assert list(blobs.list("")) == [key]
    assert [path.name for path in root.parent.iterdir()] == ["blobs"]


@pytest.mark.parametrize("key", ["", "/etc/passwd", "a//b", "a/", "blob:a"])
@pytest.mark.parametrize("write", [FolderBlobs.put, FolderBlobs.create])
def test_a_key_with_an_empty_segment_is_refused(blobs, root, write, key):
    with pytest.raises(ValueError, match="key"):
        write(blobs, key, b"data")
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["a+b", "a/b", "a/c/d", "a0", "b/e", "é"]),
        ("a", ["a+b", "a/b", "a/c/d", "a0"]),
        ("a/", ["a/b", "a/c/d"]),
        ("a/c/", ["a/c/d"]),
        ("a/c/d", ["a/c/d"]),
        ("a/c/d/", []),
        ("c", []),
    ],
)
def test_lists_keys_in_the_order_of_whole_keys(blobs, prefix, found):
    for key in ("é", "a/c/d", "b/e", "a0", "a/b", "a+b"):
        blobs.put(key, b"")
    assert list(blobs.list(prefix)) == found


def test_what_a_crash_left_half_written_is_no_object(blobs, root):
    blobs.put("a/b", b"data")
    (root / "a" / ".new-0123").write_bytes(b"ha")
    assert list(blobs.list("")) == ["a/b"]
    assert blobs.get("a/.new-0123") is None
    assert blobs.create("a/c", b"data")


def test_removes_old_unfinished_files_and_no_object(blobs, root):
    for path, age in ((root / "a" / ".new-old", 1000), (root / "a" / ".new-young", 3000), (root / "a" / "b", 1000)):
        blobs.put("a/c", b"")
        path.write_bytes(b"ha")
        os.utime(path, (age, age))
    blobs.remove_unfinished(before=2000)
    assert sorted(path.name for path in (root / "a").iterdir()) == [".new-young", "b", "c"]


def test_prunes_what_is_older(blobs, root):
    for name, age in (("old", 1000), ("young", 3000)):
        blobs.put(f"content/{name}", b"data")
        os.utime(root / "content" / name, (age, age))
    assert blobs.prune(before=2000) == 1
    assert list(blobs.list("")) == ["content/young"]


@pytest.mark.parametrize("write", [FolderBlobs.put, FolderBlobs.create])
def test_a_folder_that_cannot_be_written_is_unavailable(blobs, root, write):
    (root / "a").write_bytes(b"a file where a folder must be")
    with pytest.raises(StoreUnavailableError) as refused:
        write(blobs, "a/b", b"data")
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.retry_after
