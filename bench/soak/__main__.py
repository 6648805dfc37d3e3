"""Ask a gateway for half an hour while its providers fail, and hold its books to theirs: `python -m bench.soak`.

A gateway process on the embedded backend, a fleet of simulated providers in another (outages, throttles, errors, hangs,
cut answers), tenants that stream or do not, one of them over its limit, and clients that leave. Prints what the gateway
held over time, and whether every request was answered, audited and billed once. Exit code 1 if something grew, or if
the books do not agree.
"""

import argparse
import asyncio
import functools
import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from bench.soak.books import Check, checks, read
from bench.soak.clients import Seen, arrive
from bench.soak.gauges import Growth, Sample, growth, sample, watch
from bench.soak.scene import script, seed
from sallyport_cli.drill.processes import GatewayProcess, fleet, gateway

SAMPLES = 60


async def soak(gateway: GatewayProcess, data: Path, rate: float, seconds: float) -> tuple[list[Seen], list[Sample]]:
    """What clients saw, and what the gateway held meanwhile."""
    seen: list[Seen] = []
    samples: list[Sample] = []
    take = functools.partial(_told_sample, gateway.process.pid, data, time.monotonic())
    watching = asyncio.create_task(watch(take, max(1.0, seconds / SAMPLES), samples))
    await arrive(gateway.url, gateway.keys, rate, seconds, seen)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    return seen, samples


def _told_sample(process: int, data: Path, since: float) -> Sample:
    taken = sample(process, data, since)
    print(json.dumps(asdict(taken)), file=sys.stderr, flush=True)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=_positive, default=30.0, help="how long (default 30)")
    parser.add_argument("--rate", type=_positive, default=10.0, help="requests a second (default 10)")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops both processes, as Ctrl-C does
    seconds = options.minutes * 60
    with tempfile.TemporaryDirectory() as folder, fleet() as upstream:
        file, data, began = Path(folder, "seed.toml"), Path(folder, "data"), time.time()
        file.write_text(seed(upstream.url))
        with gateway(data, file, upstream) as serving:
            upstream.load(script(seconds))
            seen, samples = asyncio.run(soak(serving, data, options.rate, seconds))
            found = checks(read(data, seen, upstream.calls(), began))
    grown = growth(samples)
    if options.json:
        print(json.dumps({"checks": [asdict(each) for each in found], "growth": [asdict(each) for each in grown]}))
    else:
        _print(found, grown)
    sys.exit(not all(each.passed for each in found) or any(each.is_growing for each in grown))


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not above 0, or above 10000")
    return number


def _print(found: Sequence[Check], grown: Sequence[Growth]) -> None:
    for check in found:
        print(f"{'ok  ' if check.passed else 'FAIL'}  {check.required}\n        {check.found}")
    for each in grown:
        print(
            f"{'FAIL' if each.is_growing else 'ok  '}  {each.gauge}: {each.early:g} early, {each.late:g} late "
            f"(up to {each.allowed:g} more is no growth)"
        )


if __name__ == "__main__":
    main()
