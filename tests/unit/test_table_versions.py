"""sallyport.table_versions: versions by name, the state, and what was in force before."""

import pytest

from sallyport.errors import InvalidRequestError
from sallyport.routing import packaged_table
from sallyport.table_versions import (
    CURRENT,
    PACKAGED,
    ROUTING,
    Change,
    before,
    history,
    name_of,
    number_of,
    read_state,
    read_version,
    same_table,
    table_of,
    version_sort,
)
from tests.unit.doubles import MemoryRecords

ADOPTED = packaged_table().model_copy(update={"version": "mine"})


@pytest.mark.parametrize("number", [1, 12, 999_999])
def test_a_version_has_one_name(number):
    assert number_of(name_of(number)) == number


def test_so_has_the_packaged_table():
    assert name_of(PACKAGED) == packaged_table().version
    assert number_of(packaged_table().version) == PACKAGED


@pytest.mark.parametrize("name", ["", "v", "v0", "v01", "v1.0", "12", "e2e", "V1", "v1234567", "v1\n"])
def test_anything_else_is_no_name(name):
    assert number_of(name) is None


def test_versions_lie_in_their_order():
    assert version_sort(2) < version_sort(10)
    assert version_sort(12) == "v000012"


def test_nothing_published_is_the_packaged_table():
    state = read_state(MemoryRecords())
    assert (state.change.current, state.change.canary, state.stored) == (PACKAGED, None, 0)
    assert list(history(MemoryRecords())) == []
    assert table_of(MemoryRecords(), PACKAGED) is packaged_table()


def test_a_table_from_before_there_were_versions_is_the_first():
    records = MemoryRecords()
    records.put(ROUTING, CURRENT, ADOPTED.to_json())
    state = read_state(records)
    assert (state.change.current, state.change.newest, state.change.author) == (1, 1, "unknown")
    version = read_version(records, 1)
    assert same_table(version.table, ADOPTED)
    assert (version.table.version, version.at) == ("v1", None)
    assert [each.current for each in history(records)] == [1]


def test_a_version_that_is_not_there_is_refused():
    with pytest.raises(InvalidRequestError, match="no version 2"):
        read_version(MemoryRecords(), 2)


def changes(*steps):
    return [
        Change(number=number, action=action, author="ann", current=current, newest=9)
        for number, (action, current) in enumerate(steps, 1)
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("publish", 1)], PACKAGED),
        ([("publish", 1), ("publish", 2)], 1),
        ([("publish", 1), ("canary", 1), ("promote", 2)], 1),
        ([("publish", 1), ("canary", 1), ("rollback", 1)], PACKAGED),
        ([("publish", 1), ("publish", 2), ("publish", 3), ("rollback", 2)], 1),
        ([("publish", 1), ("publish", 2), ("rollback", 1), ("publish", 3)], 1),
        ([("publish", 1), ("publish", 2), ("publish", 3), ("rollback", 1), ("rollback", 3)], 2),
    ],
)
def test_a_rollback_goes_further_back_each_time(steps, expected):
    assert before(changes(*steps), steps[-1][1]) == expected


@pytest.mark.parametrize("steps", [[], [("publish", 1), ("rollback", PACKAGED)]])
def test_there_is_nothing_before_the_packaged_table(steps):
    with pytest.raises(InvalidRequestError, match="Nothing was in force before"):
        before(changes(*steps), PACKAGED)
