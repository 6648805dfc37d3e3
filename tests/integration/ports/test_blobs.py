"""The port Blobs."""

import pytest


@pytest.fixture(params=["content", "audit"])
def blobs(request, backend):
    return getattr(backend, request.param)


@pytest.mark.parametrize("data", [b"", b"\x00\xff", bytes(3_000_000)], ids=len)
def test_reads_back_by_key_and_by_address(data, blobs):
    address = blobs.put("content/acme/request-1", data)
    assert address != "content/acme/request-1"
    assert blobs.get("content/acme/request-1") == data
    assert blobs.get(address) == data


@pytest.mark.parametrize("key", ["content/acme/request-2", "content/acme", "content", "Content/acme/request-1"])
def test_what_was_never_written_is_absent(key, blobs):
    blobs.put("content/acme/request-1", b"x")
    assert blobs.get(key) is None


@pytest.mark.parametrize(
    "address",
    [
        "s3://another-bucket/content/acme/request-1",
        "s3://sallyport-content-2/content/acme/request-1",
        "s3://sallyport-content",
        "file:///etc/hostname",
        "../../../../../../../etc/hostname",
        "/etc/hostname",
    ],
)
def test_nothing_lies_at_an_address_elsewhere(address, backend, aws_settings, moto_session):
    for bucket in ("another-bucket", "sallyport-content-2"):
        place = {"LocationConstraint": "eu-west-1"}
        moto_session.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        moto_session.client("s3").put_object(Bucket=bucket, Key="content/acme/request-1", Body=b"not ours")
    assert backend.content.get(address) is None


def test_the_last_put_counts(blobs):
    blobs.put("a/b", b"old")
    blobs.put("a/b", b"new")
    assert blobs.get("a/b") == b"new"


def test_creates_only_where_nothing_is(blobs):
    assert blobs.create("chain/0001", b"first") is True
    assert blobs.create("chain/0001", b"second") is False
    assert blobs.create("chain/0001", b"first") is False
    assert blobs.get("chain/0001") == b"first"
    assert blobs.create("chain/0002", b"second") is True


def test_of_many_who_create_at_once_one_does(blobs, at_once):
    created = at_once(lambda number: blobs.create("chain/0001", str(number).encode()), range(16))
    assert created.count(True) == 1
    assert blobs.get("chain/0001") == str(created.index(True)).encode()


@pytest.mark.parametrize(
    ("prefix", "keys"),
    [
        ("", ["a/1", "a/10", "a/2/x", "a/é", "ab/1", "b"]),
        ("a/", ["a/1", "a/10", "a/2/x", "a/é"]),
        ("a/1", ["a/1", "a/10"]),
        ("a", ["a/1", "a/10", "a/2/x", "a/é", "ab/1"]),
        ("c", []),
    ],
)
def test_lists_keys_in_their_order(prefix, keys, blobs):
    for key in ("b", "a/2/x", "a/10", "a/é", "ab/1", "a/1"):
        blobs.put(key, b"")
    assert list(blobs.list(prefix)) == keys


def test_lists_more_than_a_page(backend):
    """S3 ends a page after 1,000 keys."""
    for number in range(1_050):
        backend.audit.put(f"index/{number:04}", b"")
    assert list(backend.audit.list("index/")) == [f"index/{number:04}" for number in range(1_050)]


def test_content_and_audit_lie_apart(backend):
    address = backend.content.put("a", b"content")
    assert backend.audit.get("a") is None
    assert list(backend.audit.list("")) == []
    assert backend.content.get(address) == b"content"
