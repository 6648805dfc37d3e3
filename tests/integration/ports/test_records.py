"""The port Records."""

import time

import pytest

PAST, FUTURE = 1_000, int(time.time()) + 86_400


@pytest.fixture
def records(backend):
    return backend.records("configuration")


@pytest.mark.parametrize(
    "body",
    [{}, {"a": 1}, {"text": "Grüße, 世界 \U0001f600 \x00"}, {"deep": [{"x": [None, True, 0.5, "", 2**53]}]}],
)
def test_reads_back_what_was_written(body, records):
    assert records.put("policy", "tenant/acme", body)
    record = records.get("policy", "tenant/acme")
    assert (record.partition, record.sort, record.body, record.version) == ("policy", "tenant/acme", body, 1)


@pytest.mark.parametrize(("partition", "sort"), [("policy", "tenant"), ("Policy", "tenant/acme"), ("policy", "-")])
def test_what_was_never_written_is_absent(partition, sort, records):
    records.put("policy", "tenant/acme", {})
    assert records.get(partition, sort) is None


def test_a_record_without_a_sort_key_has_one_all_the_same(records):
    records.put("key/1", "-", {"a": 1})
    assert records.get("key/1").body == {"a": 1}


def test_a_write_replaces_the_whole_body_and_counts(records):
    records.put("p", "s", {"a": 1, "b": 2})
    records.put("p", "s", {"a": 3})
    record = records.get("p", "s")
    assert (record.body, record.version) == ({"a": 3}, 2)


@pytest.mark.parametrize(
    ("writes", "expect", "written"),
    [(0, 0, True), (0, 1, False), (1, 0, False), (1, 1, True), (1, 2, False), (3, 3, True), (3, 2, False)],
)
def test_writes_only_over_the_version_it_expects(writes, expect, written, records):
    for number in range(writes):
        records.put("p", "s", {"write": number})
    before = records.get("p", "s")

    assert records.put("p", "s", {"write": "mine"}, expect=expect) is written

    if written:
        after = records.get("p", "s")
        assert (after.body, after.version) == ({"write": "mine"}, expect + 1)
    else:
        assert records.get("p", "s") == before


def test_of_many_who_saw_the_same_version_one_writes(records, at_once):
    records.put("p", "s", {})
    won = at_once(lambda number: records.put("p", "s", {"number": number}, expect=1), range(16))
    assert won.count(True) == 1
    assert records.get("p", "s").body == {"number": won.index(True)}


def test_the_expired_is_absent_however_it_is_asked_for(records):
    records.put("p", "ended", {}, expires_at=PAST)
    records.put("p", "lasting", {}, expires_at=FUTURE)
    assert records.get("p", "ended") is None
    assert records.get("p", "lasting") is not None
    assert [record.sort for record in records.query("p")] == ["lasting"]
    assert [record.sort for record in records.scan()] == ["lasting"]


@pytest.mark.parametrize(("expect", "written"), [(0, True), (1, False), (None, True)])
def test_the_expired_is_absent_for_whoever_writes(expect, written, records):
    records.put("p", "s", {}, expires_at=PAST)
    assert records.put("p", "s", {"new": True}, expect=expect) is written
    assert (records.get("p", "s") is not None) is written


def test_a_later_write_decides_anew_whether_a_record_ends(records):
    records.put("p", "s", {}, expires_at=PAST)
    records.put("p", "s", {})
    assert records.get("p", "s") is not None
    records.put("p", "s", {}, expires_at=PAST)
    assert records.get("p", "s") is None


def test_deletes_one_record_and_minds_not_if_it_is_gone(records):
    records.put("p", "s", {})
    records.put("p", "t", {})
    records.delete("p", "s")
    records.delete("p", "s")
    assert records.get("p", "s") is None
    assert records.get("p", "t") is not None
    assert records.put("p", "s", {}, expect=0)


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({}, ["2026-11-19", "2026-11-20", "2026-11-20T1", "2026-11-21", "Z", "é", "世"]),
        ({"start": "2026-11-20"}, ["2026-11-20", "2026-11-20T1", "2026-11-21", "Z", "é", "世"]),
        ({"end": "2026-11-21"}, ["2026-11-19", "2026-11-20", "2026-11-20T1"]),
        ({"start": "2026-11-20", "end": "2026-11-21"}, ["2026-11-20", "2026-11-20T1"]),
        ({"start": "2026-11-20", "end": "2026-11-20"}, []),
        ({"start": "2026-11-21", "end": "2026-11-20"}, []),
        ({"start": "a", "end": "ê"}, ["é"]),
        ({"limit": 2}, ["2026-11-19", "2026-11-20"]),
        ({"start": "2026-11-20", "limit": 1}, ["2026-11-20"]),
    ],
)
def test_a_query_gives_its_range_in_order(bounds, found, records):
    for sort in ("Z", "世", "2026-11-20", "é", "2026-11-21", "2026-11-19", "2026-11-20T1"):
        records.put("usage/acme", sort, {})
    records.put("usage/acme-2", "2026-11-20", {})
    assert [record.sort for record in records.query("usage/acme", **bounds)] == found


def test_a_querys_limit_counts_what_it_gives(records):
    for number in range(10):
        records.put("p", f"{number}", {}, expires_at=FUTURE if number % 3 == 0 else PAST)
    assert [record.sort for record in records.query("p", limit=3)] == ["0", "3", "6"]


def test_neither_a_query_nor_a_scan_ends_with_the_first_page(records):
    """DynamoDB ends a page after 1 MB."""
    for number in range(12):
        records.put("p", f"{number:02}", {"text": "x" * 200_000})
    assert [record.sort for record in records.query("p")] == [f"{number:02}" for number in range(12)]
    assert len(list(records.scan())) == 12


def test_collections_know_nothing_of_each_other(backend):
    collections = ("keys", "configuration", "usage", "audit_index", "answers")
    for name in collections:
        backend.records(name).put("p", "s", {"collection": name})
    for name in collections:
        assert [record.body for record in backend.records(name).scan()] == [{"collection": name}]
