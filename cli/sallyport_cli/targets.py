"""`sallyport targets`: which models can be called, and why others are skipped."""

import time
from typing import Any

import click

from sallyport.health import Health, state_of
from sallyport.paging import every
from sallyport.probing import Probe, last_probes
from sallyport.routing import Target
from sallyport.watch import PARTITION
from sallyport_cli.arguments import as_json
from sallyport_cli.output import moment, print_json, print_table
from sallyport_cli.place import Place, at_a_place


@click.command()
@as_json
@at_a_place()
def targets(place: Place, as_json: bool) -> None:
    """Show every target of the routing table with its health.

    A target that failed too often is open: it is skipped, and probed by one request when its time is over. One that is
    resting was told so by its provider's Retry-After. Latency fades from its last peak; it is written every 15 s.
    Probe is what came of the last one, if the gateway asks targets by itself.

    \b
    Example:
      sallyport targets
      sallyport targets --json | jq '.[] | select(.state != "closed")'
    """
    health = place.services.backend.records("health")
    known = {record.sort: Health.model_validate(dict(record.body)) for record in every(health, PARTITION)}
    probes = dict(last_probes(health))
    now = time.time()
    table = place.services.configuration.routing_table()
    places = {name: target.place(name) for name, target in table.targets.items()}
    rows = [
        _row(name, target, known.get(places[name], Health()), probes.get(places[name]), now)
        for name, target in table.targets.items()
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("target", "provider", "model", "state", "until", "latency_ms", "reason", "probed", "probe")
    heads = [column.replace("_", " ").upper() for column in columns]
    print_table(heads, [[row[column] for column in columns] for row in rows], numbers=("LATENCY MS",))


def _row(name: str, target: Target, health: Health, probe: Probe | None, now: float) -> dict[str, Any]:
    skipped = health.open and health.until > now
    return {
        "target": name,
        "provider": target.provider,
        "model": target.model,
        "state": state_of(health, now),
        "until": moment(health.until if skipped else None),
        "latency_ms": round(health.latency_ms) or None,
        "reason": health.reason,
        "probed": moment(probe.at) if probe else None,
        "probe": f"{probe.outcome} in {probe.latency_ms} ms" if probe else None,
    }
