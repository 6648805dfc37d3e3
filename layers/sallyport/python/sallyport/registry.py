"""Publish, promote and roll back routing tables. Used by the command line, by seeds, and by settle for a canary."""

import json

from sallyport.errors import InvalidRequestError
from sallyport.ports import Records
from sallyport.routing import RoutingTable
from sallyport.table_check import problems_in
from sallyport.table_versions import (
    CURRENT,
    PACKAGED,
    ROUTING,
    Action,
    Canary,
    Change,
    Percent,
    State,
    Version,
    adopted_version,
    before,
    change_sort,
    history,
    name_of,
    read_state,
    same_table,
    table_of,
    version_sort,
)

MOST_BYTES = 300_000
"""Of a table as JSON: an item of DynamoDB has 400 KB at most."""

_TRIES = 20
"""Numbers that are tried for a new version: each that is taken was begun by another publisher."""


def publish(
    records: Records, table: RoutingTable, *, author: str, comment: str, now: float, percent: Percent | None = None
) -> Change:
    """Keep a table as a new version and put it in force, or beside what is, for `percent` of the requests.

    InvalidRequestError for a table that no request could be served by, that is in force already, or that would come
    between a canary and its end; and when somebody else published meanwhile.
    """
    wrong = problems_in(table)
    if wrong:
        raise InvalidRequestError(f"The table cannot be published: {wrong[0]}.")
    state = _kept(records)
    _refuse_beside_a_canary(state.change)
    if same_table(table, table_of(records, state.change.current)):
        raise InvalidRequestError(f"{name_of(state.change.current)} is this table already; nothing was published.")
    number = _store(records, table, state.change.newest + 1, author=author, comment=comment, now=now)
    canary = Canary(version=number, percent=percent, since=now) if percent else None
    return _switch(
        records,
        state,
        action="canary" if canary else "publish",
        author=author,
        comment=comment,
        now=now,
        current=state.change.current if canary else number,
        canary=canary,
        newest=number,
    )


def promote(records: Records, *, author: str, comment: str, now: float) -> Change:
    """Put the canary in force for every request."""
    state = _kept(records)
    if state.change.canary is None:
        raise InvalidRequestError(
            "There is no canary to promote. `sallyport models publish FILE --canary 10` makes one."
        )
    number = state.change.canary.version
    return _switch(records, state, action="promote", author=author, comment=comment, now=now, current=number)


def roll_back(records: Records, *, author: str, comment: str, now: float, to: int | None = None) -> Change:
    """End the canary if there is one; go back to what was in force before if there is none, or to the version `to`."""
    state = _kept(records)
    change = state.change
    if to is not None:
        _check_published(records, to)
        if to == change.current and change.canary is None:
            raise InvalidRequestError(f"{name_of(to)} is in force already.")
        current = to
    elif change.canary is not None:
        current = change.current
    else:
        current = before(list(history(records)), change.current)
    return _switch(records, state, action="rollback", author=author, comment=comment, now=now, current=current)


def end_canary(records: Records, canary: Canary, *, author: str, comment: str, now: float) -> Change | None:
    """Roll this very canary back. None when somebody else ended it, or changed anything in the same moment."""
    state = _kept(records)
    if state.change.canary != canary:
        return None
    current = state.change.current
    try:
        return _switch(records, state, action="rollback", author=author, comment=comment, now=now, current=current)
    except InvalidRequestError:
        return None


def _check_published(records: Records, number: int) -> None:
    """Also refuses a version that lost the race to be published: it is stored, and nobody decided for it."""
    known = {PACKAGED, *(each.canary.version if each.canary else each.current for each in history(records))}
    if number not in known:
        raise InvalidRequestError(f"{name_of(number)} was never published. `sallyport models history` shows what was.")


def _kept(records: Records) -> State:
    """The state, after what must be there once it changes: the adopted table as a version, and the change itself."""
    state = read_state(records)
    if state.adopted is not None:
        version = adopted_version(state.change, state.adopted)
        records.put(ROUTING, version_sort(version.number), version.to_json(), expect=0)
    if state.stored:
        records.put(ROUTING, change_sort(state.change.number), state.change.to_json(), expect=0)
    return state


def _store(records: Records, table: RoutingTable, first: int, *, author: str, comment: str, now: float) -> int:
    for number in range(first, first + _TRIES):
        named = table.model_copy(update={"version": name_of(number)})
        version = Version(number=number, author=author, at=now, comment=comment, table=named).to_json()
        if len(json.dumps(version, ensure_ascii=False).encode()) > MOST_BYTES:
            raise InvalidRequestError(f"The table takes more than {MOST_BYTES} bytes. Leave out what no route needs.")
        if records.put(ROUTING, version_sort(number), version, expect=0):
            return number
    raise InvalidRequestError("Too many others publish at the same time. Nothing was published; try again.")


def _switch(
    records: Records,
    state: State,
    *,
    action: Action,
    author: str,
    comment: str,
    now: float,
    current: int,
    canary: Canary | None = None,
    newest: int | None = None,
) -> Change:
    change = Change(
        number=state.change.number + 1,
        action=action,
        author=author,
        at=now,
        comment=comment,
        current=current,
        canary=canary,
        newest=newest or state.change.newest,
    )
    if not records.put(ROUTING, CURRENT, change.to_json(), expect=state.stored):
        raise InvalidRequestError(
            "Somebody else changed the routing table meanwhile, and this change was not made. "
            "`sallyport models history` shows what is in force; look whether yours still fits, and try again."
        )
    return change


def _refuse_beside_a_canary(change: Change) -> None:
    if change.canary is not None:
        raise InvalidRequestError(
            f"{name_of(change.canary.version)} is a canary for {change.canary.percent} % of the requests. "
            "End that first: `sallyport models promote` or `sallyport models rollback`."
        )
