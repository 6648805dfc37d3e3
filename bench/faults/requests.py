"""Requests that are too large, malformed, or meant to be read in two ways."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from bench.faults.place import Finding, Place, new_nonce

MIB = 1024 * 1024
_MALFORMED = "gzip, 100,000 levels, 300,000 keys, repeated keys, NaN, 10^400"


async def large(place: Place) -> Finding:
    """A long prompt is served; what is too large is refused before it is read, or as soon as it shows."""
    before = place.gateway.resident_mb()
    served = await place.ask("echo", text="word " * (MIB // 5))
    grown = place.gateway.resident_mb() - before
    started = time.monotonic()
    declared = (await _raw(place, _head(64 * MIB)))[:12]
    seconds = time.monotonic() - started
    chunked = await place.client.post("/v1/chat/completions", content=_endless(64))
    return Finding(
        "1 MB of prompt; 64 MB declared; 64 MB chunked without a length",
        "200 with less than 3 times the body in memory; 413 within 50 ms; 413",
        f"{served.status_code} with {grown:.1f} MB; {declared.decode()} after {seconds * 1000:.0f} ms; "
        f"{chunked.status_code}",
        served.status_code == 200
        and grown <= 12  # the first large body also grows the heap for good
        and declared == b"HTTP/1.1 413"
        and seconds <= 0.05
        and chunked.status_code == 413,
    )


async def malformed(place: Place) -> Finding:
    """Each is refused with 400 or 413, or read in the one way that JSON allows; none harms others."""
    bodies = list(_malformed(place.times(200)))
    statuses: dict[int, int] = {}
    for body in bodies:
        reply = await place.client.post("/v1/chat/completions", content=body)
        statuses[reply.status_code] = statuses.get(reply.status_code, 0) + 1
    alive = (await place.ask("echo")).status_code == 200
    return Finding(
        f"{_MALFORMED}, wrong types",
        "no 5xx, the gateway lives",
        f"{len(bodies)} bodies: {statuses}; alive: {alive}",
        alive and all(status < 500 for status in statuses) and 400 in statuses,
    )


async def cost_of_malformed(place: Place) -> Finding:
    """On the average of ten times: the kernel's account has hundredths of a second."""
    costs = []
    for body in _malformed(place.times(200)):
        before = place.gateway.cpu_seconds()
        for _ in range(10):
            await place.client.post("/v1/chat/completions", content=body)
        costs.append((place.gateway.cpu_seconds() - before) / 10)
    return Finding(
        f"the same, by what they cost: {_MALFORMED}",
        "at most 50 ms of CPU each",
        f"{len(costs)} bodies, at most {max(costs) * 1000:.0f} ms",
        max(costs) <= 0.05,
    )


async def characters(place: Place) -> Finding:
    """Text reaches the provider as it was sent, to the byte, or is refused."""
    refused, carried, wrong = 0, 0, 0
    for text in _texts():
        nonce = new_nonce()
        raw = json.dumps({"model": "echo", "messages": [{"role": "user", "content": "@"}]}).encode()
        reply = await place.client.post("/v1/chat/completions", content=raw.replace(b"@", f"{nonce} ".encode() + text))
        if reply.status_code == 400:
            refused += 1
        elif reply.status_code == 200:
            sent = json.loads(b'"%b"' % text)
            there = place.upstream.seen[nonce].body["messages"][-1]["content"]
            carried += there == f"{nonce} {sent}"
            wrong += there != f"{nonce} {sent}"
        else:
            wrong += 1
    return Finding(
        "invalid UTF-8, half surrogates, NUL, controls, bidi marks, combining characters",
        "400, or carried as it was",
        f"{carried} carried, {refused} refused, {wrong} otherwise",
        wrong == 0 and carried > 0 and refused > 0,
    )


async def smuggled(place: Place) -> Finding:
    """A request that two servers could read differently is refused, and its connection closed."""
    wrong = []
    for name, head in _smuggled(place.gateway.key):
        answer = await _raw(place, head, whole=True)
        answers = answer.count(b"HTTP/1.1 ")
        if answers > 1 or (answers == 1 and not answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))):
            wrong.append(name)
    count = len(list(_smuggled("")))
    return Finding(
        "two lengths, length and chunks, space before a colon, folded and oversized headers, bad chunks",
        "400, 431 or hung up on, and never two answers",
        f"{count - len(wrong)} of {count}{': not ' + ', '.join(wrong) if wrong else ''}",
        not wrong,
    )


SCENARIOS = {11: [large], 12: [malformed, cost_of_malformed], 13: [characters], 18: [smuggled]}


def _malformed(count: int) -> Iterator[bytes]:
    message = b'"messages":[{"role":"user","content":"hi"}]'
    plain = b'{"model":"echo",' + message + b"}"
    yield gzip.compress(b"0" * 10 * MIB)
    yield b"[" * 100_000 + b"]" * 100_000
    yield b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield b'{"model":"echo","metadata":{' + b",".join(b'"k%d":"v"' % n for n in range(300_000)) + b"}," + message + b"}"
    yield b'{"model":"gone","model":"echo",' + message + b"}"
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"1" * 5000, b"-", b"0x10", b"01"):
        yield b'{"model":"echo","temperature":' + number + b"," + message + b"}"
    for value in (b"null", b"true", b"1", b'""', b"[]", b"{}", b"[[]]", b'[{"role":1}]', b'[{"content":{}}]'):
        yield b'{"model":"echo","messages":' + value + b"}"
    for cut in range(max(0, count - 22)):
        yield plain[: cut % len(plain)] + bytes([cut % 256]) * (cut // len(plain))


def _texts() -> Iterator[bytes]:
    yield from (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\\ud800", b"\\udc00\\ud800", b"a\x01b")
    yield from (b"\\u0000", b"a\\u0008b", "\u202eright to left\u202c".encode(), "e\u0301 \ufeff \u200b".encode())
    yield from ("\U0001f468\u200d\U0001f469".encode(), b"\\ud83d\\ude00", "\x7f\x85\u2028\u2029".encode(), b"\\\\ \\/")


def _smuggled(key: str) -> Iterator[tuple[str, bytes]]:
    body = b'{"model":"echo","messages":[]}'
    start = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + key.encode() + b"\r\n"
    hidden = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    length, chunked = b"content-length: %d\r\n" % len(body), b"transfer-encoding: chunked\r\n"
    yield "length and chunks", start + length + chunked + b"\r\n0\r\n\r\n" + hidden
    yield "two lengths", start + length + b"content-length: 3\r\n\r\n" + body + hidden
    yield "space before the colon", start + b"content-length : 5\r\n\r\n" + body + hidden
    yield "a folded header", start + b"x-a: b\r\n c: d\r\n" + length + b"\r\n" + body
    yield "a bad chunk", start + chunked + b"\r\nzz\r\n" + hidden
    yield "a chunk without end", start + chunked + b"\r\nfffffffffffffffffff\r\n" + hidden
    yield "a plus in the length", start + b"content-length: +5\r\n\r\n" + body + hidden
    yield "256 KB of header", start + b"x-big: " + b"a" * 256 * 1024 + b"\r\n\r\n"
    yield "a bare line feed", start.replace(b"\r\n", b"\n") + b"\n" + hidden
    yield "a NUL in a header", start + b"x-a: \x00\r\n" + length + b"\r\n" + body


def _head(length: int) -> bytes:
    return (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {{key}}\r\n"
        f"content-length: {length}\r\n\r\n"
    ).encode()


async def _endless(megabytes: int) -> AsyncIterator[bytes]:
    for _ in range(megabytes):
        yield b"x" * MIB


async def _raw(place: Place, sent: bytes, *, whole: bool = False) -> bytes:
    """The first of what comes back, or all that comes within a second after it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.gateway.port)
    answer: Any = b""
    try:
        writer.write(sent.replace(b"{key}", place.gateway.key.encode()))
        answer = await asyncio.wait_for(reader.read(4096), 15)
        while whole and (more := await asyncio.wait_for(reader.read(4096), 1)):
            answer += more
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return bytes(answer)
