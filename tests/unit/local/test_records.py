"""JSON documents by partition and sort key, with versions and ends."""

import pytest

from sallyport_local.records import SqliteRecords


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def records(database, clock):
    return SqliteRecords(database, "keys", clock=clock)


def sorts(found):
    return [record.sort for record in found]


def test_gets_what_was_put(records):
    assert records.put("acme", "k1", {"name": "Zoë", "nested": {"list": [1, None, True]}})
    record = records.get("acme", "k1")
    assert (record.partition, record.sort, record.version) == ("acme", "k1", 1)
    assert record.body == {"name": "Zoë", "nested": {"list": [1, None, True]}}


@pytest.mark.parametrize("place", [("acme", "k2"), ("acm", "k1"), ("acme", "-")])
def test_nothing_lies_beside_what_was_put(records, place):
    records.put("acme", "k1", {})
    assert records.get(*place) is None


def test_collections_do_not_see_each_other(records, database):
    other = SqliteRecords(database, "usage")
    records.put("acme", "k1", {"of": "keys"})
    other.put("acme", "k1", {"of": "usage"})
    other.delete("acme", "k1")
    assert records.get("acme", "k1").body == {"of": "keys"}
    assert list(other.scan()) == []


def test_every_write_counts_one_version(records):
    for version in (1, 2, 3):
        records.put("acme", "k1", {"write": version})
        assert records.get("acme", "k1").version == version


@pytest.mark.parametrize(
    ("writes_before", "expect", "written"),
    [(0, 0, True), (0, 1, False), (1, 0, False), (1, 1, True), (2, 1, False), (2, 2, True), (2, 3, False)],
)
def test_writes_only_over_the_expected_version(records, writes_before, expect, written):
    for _ in range(writes_before):
        records.put("acme", "k1", {"by": "others"})
    assert records.put("acme", "k1", {"by": "us"}, expect=expect) is written
    record = records.get("acme", "k1")
    assert (record is not None and record.body == {"by": "us"}) is written


def test_a_record_is_absent_from_the_second_it_expires(records, clock):
    records.put("acme", "k1", {}, expires_at=1010)
    clock.now = 1009.9
    assert sorts(records.query("acme")) == sorts(records.scan()) == [records.get("acme", "k1").sort] == ["k1"]
    clock.now = 1010.0
    assert sorts(records.query("acme")) == sorts(records.scan()) == []
    assert records.get("acme", "k1") is None


@pytest.mark.parametrize(("expect", "written"), [(0, True), (1, False), (None, True)])
def test_an_expired_record_does_not_stand_in_the_way(records, clock, expect, written):
    records.put("acme", "k1", {}, expires_at=1010)
    clock.now = 1011.0
    assert records.put("acme", "k1", {}, expect=expect) is written


def test_a_later_write_may_take_the_end_away(records, clock):
    records.put("acme", "k1", {}, expires_at=1010)
    records.put("acme", "k1", {})
    clock.now = 2000.0
    assert records.get("acme", "k1").version == 2


def test_expired_rows_go_as_new_ones_come(records, clock, database):
    for number in range(20):
        records.put("acme", f"old{number}", {}, expires_at=1010)
    clock.now = 1011.0
    for number in range(20):
        records.put("acme", f"new{number}", {})
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (20,)


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({}, ["a", "b", "ba", "c", "é"]),
        ({"start": "b"}, ["b", "ba", "c", "é"]),
        ({"end": "c"}, ["a", "b", "ba"]),
        ({"start": "b", "end": "bb"}, ["b", "ba"]),
        ({"start": "b", "end": "b"}, []),
        ({"limit": 2}, ["a", "b"]),
        ({"start": "a", "limit": 1}, ["a"]),
    ],
)
def test_a_query_goes_from_start_to_before_end_in_order(records, bounds, found):
    for sort in ("é", "ba", "a", "c", "b"):
        records.put("acme", sort, {})
    records.put("other", "b", {})
    assert sorts(records.query("acme", **bounds)) == found


def test_deletes_one_record_and_forgives_what_is_not_there(records):
    records.put("acme", "k1", {})
    records.put("acme", "k2", {})
    records.delete("acme", "k1")
    records.delete("acme", "k1")
    assert sorts(records.query("acme")) == ["k2"]


def test_a_scan_passes_every_page_and_bears_writes_meanwhile(records):
    for number in range(1201):
        records.put(f"tenant{number % 3}", f"{number:04}", {"number": number})
    seen = set()
    for record in records.scan():
        seen.add(record.body["number"])
        if len(seen) == 1:
            records.delete("tenant2", "1199")
    assert seen >= set(range(1199)) | {1200}
