"""sallyport.registry: publish, promote, roll back; one of two wins, and the history has no gap."""

import pytest

from sallyport.errors import InvalidRequestError
from sallyport.registry import MOST_BYTES, end_canary, promote, publish, roll_back
from sallyport.routing import packaged_table, parse_table
from sallyport.table_versions import CURRENT, PACKAGED, ROUTING, history, read_state, read_version
from tests.unit.doubles import MemoryRecords


def a_table(model="simulated-1", provider="simulated", **more):
    target = {"provider": provider, "model": model, "privacy": "private"}
    return parse_table({"version": "x", "targets": {"one": target}, "routes": {"mine": {"targets": ["one"]}}} | more)


@pytest.fixture
def records():
    return MemoryRecords()


def put(records, model, author="ann", percent=None, now=1.0):
    return publish(records, a_table(model), author=author, comment=f"to {model}", now=now, percent=percent)


def told(records):
    return [(each.action, each.current, each.canary and each.canary.version, each.author) for each in history(records)]


def test_a_published_table_is_a_version_and_in_force(records):
    change = put(records, "a")
    version = read_version(records, 1)
    assert (change.current, change.author, change.at, change.comment) == (1, "ann", 1.0, "to a")
    assert (version.table.version, version.table.targets["one"].model, version.author) == ("v1", "a", "ann")


def test_a_canary_is_beside_what_is_in_force_until_it_is_promoted(records):
    put(records, "a")
    change = put(records, "b", percent=10, now=5.0)
    assert (change.current, change.canary.version, change.canary.percent, change.canary.since) == (1, 2, 10, 5.0)
    assert promote(records, author="bob", comment="", now=6.0).current == 2
    assert told(records) == [
        ("publish", 1, None, "ann"), ("canary", 1, 2, "ann"), ("promote", 2, None, "bob")
    ]  # fmt: skip


def test_the_first_version_may_be_a_canary_beside_the_packaged_table(records):
    assert put(records, "a", percent=10).current == PACKAGED
    assert roll_back(records, author="bob", comment="", now=2.0).current == PACKAGED


def test_a_rollback_ends_a_canary_and_then_goes_back(records):
    put(records, "a")
    put(records, "b")
    put(records, "c", percent=5)
    steps = [roll_back(records, author="bob", comment="", now=2.0) for _ in range(3)]
    assert [(each.current, each.canary) for each in steps] == [(2, None), (1, None), (PACKAGED, None)]
    with pytest.raises(InvalidRequestError, match="Nothing was in force before"):
        roll_back(records, author="bob", comment="", now=2.0)


def test_a_rollback_goes_to_any_version_that_was_published(records):
    for model in "abc":
        put(records, model)
    assert roll_back(records, author="bob", comment="", now=2.0, to=1).current == 1
    assert roll_back(records, author="bob", comment="", now=2.0, to=PACKAGED).current == PACKAGED
    for number, said in ((4, "never published"), (PACKAGED, "in force already")):
        with pytest.raises(InvalidRequestError, match=said):
            roll_back(records, author="bob", comment="", now=2.0, to=number)


def test_numbers_are_never_used_again(records):
    put(records, "a")
    put(records, "b")
    roll_back(records, author="bob", comment="", now=2.0)
    assert put(records, "b").current == 3


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (a_table(), "is this table already"),
        (a_table(provider="opnai"), "targets.one.provider"),
        (a_table(routes={}), "no route"),
        (a_table(model="m" * MOST_BYTES), "more than 300000 bytes"),
    ],
)
def test_a_bad_table_cannot_be_published_and_changes_nothing(table, said, records):
    publish(records, a_table(), author="ann", comment="", now=1.0)
    before = dict(records.rows)
    with pytest.raises(InvalidRequestError, match=said):
        publish(records, table, author="ann", comment="", now=2.0)
    assert records.get(ROUTING, CURRENT) == before[ROUTING, CURRENT]
    assert read_state(records).change.current == 1


def test_the_packaged_table_itself_is_not_published_over_itself(records):
    with pytest.raises(InvalidRequestError, match="packaged-1 is this table already"):
        publish(records, packaged_table(), author="ann", comment="", now=1.0)


@pytest.mark.parametrize("percent", [None, 10])
def test_nothing_is_published_beside_a_canary(percent, records):
    put(records, "a", percent=10)
    with pytest.raises(InvalidRequestError, match="v1 is a canary for 10 %"):
        put(records, "b", percent=percent)


def test_there_must_be_a_canary_to_promote(records):
    put(records, "a")
    with pytest.raises(InvalidRequestError, match="no canary"):
        promote(records, author="ann", comment="", now=1.0)


class Raced(MemoryRecords):
    """Somebody else publishes in the moment before a change is written."""

    def __init__(self):
        super().__init__()
        self.race = None

    def put(self, partition, sort, body, *, expect=None, expires_at=None):
        if sort == CURRENT and self.race is not None:
            race, self.race = self.race, None
            race()
        return super().put(partition, sort, body, expect=expect, expires_at=expires_at)


def test_of_two_publishers_one_wins_and_the_other_is_told():
    records = Raced()
    put(records, "a")
    records.race = lambda: put(records, "theirs", author="eve")
    with pytest.raises(InvalidRequestError, match="Somebody else changed the routing table meanwhile"):
        put(records, "mine")
    assert told(records)[1:] == [("publish", 3, None, "eve")]
    with pytest.raises(InvalidRequestError, match="v2 was never published"):
        roll_back(records, author="ann", comment="", now=2.0, to=2)
    assert put(records, "again").current == 4


def test_a_table_from_before_becomes_version_one_and_can_come_back(records):
    records.put(ROUTING, CURRENT, a_table("old").to_json())
    assert put(records, "new").current == 2
    assert told(records) == [("publish", 1, None, "unknown"), ("publish", 2, None, "ann")]
    roll_back(records, author="ann", comment="", now=2.0)
    assert read_version(records, read_state(records).change.current).table.targets["one"].model == "old"


def test_only_the_very_canary_that_was_judged_is_ended(records):
    put(records, "a")
    judged = put(records, "b", percent=10).canary
    roll_back(records, author="ann", comment="", now=2.0)
    put(records, "c", percent=10, now=3.0)
    assert end_canary(records, judged, author="sallyport", comment="worse", now=4.0) is None
    newer = read_state(records).change.canary
    change = end_canary(records, newer, author="sallyport", comment="worse", now=5.0)
    assert (change.action, change.current, change.canary, change.comment) == ("rollback", 1, None, "worse")


def test_whoever_ends_a_canary_first_has_done_it_for_all():
    records = Raced()
    canary = put(records, "a", percent=10).canary
    records.race = lambda: promote(records, author="ann", comment="", now=2.0)
    assert end_canary(records, canary, author="sallyport", comment="worse", now=3.0) is None
    assert read_state(records).change.current == 1
