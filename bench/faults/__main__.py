"""Play faults against a running gateway and hold what follows to what is required: `python -m bench.faults`.

One gateway process on the embedded backend, an upstream that goes wrong as it is told, and clients that do; AWS's own
stores fail under the emulated deployment. Each row says what is required and what was seen. Exit code 1 if a
requirement is not met.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from bench.faults import (
    aws_stores,
    crowds,
    deaths,
    deliveries,
    own_stores,
    parity,
    repeats,
    replies,
    requests,
    rotations,
    small,
    storms,
    streams,
    tenants,
)
from bench.faults.place import Finding, Scenario, prepared
from bench.faults.rows_page import PAGE, written
from sallyport_local.observability import log_to

_APART: tuple[Mapping[int, Sequence[Scenario]], ...] = (rotations.SCENARIOS, deliveries.SCENARIOS, parity.SCENARIOS)
_OF_STORES: tuple[Mapping[int, Sequence[Scenario]], ...] = (aws_stores.SCENARIOS, own_stores.SCENARIOS, small.SCENARIOS)
_SCENARIOS: tuple[Mapping[int, Sequence[Scenario]], ...] = (
    *(part.SCENARIOS for part in (streams, replies, requests, storms, crowds, tenants, repeats, deaths)),
    *_APART,
    *_OF_STORES,
)
ROWS: dict[int, list[Scenario]] = {
    row: [scenario for part in _SCENARIOS for scenario in part.get(row, ())] for row in {*chain(*_SCENARIOS)}
}
STORES = {*chain(*_OF_STORES)}
"""The rows in which a store fails."""
APART = {*chain(*_APART)}
"""The rows in which nothing fails: credentials change, queues deliver as they may, and two backends are as one."""

OF_TIMES: frozenset[Scenario] = frozenset({streams.stall, requests.cost_of_malformed, crowds.five_times})
"""They hold times to bounds, which only a quiet machine can."""


async def play(rows: list[int], *, port: int, scale: float, times: bool = True) -> list[tuple[int, Finding]]:
    """The findings of these rows, in order, with or without those `OF_TIMES`. Progress goes to the error stream."""
    findings: list[tuple[int, Finding]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with prepared(Path(folder), port, scale) as place:
            for row, scenario in scenarios_of(rows, times=times):
                print(f"{row}: {scenario.__name__} ...", file=sys.stderr)
                found = await scenario(place)
                findings += [(row, each) for each in (found if isinstance(found, list) else [found])]
    return findings


def scenarios_of(rows: Iterable[int], *, times: bool) -> list[tuple[int, Scenario]]:
    return [(row, scenario) for row in rows for scenario in ROWS[row] if times or scenario not in OF_TIMES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--write", action="store_true", help="write what was seen into docs/fault-rows.md, too")
    parser.add_argument("--rows", type=int, nargs="+", choices=sorted(ROWS), default=sorted(ROWS), help="default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="play so much less often, such as 0.1 (default 1)")
    parser.add_argument("--port", type=int, default=18807, help="a free port (default 18807)")
    options = parser.parse_args()
    log_to(Path(os.devnull))  # what the emulated functions would write between the lines of the table
    findings = asyncio.run(play(options.rows, port=options.port, scale=options.scale))
    if options.write:
        PAGE.write_text(written(PAGE.read_text() if PAGE.exists() else "", findings))
    if options.json:
        print(json.dumps([{"row": row, **asdict(finding)} for row, finding in findings], indent=2))
    else:
        for row, finding in findings:
            print(f"{'ok  ' if finding.passed else 'FAIL'} {row:>3}  {finding.fault}")
            print(f"          required: {finding.required}\n          observed: {finding.observed}")
    sys.exit(not all(finding.passed for _, finding in findings))


if __name__ == "__main__":
    main()
