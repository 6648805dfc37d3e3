"""`sallyport models publish`, `promote` and `rollback`: what changes the routing table."""

import time
from typing import TextIO

import click

from sallyport import configuration, registry
from sallyport.table_diff import removed_aliases
from sallyport.table_versions import Change, read_state, table_of
from sallyport_cli.arguments import as_json
from sallyport_cli.author import author_at
from sallyport_cli.failures import fail, warn
from sallyport_cli.output import print_json
from sallyport_cli.place import Place, at_a_place
from sallyport_cli.tables import VERSION, change_fields, read_table, refusal

_author = click.option("--author", help="Who does it; your user name, or on a stack your AWS identity, by default.")
_comment = click.option("--comment", default="", help="Why, for the history.")


@click.command(no_args_is_help=True)
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--canary", "percent", type=click.IntRange(1, 99), metavar="PERCENT",
    help="Only for so many percent of the requests, beside the table in force.",
)  # fmt: skip
@_comment
@_author
@as_json
@at_a_place(creates=True)
def publish(place: Place, file: TextIO, percent: int | None, comment: str, author: str | None, as_json: bool) -> None:
    """Publish FILE, TOML or JSON, as a new version. What is wrong is refused, and nothing changes.

    With --canary the version is tried out first. It rolls itself back when it fails more often than the table in
    force, or is much slower; `promote` puts it in force for all.

    \b
    Example:
      sallyport models show > models.toml
      sallyport models publish models.toml --comment "nova for drafts"
      sallyport models publish models.toml --canary 10
    """
    table, problems = read_table(file)
    if table is None:
        fail(refusal(file, problems))
    records = place.services.backend.records("configuration")
    gone = removed_aliases(table_of(records, read_state(records).change.current), table)
    change = registry.publish(
        records, table, author=author_at(place, author), comment=comment, now=time.time(), percent=percent
    )
    _tell(change, as_json)
    if gone:
        warn(f"Applications cannot ask for {', '.join(gone)} any more.")


@click.command()
@_comment
@_author
@as_json
@at_a_place()
def promote(place: Place, comment: str, author: str | None, as_json: bool) -> None:
    """Put the canary in force for every request.

    \b
    Example:
      sallyport models promote --comment "a day without a failure"
    """
    _tell(
        registry.promote(
            place.services.backend.records("configuration"),
            author=author_at(place, author),
            comment=comment,
            now=time.time(),
        ),
        as_json,
    )


@click.command()
@click.argument("version", type=VERSION, required=False)
@_comment
@_author
@as_json
@at_a_place()
def rollback(place: Place, version: int | None, comment: str, author: str | None, as_json: bool) -> None:
    """End the canary, or go back to what was in force before; or to VERSION, at once.

    \b
    Example:
      sallyport models rollback
      sallyport models rollback v11 --comment "prices were wrong"
      sallyport models rollback packaged
    """
    records = place.services.backend.records("configuration")
    change = registry.roll_back(records, author=author_at(place, author), comment=comment, now=time.time(), to=version)
    _tell(change, as_json)


def _tell(change: Change, as_json: bool) -> None:
    fields = change_fields(change)
    if as_json:
        print_json(fields | {"effective_within_seconds": configuration.FRESH_SECONDS})
    elif change.canary is not None:
        click.echo(
            f"{fields['version']} is a canary for {change.canary.percent} % of the requests within "
            f"{configuration.FRESH_SECONDS} seconds; {fields['in_force']} serves the others."
        )
    else:
        click.echo(f"{fields['in_force']} is in force within {configuration.FRESH_SECONDS} seconds, for every request.")
