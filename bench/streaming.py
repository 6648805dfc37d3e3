"""What the gateway adds to a stream, until its first token and at every chunk: `python -m bench.streaming [--json]`.

One gateway process on the embedded backend with every protection on, restoring too, before an upstream that streams at
a steady pace. Beside it, in turn in one run, the upstream alone and a relay that only passes bytes on, as a measure of
the machine. Each prompt is new and has personal data in it; one chunk in five of the answer is a piece of a
placeholder, which the client gets back as its own value.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from bench.gateway import LIMITED, Gateway, Process, before_upstream, request, seed_of, target
from bench.sse import Streams, drive_streams, serve_relay, serve_streams

FEW, PACED, FAST = "bench-8x0ms", "bench-1000x4ms", "bench-4000x0ms"
"""Models of the upstream: so many chunks, so far apart."""

RUNS = ((FAST, 1), (PACED, 1), (PACED, 16))
"""Model and concurrency. A chunk that comes alone also pays for waking two threads from their sleep."""


class Relay(Process):
    """A relay process that passes bytes on."""

    def __init__(self, port: int, upstream: int) -> None:
        command = [sys.executable, "-m", "bench.streaming", "--relay", str(port), str(upstream)]
        self.process = subprocess.Popen(command, text=True)
        self.port = port


async def first_tokens(gateway: Gateway, upstream: int, *, requests: int, rounds: int) -> dict[str, float]:
    """Milliseconds until the first word, one request at a time."""
    added50, added95 = [], []
    for _ in range(rounds):
        plain = await _streams(upstream, "none", FEW, 1, requests)
        via = await _streams(gateway.port, gateway.key, FEW, 1, requests)
        added50.append(via.first_percentile(0.5) - plain.first_percentile(0.5))
        added95.append(via.first_percentile(0.95) - plain.first_percentile(0.95))
    return {
        "requests": requests * rounds,
        "added_p50_ms": round(statistics.median(added50), 2),
        "added_p95_ms": round(statistics.median(added95), 2),
    }


async def chunks(
    gateway: Gateway, relay: Relay, upstream: int, *, model: str, concurrency: int, rounds: int
) -> dict[str, Any]:
    """What a chunk costs, less what the stream around it does, and how much later it arrives."""
    costs, bare, delays, count = [], [], [], 0
    for _ in range(rounds):
        plain = await _streams(upstream, "none", model, concurrency)
        bare.append(await _cost(relay, "none", model, concurrency))
        costs.append(await _cost(gateway, gateway.key, model, concurrency))
        delays.append(costs[-1].delay - plain.delay_percentile(0.5))
        count += costs[-1].chunks
    cost, least = (statistics.median(each.cpu_ms for each in of) for of in (costs, bare))
    return {
        "concurrency": concurrency,
        "pace": model.partition("x")[2],
        "chunks": count,
        "cpu_ms_per_chunk": round(cost, 4),
        "bare_relay_cpu_ms_per_chunk": round(least, 4),
        "times_bare_relay": round(cost / least, 1),
        "added_delay_p50_ms": round(statistics.median(delays), 3),
    }


@dataclass
class Cost:
    """Milliseconds: CPU of one chunk, and the median of how late it came."""

    cpu_ms: float
    delay: float
    chunks: int


async def _cost(server: Gateway | Relay, key: str, model: str, concurrency: int) -> Cost:
    before = server.cpu_seconds()
    short = await _streams(server.port, key, FEW, concurrency)
    between = server.cpu_seconds()
    long = await _streams(server.port, key, model, concurrency)
    spent = (server.cpu_seconds() - between) - (between - before)
    return Cost(spent * 1000 / (long.chunks - short.chunks), long.delay_percentile(0.5), long.chunks)


async def _streams(port: int, key: str, model: str, concurrency: int, requests: int = 0) -> Streams:
    """One stream for each connection, if nothing else is said."""
    requests = requests or concurrency

    def asked(number: int) -> bytes:
        return request("/v1/chat/completions", key, model, number, stream=True)

    streams = await drive_streams(port, asked, concurrency=concurrency, requests=requests)
    if streams.failed:
        raise SystemExit(f"{streams.failed} of {requests} streams failed: nothing was measured.")
    return streams


async def measure(gateway: Gateway, relay: Relay, upstream: int, requests: int, rounds: int) -> dict[str, Any]:
    await _streams(gateway.port, gateway.key, FEW, 4, 50)
    return {
        "first_token": await first_tokens(gateway, upstream, requests=requests, rounds=rounds),
        "chunks": [
            await chunks(gateway, relay, upstream, model=model, concurrency=concurrency, rounds=rounds)
            for model, concurrency in RUNS
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--requests", type=int, default=200, help="a round, for the first token (default 200)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told (default 3)")
    parser.add_argument("--port", type=int, default=18797, help="first of three free ports (default 18797)")
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--relay", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.relay:
        asyncio.run(serve_relay(*options.relay))
    if options.upstream:
        asyncio.run(serve_streams(options.upstream))
    port = options.port + 1
    relay = Relay(port + 1, port)
    try:
        with before_upstream(
            "bench.streaming", options.port, seed_of(LIMITED, *map(target, (FEW, PACED, FAST)))
        ) as gateway:
            result = asyncio.run(measure(gateway, relay, port, options.requests, options.rounds))
    finally:
        relay.process.kill()
    print(json.dumps(result, indent=2) if options.json else _table(result))


def _table(result: dict[str, Any]) -> str:
    first = result["first_token"]
    lines = [
        f"first token, concurrency 1: added p50 {first['added_p50_ms']:.2f} ms, p95 {first['added_p95_ms']:.2f} ms "
        f"({first['requests']} streams)",
        "",
        "concurrency   pace    chunks   CPU/chunk   a bare relay's   times   added delay p50",
    ]
    lines += [
        f"{row['concurrency']:>11} {row['pace']:>6} {row['chunks']:>9} {row['cpu_ms_per_chunk']:>8.4f} ms "
        f"{row['bare_relay_cpu_ms_per_chunk']:>13.4f} ms {row['times_bare_relay']:>7} "
        f"{row['added_delay_p50_ms']:>14.3f} ms"
        for row in result["chunks"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
