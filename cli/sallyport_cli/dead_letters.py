"""`sallyport dead-letters`: what audit or settle gave up on."""

from dataclasses import asdict

import click

from sallyport_cli.arguments import as_json
from sallyport_cli.failures import fail
from sallyport_cli.output import counted, moment, print_json, print_table
from sallyport_cli.place import Place, at_a_place
from sallyport_local.outbox import Outbox


@click.group("dead-letters")
def dead_letters() -> None:
    """What could not be audited or settled."""


@dead_letters.command("list")
@as_json
@at_a_place()
def list_(place: Place, as_json: bool) -> None:
    """List the messages that were given up. Exit code 0, also when there are some.

    \b
    Example:
      sallyport dead-letters list --json | jq length
    """
    rows = [asdict(each) | {"published_at": moment(each.published_at)} for each in _outbox(place).dead_letters()]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(("QUEUE", "MESSAGE", "FAILURES", "PUBLISHED"), [list(row.values()) for row in rows])
        click.echo(f"\nThe log says why. When that is mended: sallyport dead-letters redrive{place.arguments}")
    else:
        click.echo("No dead letters: everything was audited and settled, or waits for its turn.")


@dead_letters.command()
@as_json
@at_a_place()
def redrive(place: Place, as_json: bool) -> None:
    """Deliver every dead letter again, and at once what waits because it failed.

    The running server takes them, or the next one. Nothing counts twice.

    \b
    Example:
      sallyport dead-letters redrive
    """
    count = _outbox(place).redrive()
    if as_json:
        print_json({"redriven": count})
    else:
        again = counted(count, "message", "messages")
        click.echo(f"{again} will be delivered again by the running server, or by the next one.")


def _outbox(place: Place) -> Outbox:
    if place.folder is None:
        fail(
            "On AWS, dead letters are in the stack's dead-letter queues. The SQS console shows them, and "
            "`aws sqs start-message-move-task --source-arn QUEUE_ARN` delivers them again."
        )
    outbox: Outbox = place.folder.events
    return outbox
