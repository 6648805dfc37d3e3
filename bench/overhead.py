"""What the gateway adds to a request: `python -m bench.overhead [--json]`.

One gateway process on the embedded backend with every protection on (key, policy, limits and budget, redaction, cache
lookup, routing, audit, settlement) in front of an upstream that answers at once, and the upstream alone, in turn in one
run. Each prompt is new (no cache hits), about 1 KB of prose with an e-mail address, a card number and an IBAN in it.
"""

import argparse
import asyncio
import json
import statistics
from typing import Any

from bench.aws_calls import count
from bench.gateway import LIMITED, Gateway, before_upstream, request, seed_of, target
from bench.wire import Load, drive, serve_upstream

CONCURRENCIES = (1, 8, 64)
MODEL = "bench-1"


async def measure(gateway: Gateway, upstream: int, requests: int, rounds: int) -> list[dict[str, Any]]:
    def via(number: int) -> bytes:
        return request("/v1/chat/completions", gateway.key, MODEL, number)

    def direct(number: int) -> bytes:
        return request("/v1/chat/completions", "none", MODEL, number)

    await drive(gateway.port, via, concurrency=8, requests=100)
    rows = []
    for concurrency in CONCURRENCIES:
        pairs: list[tuple[Load, Load, float]] = []
        for _ in range(rounds):
            plain = await drive(upstream, direct, concurrency=concurrency, requests=requests)
            before = gateway.cpu_seconds()
            through = await drive(gateway.port, via, concurrency=concurrency, requests=requests)
            pairs.append((plain, through, (gateway.cpu_seconds() - before) / requests * 1000))
        rows.append(_row(concurrency, pairs))
    return rows


def _row(concurrency: int, pairs: list[tuple[Load, Load, float]]) -> dict[str, Any]:
    def added(share: float) -> float:
        return statistics.median(via.percentile(share) - plain.percentile(share) for plain, via, _ in pairs)

    return {
        "concurrency": concurrency,
        "requests": sum(len(via.latencies) for _, via, _ in pairs),
        "failed": sum(via.failed for _, via, _ in pairs),
        "requests_per_second": round(statistics.median(via.rate for _, via, _ in pairs), 1),
        "added_p50_ms": round(added(0.5), 2),
        "added_p95_ms": round(added(0.95), 2),
        "added_p99_ms": round(added(0.99), 2),
        "cpu_ms_per_request": round(statistics.median(cpu for _, _, cpu in pairs), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--requests", type=int, default=400, help="a round, per concurrency (default 400)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told (default 3)")
    parser.add_argument("--port", type=int, default=18787, help="first of two free ports (default 18787)")
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upstream:
        asyncio.run(serve_upstream(options.upstream))
    with before_upstream("bench.overhead", options.port, seed_of(LIMITED, target(MODEL))) as gateway:
        idle = gateway.resident_mb()
        rows = asyncio.run(measure(gateway, options.port + 1, options.requests, options.rounds))
        result = {
            "start_seconds": round(gateway.start_seconds, 2),
            "resident_mb": {"idle": round(idle, 1), "after": round(gateway.resident_mb(), 1)},
            "embedded": rows,
            "aws_calls_per_request": count(),
        }
    print(json.dumps(result, indent=2) if options.json else _table(result))


def _table(result: dict[str, Any]) -> str:
    memory = result["resident_mb"]
    lines = [
        f"started in {result['start_seconds']} s, {memory['idle']} MB resident, {memory['after']} MB after the run",
        "",
        "concurrency   req/s   added p50   added p95   added p99   CPU/request   failed",
    ]
    lines += [
        f"{row['concurrency']:>11} {row['requests_per_second']:>7.0f} {row['added_p50_ms']:>8.2f} ms "
        f"{row['added_p95_ms']:>8.2f} ms {row['added_p99_ms']:>8.2f} ms {row['cpu_ms_per_request']:>10.2f} ms "
        f"{row['failed']:>8}"
        for row in result["embedded"]
    ]
    calls = result["aws_calls_per_request"]
    lines += ["", f"AWS calls that one request waits for, on the emulated deployment: {sum(calls.values())}"]
    lines += [f"  {call}{'' if times == 1 else f' x {times}'}" for call, times in calls.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
