"""What the gateway adds to a request: `python -m bench.overhead [--json]`.

One gateway process on the embedded backend with every protection on (key, policy, limits and budget, redaction, cache
lookup, routing, audit, settlement) in front of an upstream that answers at once, and the upstream alone, in turn in one
run. Each prompt is new (no cache hits), about 1 KB of prose with an e-mail address, a card number and an IBAN in it.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.aws_calls import count
from bench.wire import Load, drive, serve_upstream

CONCURRENCIES = (1, 8, 64)

SEED = """
[tenants.bench]
limits = [{{ per = "minute", requests = 1000000, tokens = 1000000000 }}, {{ per = "month", dollars = 1000000 }}]

[[keys]]
name = "bench"
tenant = "bench"
project = "bench"

[routing]
version = "bench"
[routing.targets.upstream]
provider = "openai"
base_url = "http://127.0.0.1:{port}/v1"
model = "bench-1"
privacy = "cloud"
price = {{ input = 0.4, output = 1.6 }}
[routing.routes.bench]
targets = ["upstream"]
"""

PROSE = (
    "The customer called on Monday about a payment that she does not recognise. She says that the shop is unknown to "
    "her and that the card never left her purse. The merchant answers slowly and sends us from one desk to the next. "
) * 4


def request(path: str, key: str, model: str, number: int, *, stream: bool = False) -> bytes:
    text = (
        f"Case {uuid.uuid4()}. {PROSE} Her address is user{number}@example.com, the card is 4111 1111 1111 1111 and "
        "the refund goes to GB33 BUKB 2020 1555 5555 55."
    )
    messages = [{"role": "user", "content": text}]
    fields = {"model": model, "max_tokens": 16000 if stream else 300, "stream": stream, "messages": messages}
    body = json.dumps(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Process:
    """One that is measured."""

    process: subprocess.Popen[str]
    port: int

    def cpu_seconds(self) -> float:
        """User and system time of the process so far, from the kernel's own account."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Gateway(Process):
    """A gateway process of its own, on a folder of its own."""

    def __init__(
        self,
        folder: Path,
        upstream: int,
        port: int,
        seed: str = SEED,
        options: tuple[str, ...] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        file = folder / "seed.toml"
        file.write_text(seed.format(port=upstream))
        started = time.perf_counter()
        command = [sys.executable, "-m", "sallyport_cli", "up", "--port", str(port), "--data", str(folder / "data")]
        command += ["--seed", str(file), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self.port = port
        self._arguments = (folder, upstream, port, seed, options, environment)
        self.key = self._key()
        self.start_seconds = time.perf_counter() - started

    def _key(self) -> str:
        key = ""
        for line in self.process.stdout or ():
            if match := re.search(r"sp_[a-z0-9]{12}_[\w-]{43}", line):
                key = match[0]
            if "Ctrl-C" in line:
                return key
        raise SystemExit("The gateway did not start.")

    def again(self) -> "Gateway":
        """The same on the same folder, once it has ended; the key is still the first one's."""
        gateway = Gateway(*self._arguments)
        gateway.key = self.key
        return gateway

    def resident_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)


async def measure(gateway: Gateway, upstream: int, requests: int, rounds: int) -> list[dict[str, Any]]:
    def via(number: int) -> bytes:
        return request("/v1/chat/completions", gateway.key, "bench", number)

    def direct(number: int) -> bytes:
        return request("/v1/chat/completions", "none", "bench-1", number)

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
    upstream_port = options.port + 1
    upstream = subprocess.Popen([sys.executable, "-m", "bench.overhead", "--upstream", str(upstream_port)])
    try:
        with tempfile.TemporaryDirectory() as folder:
            gateway = Gateway(Path(folder), upstream_port, options.port)
            idle = gateway.resident_mb()
            rows = asyncio.run(measure(gateway, upstream_port, options.requests, options.rounds))
            result = {
                "start_seconds": round(gateway.start_seconds, 2),
                "resident_mb": {"idle": round(idle, 1), "after": round(gateway.resident_mb(), 1)},
                "embedded": rows,
                "aws_calls_per_request": count(),
            }
            gateway.stop()
    finally:
        upstream.kill()
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
