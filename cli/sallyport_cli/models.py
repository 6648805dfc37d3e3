"""`sallyport models`: which models there are, behind which names, and who changed that."""

from typing import Any, TextIO

import click

from sallyport.canary import judge
from sallyport.ports import Records
from sallyport.routing import RoutingTable
from sallyport.table_diff import differences
from sallyport.table_versions import Change, history, name_of, read_state, read_version, table_of
from sallyport.trial import read_trial
from sallyport_cli.arguments import as_json
from sallyport_cli.failures import fail
from sallyport_cli.output import print_json, print_table
from sallyport_cli.place import Place, at_a_place
from sallyport_cli.publishing import promote, publish, rollback
from sallyport_cli.tables import (
    VERSION,
    alias_rows,
    change_fields,
    difference_text,
    price_text,
    read_table,
    refusal,
    table_toml,
)

FILE = click.argument("file", type=click.File("r", encoding="utf-8"))


@click.group()
def models() -> None:
    """Show and change the routing table.

    It has the models, their prices, and the names that applications ask for.

    Every published table is kept as a version. A change takes effect within 15 seconds, without a deployment; a
    request that is under way ends with the version it began with.
    """


@models.command("list")
@click.option("--version", "number", type=VERSION, help="Of this version instead of the one in force.")
@as_json
@at_a_place()
def list_(place: Place, number: int | None, as_json: bool) -> None:
    """List the aliases, with the targets behind each, best first. Prices are for a million tokens, in and out.

    \b
    Example:
      sallyport models list
      sallyport models list --json | jq -r '.models[] | select(.privacy == "private") | .alias'
    """
    records = _records(place)
    change = read_state(records).change
    table = table_of(records, change.current if number is None else number)
    rows = list(alias_rows(table))
    trial = _trial(records, change)
    if as_json:
        print_json({"in_force": name_of(change.current), "canary": trial, "models": rows})
        return
    columns = ("ALIAS", "TARGET", "PROVIDER", "MODEL", "PRIVACY", "REGION", "PRICE")
    print_table(
        columns,
        [(*(row[column.lower()] for column in columns[:-1]), price_text(row["price"])) for row in rows],
    )
    click.echo(f"\nIn force: {name_of(change.current)}.")
    if trial:
        click.echo(f"Canary: {trial['version']} for {trial['percent']} % of the requests; {trial['reason']}.")


@models.command()
@click.argument("version", type=VERSION, required=False)
@as_json
@at_a_place()
def show(place: Place, version: int | None, as_json: bool) -> None:
    """Print a version as the file that `publish` takes; the one in force if none is named.

    \b
    Example:
      sallyport models show > models.toml
      sallyport models show v12
    """
    records = _records(place)
    table = table_of(records, read_state(records).change.current if version is None else version)
    if as_json:
        print_json(table.model_dump(mode="json", exclude_defaults=True))
    else:
        click.echo(table_toml(table), nl=False)


@models.command()
@FILE
@as_json
def validate(file: TextIO, as_json: bool) -> None:
    """Check FILE, TOML or JSON, without publishing it. Exit code 1 when something is wrong.

    Unknown keys are errors. `-` reads TOML from stdin.

    \b
    Example:
      sallyport models validate models.toml
    """
    table, problems = read_table(file)
    if as_json:
        print_json({"valid": table is not None, "problems": problems})
    elif table is not None:
        click.echo(f"{file.name} is valid: {len(table.routes)} aliases, {len(table.targets)} targets.")
    if table is None:
        fail(refusal(file, problems))


@models.command()
@click.argument("what", nargs=-1, metavar="[FILE | VERSION [VERSION]]")
@as_json
@at_a_place()
def diff(place: Place, what: tuple[str, ...], as_json: bool) -> None:
    """Show what FILE or a VERSION would change of the table in force, or what lies between two versions.

    Without an argument: what the canary changes.

    \b
    Example:
      sallyport models diff models.toml
      sallyport models diff v11 v12
    """
    old, new = _compared(place, what)
    found = differences(old, new)
    if as_json:
        print_json([{"change": each.change, "path": each.path, "old": each.old, "new": each.new} for each in found])
    elif found:
        click.echo("\n".join(map(difference_text, found)))
    else:
        click.echo("No difference.")


@models.command("history")
@as_json
@at_a_place()
def history_(place: Place, as_json: bool) -> None:
    """List every change, the newest first: who published, promoted and rolled back what, and why.

    \b
    Example:
      sallyport models history
      sallyport models history --json | jq '.[] | select(.author == "sallyport")'
    """
    rows = [change_fields(change) for change in history(_records(place))][::-1]
    if as_json:
        print_json(rows)
    elif rows:
        columns = ("at", "action", "version", "canary_percent", "in_force", "author", "comment")
        names = [column.replace("_percent", " %").replace("_", " ").upper() for column in columns]
        print_table(names, [[row[column] for column in columns] for row in rows])
    else:
        click.echo(f"Nothing was ever published; {name_of(0)}, which is deployed with the code, is in force.")


def _records(place: Place) -> Records:
    return place.services.backend.records("configuration")


def _compared(place: Place, what: tuple[str, ...]) -> tuple[RoutingTable, RoutingTable]:
    records = _records(place)
    change = read_state(records).change
    in_force = table_of(records, change.current)
    match what:
        case ():
            if change.canary is None:
                raise click.UsageError("There is no canary to compare. Name a file or a version.")
            return in_force, read_version(records, change.canary.version).table
        case (one,):
            return in_force, _given(records, one)
        case (old, new):
            return _given(records, old), _given(records, new)
    raise click.UsageError("At most two versions can be compared.")


def _given(records: Records, what: str) -> RoutingTable:
    """A version by its name, or a file."""
    try:
        return table_of(records, VERSION.convert(what, None, None))
    except click.BadParameter:
        pass
    try:
        file = click.File("r", encoding="utf-8").convert(what, None, None)
    except click.BadParameter:
        raise click.UsageError(f"{what} is neither a version like v12 nor a file that can be read.") from None
    with file:
        table, problems = read_table(file)
    if table is None:
        fail(refusal(file, problems))
    return table


def _trial(records: Records, change: Change) -> dict[str, Any] | None:
    canary = change.canary
    if canary is None:
        return None
    trial = read_trial(records, canary)
    return {
        "version": name_of(canary.version),
        "percent": canary.percent,
        "requests": trial.canary.requests,
        "failed": trial.canary.failed,
        "others": trial.current.requests,
        "others_failed": trial.current.failed,
        "reason": judge(trial).reason,
    }


for _command in (publish, promote, rollback):
    models.add_command(_command)
