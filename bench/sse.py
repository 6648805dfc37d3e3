"""A streaming upstream, a relay that understands nothing, and a driver of streams, on asyncio.

Every chunk carries the moment at which it was sent.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.wire import content_length

_MODEL = re.compile(rb"bench-(\d+)x(\d+)ms")
_DOCUMENT = re.compile(rb"bench-(\d+)kb-by-(\d+)")
_CONTENT = re.compile(rb'"content":"([^"]+)"')
_SENT = re.compile(rb"t(\d{6,})")

_WORDS = ("The ", "payment ", "of ", "<EMAIL", "_1> ", "was ", "made ", "at ", "a ", "shop. ") * 2
"""Twenty chunks, in two of which is a piece of a placeholder."""

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


@dataclass
class Streams:
    """What a run showed, in milliseconds: each first word since its request, each chunk since it was sent."""

    firsts: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    chunks: int = 0
    failed: int = 0

    def first_percentile(self, share: float) -> float:
        return _percentile(self.firsts, share)

    def delay_percentile(self, share: float) -> float:
        return _percentile(self.delays, share)


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def serve_streams(port: int) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", port, limit=2**20)
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As many chunks and as far apart as the name of the model says."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            asked = await reader.readexactly(content_length(head))
            writer.write(_HEAD)
            if document := _DOCUMENT.search(asked):
                await _write_document(writer, kilobytes=int(document[1]), size=int(document[2]))
            else:
                await _write_words(writer, _MODEL.search(asked))
            if writer.is_closing():
                return
            writer.write(_chunk(None) + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _write_words(writer: asyncio.StreamWriter, model: re.Match[bytes] | None) -> None:
    count, pause = (int(model[1]), int(model[2]) / 1000) if model else (1, 0.0)
    for number in range(count):
        writer.write(_chunk(f"t{time.monotonic_ns()} {_WORDS[number % len(_WORDS)]}"))
        if pause:
            await asyncio.sleep(pause)
        if writer.is_closing():
            return


async def _write_document(writer: asyncio.StreamWriter, *, kilobytes: int, size: int) -> None:
    """JSON of so many kilobytes, in pieces of so many characters, as fast as it is taken."""
    text = document(kilobytes)
    for at in range(0, len(text), size):
        writer.write(_chunk(text[at : at + size]))
        await writer.drain()


def document(kilobytes: int) -> str:
    """Records with fields as agents fill them: names, addresses of mail, numbers and sentences, each record new."""
    records: list[str] = []
    length = 0
    while length < 1024 * kilobytes:
        number = len(records)
        record = {
            "id": number,
            "name": f"Maria Gomez-{number}",
            "email": f"maria{number}@corp.example.org",
            "amount": number / 7,
            "note": f"Case {number}: she called on Monday about a payment that she does not recognise, and waits.",
        }
        records.append(json.dumps(record))
        length += len(records[-1]) + 2
    return f"[{', '.join(records)}]"


class _Relay(asyncio.Protocol):
    """Passes bytes between its client and `upstream`: the least that a relay in Python can do."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._there: asyncio.Transport | None = None
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._here = transport
        self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._there, _ = await loop.create_connection(lambda: _Back(self._here), "127.0.0.1", self._upstream)
        self._there.write(self._early)

    def data_received(self, data: bytes) -> None:
        if self._there is None:
            self._early += data
        else:
            self._there.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._there is not None:
            self._there.close()


class _Back(asyncio.Protocol):
    def __init__(self, here: Any) -> None:
        self._here = here

    def data_received(self, data: bytes) -> None:
        self._here.write(data)


async def serve_relay(port: int, upstream: int) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Relay(upstream), "127.0.0.1", port)
    await server.serve_forever()


def _chunk(text: str | None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": None if text else "stop"}
    event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "bench-1", "choices": [choice]}
    if text is None:
        event["usage"] = {"prompt_tokens": 250, "completion_tokens": 200, "total_tokens": 450}
    return _framed(b"data: %b\n\n" % json.dumps(event, separators=(",", ":")).encode())


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def drive_streams(port: int, request: Callable[[int], bytes], *, concurrency: int, requests: int) -> Streams:
    """Read `requests` streams to their ends over `concurrency` kept-alive connections."""
    numbers, streams = iter(range(requests)), Streams()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for number in numbers:
            await _read(reader, writer, request(number), streams)
        writer.close()

    await asyncio.gather(*(client() for _ in range(concurrency)))
    return streams


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, streams: Streams) -> None:
    started, first = time.perf_counter(), True
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        streams.failed += 1
        await reader.readexactly(content_length(head))
        return
    while size := int(await reader.readline(), 16):
        data = await reader.readexactly(size + 2)
        now = time.monotonic_ns()
        words = _CONTENT.findall(data)
        if words and first:
            streams.firsts.append((time.perf_counter() - started) * 1000)
            first = False
        streams.chunks += len(words)
        streams.delays += [(now - int(sent)) / 1e6 for sent in _SENT.findall(data)]
        streams.failed += b'"error"' in data
    await reader.readline()
