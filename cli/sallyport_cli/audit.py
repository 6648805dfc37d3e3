"""`sallyport audit`: who asked what of whom, and the proof that nobody changed it since."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from sallyport.audit.log import Entry
from sallyport.audit.reader import AuditRecord, Verification, find
from sallyport.audit.reader import show as open_record
from sallyport.audit.reader import verify as verify_log
from sallyport_cli.arguments import DAY, NAME, REQUEST_ID, as_json
from sallyport_cli.decisions import decisions_of
from sallyport_cli.failures import REFUSED, fail
from sallyport_cli.output import counted, moment, print_json, print_table
from sallyport_cli.place import Place, at_a_place

_MOST_SHOWN = 50


@click.group()
def audit() -> None:
    """Verify, search and open the audit log. It holds decisions and counts, never a prompt or an answer."""


@audit.command()
@as_json
@at_a_place()
def verify(place: Place, as_json: bool) -> None:
    """Check the whole log.

    Every record, batch and signature is checked, from the first to the last. With exit code 1 it names what was
    changed, dropped, added or reordered.

    \b
    Example:
      sallyport audit verify
      sallyport audit verify --json | jq -r '.problems[]'
    """
    backend = place.services.backend
    signer = backend.signer
    with _progress() as progress:
        result = verify_log(backend.audit, backend.records("audit_index"), signer.public_key(), progress=progress)
    if as_json:
        print_json({"ok": not result.problems, "signed_by": signer.key_id} | result.model_dump(mode="json"))
    else:
        _print_verification(result, signer.key_id)
    if result.problems:
        sys.exit(REFUSED)


@audit.command()
@click.argument("request_id", type=REQUEST_ID)
@as_json
@at_a_place()
def show(place: Place, request_id: str, as_json: bool) -> None:
    """Open one request's record.

    Caller, decisions with their reasons, tokens, cost.

    \b
    Example:
      sallyport audit show req_92fc76712b324fd515b8dcce989b50ce
    """
    here = place.services
    record = open_record(request_id, here.backend.audit, here.backend.records("audit_index"), here.vault)
    if record is None:
        fail(
            f"The audit log has no request {request_id}. Records are written seconds after the answer; "
            f"`sallyport audit list --tenant NAME{place.arguments}` shows those of today."
        )
    if as_json:
        fields: dict[str, Any] = {"batch": record.batch, "written_at": moment(record.written_at)}
        print_json(fields | {"ticket": record.ticket.to_json()})
    else:
        _print_record(record)


@audit.command("list")
@click.option("--tenant", required=True, type=NAME, help="Whose requests.")
@click.option("--day", type=DAY, default="today", show_default=True, help="A UTC day such as 2026-11-20.")
@click.option("--user", help="Only this user's.")
@click.option("--model", help="Only those that asked for this model.")
@as_json
@at_a_place()
def list_(place: Place, tenant: str, day: str, user: str | None, model: str | None, as_json: bool) -> None:
    """List a tenant's requests of a day.

    \b
    Example:
      sallyport audit list --tenant acme --day 2026-11-20 --user ann
    """
    found = find(place.services.backend.records("audit_index"), tenant=tenant, day=day, user=user, model=model)
    rows = [_fields(entry) for entry in found]
    if as_json:
        print_json(rows)
    elif rows:
        columns = ("at", "request_id", "project", "key_id", "user", "model", "outcome", "batch")
        print_table(
            [column.replace("_", " ").upper() for column in columns],
            [[row[column] for column in columns] for row in rows],
        )
    else:
        click.echo(f"No request of {tenant} on {day} that fits.")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, if somebody watches it."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Verifying batches", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _print_verification(result: Verification, key_id: str) -> None:
    if result.problems:
        click.secho("The audit log is NOT whole.", fg="red", bold=True)
        for problem in result.problems[:_MOST_SHOWN]:
            click.echo(f"  {problem}")
        if len(result.problems) > _MOST_SHOWN:
            click.echo(f"  and {len(result.problems) - _MOST_SHOWN} more; --json lists all of them")
        click.echo("Keep it as it is, and compare it with a backup from before.")
    elif result.batches:
        records = counted(result.records, "record", "records")
        batches = counted(result.batches, "batch", "batches")
        click.echo(f"The audit log is whole: {records} in {batches}.")
        click.echo(f"Each is chained to the one before and signed by {key_id}.")
    else:
        click.echo("The audit log is empty: no request was recorded yet.")


def _print_record(record: AuditRecord) -> None:
    ticket, caller = record.ticket, record.ticket.caller
    by = f"key {caller.key_id}" + (f", user {caller.user}" if caller.user else "")
    click.echo(f"Request {ticket.request_id} of {moment(ticket.received_at)}")
    click.echo(f"{caller.tenant}/{caller.project}, {by}, model {ticket.model}")
    click.echo(f"Batch {record.batch}, written {moment(record.written_at)}\n")
    print_table(("STATE", "DECISION"), list(decisions_of(ticket)))


def _fields(entry: Entry) -> dict[str, Any]:
    at = datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "at": at,
        "request_id": entry.request_id,
        "tenant": entry.caller.tenant,
        "project": entry.caller.project,
        "key_id": entry.caller.key_id,
        "user": entry.caller.user,
        "model": entry.model,
        "outcome": entry.outcome,
        "batch": entry.batch,
    }
