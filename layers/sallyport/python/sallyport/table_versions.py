"""Routing tables in the records: versions that never change, and one document that says which of them is in force.

In the partition `routing` lie `v000012`, a version; `current`, the newest change, which names the version in force and
the canary beside it; and `s000031`, a change that was once `current`. A change is kept before the next one replaces it,
by one conditional write: of two publishers one wins, and the history has no gap.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from sallyport.errors import InvalidRequestError
from sallyport.message import Message
from sallyport.paging import every
from sallyport.ports import Records
from sallyport.routing import RoutingTable, packaged_table, parse_table

ROUTING = "routing"
CURRENT = "current"

PACKAGED = 0
"""The number of the table that is deployed with the code, in force until the first version is."""

_NAME = re.compile(r"v([1-9][0-9]{0,5})")

type Action = Literal["publish", "canary", "promote", "rollback"]
type Percent = Annotated[int, Field(ge=1, le=99)]


class Canary(Message):
    """A version that gets `percent` of the requests since a UNIX time."""

    version: PositiveInt
    percent: Percent
    since: float


class Change(Message):
    """What was done, by whom, and what is in force since. `at` is a UNIX time; nobody knows it of older data."""

    number: NonNegativeInt
    action: Action
    author: str
    at: float | None = None
    comment: str = ""
    current: NonNegativeInt
    canary: Canary | None = None
    newest: NonNegativeInt
    """The highest number that a version has."""


class Version(Message):
    """A table as it was published, once and for all."""

    number: PositiveInt
    author: str
    at: float | None = None
    comment: str = ""
    table: RoutingTable


@dataclass(frozen=True, slots=True)
class State:
    """The newest change, and how often its document was written: 0 when nothing was ever published."""

    change: Change
    stored: int
    adopted: RoutingTable | None = None
    """The table that lay in `current` before there was a registry: version 1, kept as that with the next change."""


def name_of(number: int) -> str:
    """A version's name: in commands, in cache keys, and as `table_version` in tickets."""
    return f"v{number}" if number else packaged_table().version


def number_of(name: str) -> int | None:
    """None for what is no name of a version."""
    match = _NAME.fullmatch(name)
    if match:
        return int(match[1])
    return PACKAGED if name == packaged_table().version else None


def version_sort(number: int) -> str:
    return f"v{number:06}"


def adopted_table(body: Mapping[str, Any]) -> RoutingTable | None:
    """The table that `current` itself was before there were versions; None when it is a change."""
    return None if "number" in body else parse_table(dict(body))


def read_state(records: Records) -> State:
    """Raise pydantic's ValidationError for what this version of the gateway cannot read."""
    record = records.get(ROUTING, CURRENT)
    if record is None:
        return State(Change(number=0, action="publish", author="", current=PACKAGED, newest=PACKAGED), 0)
    table = adopted_table(record.body)
    if table is None:
        return State(Change.model_validate(dict(record.body)), record.version)
    change = Change(
        number=1, action="publish", author="unknown", comment="in force before there were versions", current=1, newest=1
    )
    return State(change, record.version, table)


def read_version(records: Records, number: int) -> Version:
    """InvalidRequestError for a number that no version has, and for that of the packaged table."""
    record = records.get(ROUTING, version_sort(number))
    if record is not None:
        return Version.model_validate(dict(record.body))
    state = read_state(records)
    if state.adopted is not None and number == state.change.current:
        return adopted_version(state.change, state.adopted)
    raise InvalidRequestError(f"There is no version {number}. `sallyport models history` shows those there are.")


def table_of(records: Records, number: int) -> RoutingTable:
    """As `read_version`, and the packaged table for its number."""
    return packaged_table() if number == PACKAGED else read_version(records, number).table


def history(records: Records) -> Iterator[Change]:
    """Every change, the oldest first."""
    newest = read_state(records)
    for record in every(records, ROUTING, start="s", end=change_sort(newest.change.number)):
        yield Change.model_validate(dict(record.body))
    if newest.stored:
        yield newest.change


def before(changes: Sequence[Change], current: int) -> int:
    """What was in force when `current` was put there, the last time by other means than a rollback."""
    for earlier, later in reversed(list(zip([None, *changes], changes, strict=False))):
        was = earlier.current if earlier else PACKAGED
        if later.current == current != was and later.action != "rollback":
            return was
    raise InvalidRequestError("Nothing was in force before. Name a version: `sallyport models rollback VERSION`.")


def same_table(one: RoutingTable, other: RoutingTable) -> bool:
    """Whether they differ by their version at most."""
    return one == other.model_copy(update={"version": one.version})


def adopted_version(change: Change, table: RoutingTable) -> Version:
    named = table.model_copy(update={"version": name_of(change.current)})
    return Version(number=change.current, author=change.author, comment=change.comment, table=named)


def change_sort(number: int) -> str:
    return f"s{number:06}"
