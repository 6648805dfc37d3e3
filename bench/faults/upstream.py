"""An upstream on asyncio that goes wrong as the name of its model says, and remembers what it saw.

It speaks as an OpenAI-compatible server does, and as Anthropic's, and streams as Bedrock's ConverseStream, too.

The last message begins with a nonce, by which a scenario asks what became of its request. A stream is twenty words,
each with the nonce in it, 5 ms apart.
"""

import asyncio
import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.faults.wires import EventStream, MessageEvents, ServerSentEvents, WholeWire, Wire
from bench.wire import content_length

WORDS, PACE = 20, 0.005
_HANDSHAKE = b"\x16"
_CONVERSE = re.compile(rb"POST /model/([^/]+)/converse-stream ")
_SSE, _MESSAGES, _FRAMES = ServerSentEvents(), MessageEvents(), EventStream()


@dataclass
class Seen:
    """Of one request: its body, the words that were sent, and when the other side hung up (monotonic seconds)."""

    body: dict[str, Any]
    words: list[str] = field(default_factory=list)
    left_at: float | None = None


class Upstream:
    """Serves on `port` of this event loop until it is closed."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.asked: Counter[str] = Counter()
        self.failing = 0.0
        """The share of calls of `weather` that fail."""
        self.accepted: frozenset[str] = frozenset()
        """The credentials with which `guarded` may be called."""
        self.port = 0

    async def __aenter__(self) -> "Upstream":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**24, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                first = await reader.readexactly(1)
                if first == _HANDSHAKE:
                    writer.write(_response(400, b"This is no TLS."))
                    break
                head = first + await reader.readuntil(b"\r\n\r\n")
                body = json.loads(await reader.readexactly(content_length(head)))
                if body.get("model") == "guarded" and not self._may(head):
                    writer.write(_response(401, b'{"error": {"message": "internal detail"}}'))
                    continue
                seen = self.seen[nonce_of(body)] = Seen(body)
                self.asked[nonce_of(body)] += 1
                if converse := _CONVERSE.match(head):
                    await self._stream(converse[1].decode(), _FRAMES, seen, reader, writer)
                else:
                    wire = _MESSAGES if head.startswith(b"POST /v1/messages ") else _SSE
                    await self._answer(body["model"], wire, seen, reader, writer)
                if converse or body.get("stream") or writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()

    def _may(self, head: bytes) -> bool:
        return any(b"Bearer %b\r\n" % each.encode() in head for each in self.accepted)

    async def _answer(
        self, model: str, wire: WholeWire, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match model:
            case "reset":
                writer.transport.abort()
            case "half":
                writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"id":')
                writer.close()
            case "garbage":
                writer.write(_response(200, b'{"id": nonsense'))
            case "html":
                writer.write(_response(200, b"<html>Traceback (most recent call last)</html>", b"text/html"))
            case "first-hangs" if self.asked[nonce_of(seen.body)] == 1:
                await self._gone(seen, reader)
            case "second":
                await asyncio.sleep(1.0)
                writer.write(_response(200, wire.whole("late")))
            case "two-seconds":
                await asyncio.sleep(2.0)
                writer.write(_response(200, wire.whole("later")))
            case "weather" if random.random() < self.failing:
                writer.write(_response(500, b'{"error": {"message": "internal detail"}}'))
            case "mute":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n")
                await self._gone(seen, reader)
            case "drip":
                await self._drip(seen, reader, writer)
            case "long":
                writer.write(_refusal("context_length_exceeded"))
            case "refusal":
                writer.write(_refusal("content_filter"))
            case _ if model.startswith("status-"):
                _, status, *after = model.split("-")
                hint = b"".join(b"retry-after: %b\r\n" % each.encode() for each in after)
                writer.write(_response(int(status), b'{"error": {"message": "internal detail"}}', headers=hint))
            case "hang":
                await self._gone(seen, reader)
            case "huge":
                writer.write(_response(200, wire.whole("x" * 40_000_000)))
            case "endless":
                await self._talk_on(seen, writer)
            case _ if seen.body.get("stream"):
                await self._stream(model, wire, seen, reader, writer)
            case _:
                await asyncio.sleep(PACE)
                writer.write(_response(200, wire.whole(f"{nonce_of(seen.body)} is here")))

    async def _stream(
        self, model: str, wire: Wire, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """`cut-7` breaks off after seven words, and so on; `slow` waits a second before its first word."""
        nonce, (how, _, at) = nonce_of(seen.body), model.partition("-")
        if how == "slow" and await self._left_within(1.0, seen, reader):
            return
        writer.write(wire.begin)
        for number in range(WORDS):
            if str(number) == at:
                await self._break(how, wire, seen, reader, writer)
                return
            seen.words.append(f"{nonce}.{number}")
            writer.write(wire.word(seen.words[-1] + " "))
            if await self._left_within(0.1 if how == "paced" else PACE, seen, reader):
                return
        writer.write(wire.end)

    async def _drip(self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A byte, or a comment of a stream, now and then."""
        streamed = bool(seen.body.get("stream"))
        plain = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n"
        writer.write(_SSE.begin if streamed else plain)
        while not await self._left_within(0.3, seen, reader):
            writer.write(b": still here\n\n" if streamed else b" ")

    async def _talk_on(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        """For ever, or until the other side hangs up."""
        writer.write(_SSE.begin)
        try:
            while not writer.is_closing():
                writer.write(_SSE.word("![x](https://evil.example/?q=1) " * 32))
                await writer.drain()
        finally:
            seen.left_at = time.monotonic()

    async def _break(
        self, how: str, wire: Wire, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match how:
            case "stall":
                await self._gone(seen, reader)
            case "error":
                writer.write(wire.error)
            case "spoil":
                writer.write(wire.spoilt)

    async def _left_within(self, seconds: float, seen: Seen, reader: asyncio.StreamReader) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._gone(seen, reader)
                return True
        except TimeoutError:
            return False

    async def _gone(self, seen: Seen, reader: asyncio.StreamReader) -> None:
        """Until the other side hangs up."""
        try:
            await reader.read()
        finally:
            if reader.at_eof() or reader.exception():
                seen.left_at = time.monotonic()


def nonce_of(body: dict[str, Any]) -> str:
    content = body["messages"][-1]["content"]
    text = content if isinstance(content, str) else content[0]["text"]
    return str(text[:80]).partition(" ")[0]


def _response(status: int, body: bytes, kind: bytes = b"application/json", headers: bytes = b"") -> bytes:
    head = b"HTTP/1.1 %d X\r\ncontent-type: %b\r\n%bcontent-length: %d\r\n\r\n"
    return head % (status, kind, headers, len(body)) + body


def _refusal(code: str) -> bytes:
    return _response(400, json.dumps({"error": {"message": "internal detail", "code": code}}).encode())
