"""Upstreams that never answer, hang up, or answer with nonsense."""

import asyncio
import time

import httpx

from bench.faults.place import TIMEOUT_SECONDS, Finding, Place, new_nonce

_INTERNALS = ("Traceback", "sallyport/", "nonsense", "<html", "urllib3", "127.0.0.1")
"""What no client may see of how it went wrong."""


async def hang(place: Place) -> Finding:
    """An upstream that says nothing is a timeout, and its socket is closed."""
    nonces = [new_nonce() for _ in range(place.times(20))]
    started = time.monotonic()
    replies = await asyncio.gather(*(place.ask("hang", nonce) for nonce in nonces))
    slowest = time.monotonic() - started
    await asyncio.sleep(0.3)
    told = sum(_is_told(reply, 504, "provider_timeout") for reply in replies)
    left = sum(place.upstream.seen[nonce].left_at is not None for nonce in nonces)
    return Finding(
        "the upstream never answers",
        f"504 with Retry-After within {TIMEOUT_SECONDS + 0.5} s; the upstream's socket closed",
        f"{told} of {len(nonces)} are told so, the slowest after {slowest:.1f} s; {left} sockets closed",
        told == left == len(nonces) and slowest <= TIMEOUT_SECONDS + 0.5,
    )


async def nonsense(place: Place) -> Finding:
    """Resets, half bodies, broken JSON and HTML are the upstream's fault, told without what it said."""
    models = ("reset", "half", "garbage", "html")
    count, bad = place.times(250), 0
    for model in models:
        for _ in range(count):
            reply = await place.ask(model)
            bad += not _is_told(reply, 502, "provider_unavailable", "provider_reply_invalid")
    return Finding(
        "the upstream resets, sends half a body, broken JSON or HTML with 200",
        "502 with Retry-After, and nothing of what went on inside",
        f"{bad} of {count * len(models)} are anything else",
        bad == 0,
    )


async def huge(place: Place) -> Finding:
    """A reply without measure is not read to its end."""
    before = place.gateway.resident_mb()
    reply = await place.ask("huge")
    grown = place.gateway.resident_mb() - before
    return Finding(
        "the upstream replies with 40 MB",
        "502, and less than three times as much memory",
        f"{reply.status_code}, {grown:.0f} MB more memory",
        _is_told(reply, 502, "provider_reply_invalid") and grown < 120,
    )


SCENARIOS = {3: [hang], 7: [nonsense, huge]}


def _is_told(reply: httpx.Response, status: int, *codes: str) -> bool:
    """Whether a client learns all that it may, and no more."""
    told = reply.json()["error"]
    hidden = not any(word in reply.text for word in _INTERNALS)
    return hidden and reply.status_code == status and told["code"] in codes and "retry-after" in reply.headers
