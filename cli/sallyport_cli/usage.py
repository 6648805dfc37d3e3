"""`sallyport usage`: what was asked, and what it cost."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from sallyport.contracts import CacheOutcome
from sallyport.paging import every
from sallyport.ports import Records
from sallyport.settlement import UsageRecord, day_of, usage_partition
from sallyport_cli.arguments import DAY, NAME, as_json
from sallyport_cli.output import dollars, print_json, print_table
from sallyport_cli.place import Place, at_a_place

# What names a row. Projects, keys and users are a tenant's own: two tenants' projects of one name are two.
_GROUPS = {
    "tenant": ("tenant",),
    "project": ("tenant", "project"),
    "key": ("tenant", "project", "key_id"),
    "user": ("tenant", "user"),
    "model": ("model",),
    "day": ("day",),
}


@dataclass
class Total:
    """`cost` is in millionths of a dollar."""

    requests: int = 0
    answered: int = 0
    cache_hits: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0

    def add(self, record: UsageRecord) -> None:
        self.requests += 1
        self.answered += record.outcome == "answered"
        self.cache_hits += record.cache is CacheOutcome.HIT
        self.input_tokens += record.input_tokens
        self.output_tokens += record.output_tokens
        self.cost += record.cost


@click.command()
@click.option("--tenant", type=NAME, help="Only this tenant's: much faster where there are many.")
@click.option("--from", "first", type=DAY, help="First UTC day.  [default: the first of this month]")
@click.option("--to", "last", type=DAY, default="today", show_default=True, help="Last UTC day.")
@click.option("--by", type=click.Choice(list(_GROUPS)), default="tenant", show_default=True, help="One row for each.")
@as_json
@at_a_place()
def usage(place: Place, tenant: str | None, first: str | None, last: str, by: str, as_json: bool) -> None:
    """Sum requests, tokens and cost. Refused requests and cache hits cost nothing.

    A row without a tenant is what the gateway asked for itself: probes.

    \b
    Example:
      sallyport usage --tenant acme --from 2026-11-01 --by model
      sallyport usage --by tenant --json | jq '.total.cost_dollars'
    """
    first = first or datetime.now(UTC).strftime("%Y-%m-01")
    if first > last:
        raise click.UsageError(f"--from {first} is after --to {last}.")
    rows, total = _sum(_records(place.services.backend.records("usage"), tenant, first, last), _GROUPS[by])
    if as_json:
        named = [dict(zip(_GROUPS[by], group, strict=True)) | _fields(row) for group, row in rows]
        print_json({"from": first, "to": last, "by": by, "rows": named, "total": _fields(total)})
    elif rows:
        _print(rows, total, _GROUPS[by])
    else:
        click.echo(f"No usage{f' of {tenant}' if tenant else ''} from {first} to {last}.")


def _records(usage: Records, tenant: str | None, first: str, last: str) -> Iterator[UsageRecord]:
    if tenant is None:
        stored = (record for record in usage.scan() if first <= record.partition.rpartition("|")[2] <= last)
    else:
        stored = (record for day in _days(first, last) for record in every(usage, usage_partition(tenant, day)))
    return (UsageRecord.model_validate(dict(record.body)) for record in stored)


def _days(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def _sum(
    records: Iterable[UsageRecord], group: tuple[str, ...]
) -> tuple[list[tuple[tuple[str | None, ...], Total]], Total]:
    """Rows in the order of their names, those without a name last."""
    rows: dict[tuple[str | None, ...], Total] = {}
    total = Total()
    for record in records:
        caller = record.caller
        names: dict[str, str | None] = {
            "tenant": caller.tenant if caller else None,
            "project": caller.project if caller else None,
            "key_id": caller.key_id if caller else None,
            "user": caller.user if caller else None,
            "model": record.model,
            "day": day_of(record.at),
        }
        rows.setdefault(tuple(names[name] for name in group), Total()).add(record)
        total.add(record)
    return sorted(rows.items(), key=lambda row: [(name is None, name or "") for name in row[0]]), total


def _fields(total: Total) -> dict[str, Any]:
    fields = asdict(total)
    return fields | {"cost_dollars": fields.pop("cost") / 1_000_000}


def _print(rows: list[tuple[tuple[str | None, ...], Total]], total: Total, group: tuple[str, ...]) -> None:
    counts = ("REQUESTS", "ANSWERED", "CACHE HITS", "TOKENS IN", "TOKENS OUT", "COST")
    lines = [(*names, *_cells(row)) for names, row in rows]
    if len(rows) > 1:
        lines.append(("TOTAL", *[""] * (len(group) - 1), *_cells(total)))
    print_table([*(name.replace("_", " ").upper() for name in group), *counts], lines, numbers=counts)


def _cells(total: Total) -> tuple[str, ...]:
    counts = (total.requests, total.answered, total.cache_hits, total.input_tokens, total.output_tokens)
    return *(f"{count:,}" for count in counts), dollars(total.cost)
