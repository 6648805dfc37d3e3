"""`sallyport alerts`: budgets that were used up to a part that their policies name."""

from datetime import UTC, datetime

import click

from sallyport.alerts import Alert, alerts_between
from sallyport.limits import used
from sallyport_cli.arguments import DAY, NAME, as_json
from sallyport_cli.output import print_json, print_table
from sallyport_cli.place import Place, at_a_place


@click.command()
@click.option("--tenant", type=NAME, help="Only this tenant's.")
@click.option("--from", "first", type=DAY, help="First UTC day.  [default: the first of this month]")
@click.option("--to", "last", type=DAY, default="today", show_default=True, help="Last UTC day.")
@as_json
@at_a_place()
def alerts(place: Place, tenant: str | None, first: str | None, last: str, as_json: bool) -> None:
    """List budgets that were used up to a part.

    Each part of a policy's `alert_at` is told once for each day or month.

    \b
    Example:
      sallyport alerts --tenant acme
      sallyport alerts --from 2026-11-01 --json | jq '.alerts[].level'
    """
    first = first or datetime.now(UTC).strftime("%Y-%m-01")
    if first > last:
        raise click.UsageError(f"--from {first} is after --to {last}.")
    told = [
        each
        for each in alerts_between(place.services.backend.records("usage"), first, last)
        if tenant is None or f"{each.level}/".startswith(f"tenant/{tenant}/")
    ]
    if as_json:
        print_json({"from": first, "to": last, "alerts": [each.to_json() for each in told]})
    elif told:
        print_table(["AT", "WHOSE", "BUDGET", "WINDOW", "REACHED", "USED", "OF"], [_cells(each) for each in told])
    else:
        click.echo(f"No alert{f' of {tenant}' if tenant else ''} from {first} to {last}.")


def _cells(alert: Alert) -> tuple[str, ...]:
    kind = alert.limit.partition("/")[0]
    at = datetime.fromtimestamp(alert.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    reached = "refused" if alert.refused else f"{alert.percent} %"
    return at, alert.level, alert.limit, alert.window, reached, used(kind, alert.taken), used(kind, alert.at_most)
