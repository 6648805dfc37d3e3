"""A bare HTTP/1.1 upstream and load driver on asyncio: fast enough that what is measured is the gateway."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

ANSWER = {
    "id": "chatcmpl-bench",
    "object": "chat.completion",
    "created": 1700000000,
    "model": "bench-1",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "The quick brown fox jumps over the lazy dog. " * 18},
        }
    ],
    "usage": {"prompt_tokens": 250, "completion_tokens": 200, "total_tokens": 450},
}
"""About 200 tokens."""


class _Upstream(asyncio.Protocol):
    """Answers every POST with ANSWER, at once."""

    def __init__(self) -> None:
        body = json.dumps(ANSWER).encode()
        self._answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
            len(body),
            body,
        )
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            length = content_length(self._waiting[:end])
            if len(self._waiting) < end + 4 + length:
                return
            self._waiting = self._waiting[end + 4 + length :]
            self._transport.write(self._answer)  # type: ignore[attr-defined]


async def serve_upstream(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Upstream, "127.0.0.1", port)
    await server.serve_forever()


def content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


@dataclass
class Load:
    """What a run of requests showed. Latencies in milliseconds, each request's own."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def drive(port: int, request: Callable[[int], bytes], *, concurrency: int, requests: int) -> Load:
    """Send `requests` requests over `concurrency` kept-alive connections as fast as they are answered."""
    numbers = iter(range(requests))
    load = Load(0.0)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for number in numbers:
            started = time.perf_counter()
            writer.write(request(number))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(content_length(head))
            load.latencies.append((time.perf_counter() - started) * 1000)
            load.failed += not head.startswith(b"HTTP/1.1 200")
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    load.seconds = time.perf_counter() - started
    return load
