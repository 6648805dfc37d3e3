"""Play faults against a running gateway and hold what follows to what is required: `python -m bench.faults`.

One gateway process on the embedded backend, an upstream that goes wrong as it is told, and clients that do. Each row
says what is required and what was seen. Exit code 1 if a requirement is not met.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from bench.faults import crowds, repeats, replies, requests, streams
from bench.faults.place import Finding, Place, prepared

type Scenario = Callable[[Place], Awaitable[Finding]]

ROWS: dict[int, list[Scenario]] = {
    row: scenarios
    for part in (streams, replies, requests, crowds, repeats)
    for row, scenarios in part.SCENARIOS.items()
}

OF_TIMES: frozenset[Scenario] = frozenset({streams.stall, requests.cost_of_malformed, crowds.five_times})
"""They hold times to bounds, which only a quiet machine can."""


async def play(rows: list[int], *, port: int, scale: float, times: bool = True) -> list[tuple[int, Finding]]:
    """The findings of these rows, in order, with or without those `OF_TIMES`. Progress goes to the error stream."""
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        async with prepared(Path(folder), port, scale) as place:
            for row, scenario in scenarios_of(rows, times=times):
                print(f"{row}: {scenario.__name__} ...", file=sys.stderr)
                findings.append((row, await scenario(place)))
    return findings


def scenarios_of(rows: Iterable[int], *, times: bool) -> list[tuple[int, Scenario]]:
    return [(row, scenario) for row in rows for scenario in ROWS[row] if times or scenario not in OF_TIMES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--rows", type=int, nargs="+", choices=sorted(ROWS), default=sorted(ROWS), help="default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="play so much less often, such as 0.1 (default 1)")
    parser.add_argument("--port", type=int, default=18807, help="a free port (default 18807)")
    options = parser.parse_args()
    findings = asyncio.run(play(options.rows, port=options.port, scale=options.scale))
    if options.json:
        print(json.dumps([{"row": row, **asdict(finding)} for row, finding in findings], indent=2))
    else:
        for row, finding in findings:
            print(f"{'ok  ' if finding.passed else 'FAIL'} {row:>3}  {finding.fault}")
            print(f"          required: {finding.required}\n          observed: {finding.observed}")
    sys.exit(not all(finding.passed for _, finding in findings))


if __name__ == "__main__":
    main()
