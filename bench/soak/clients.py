"""Clients of every kind, and what each of them saw. Some leave before the end."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from bench.soak.scene import MODELS, TENANTS

type Manner = Literal["whole", "stream", "whole, leaves", "stream, leaves"]

_MANNERS: tuple[tuple[Manner, float], ...] = (
    ("whole", 0.45),
    ("stream", 0.40),
    ("whole, leaves", 0.05),
    ("stream, leaves", 0.10),
)
_TENANT_WEIGHTS = (5, 3, 2)


@dataclass
class Seen:
    """Of one request. `mark` is its first word; `status` 0 when no response was seen.

    `end`: `answered` to its last word, `refused` with a status and an error, `broken` with an error in the middle,
    `left`, or `lost`, which must not be: neither an answer nor an error.
    """

    mark: str
    tenant: str
    manner: Manner
    end: Literal["answered", "refused", "broken", "left", "lost"] = "lost"
    status: int = 0
    request_id: str | None = None


async def arrive(url: str, keys: Mapping[str, str], rate: float, seconds: float, seen: list[Seen]) -> None:
    """An open loop: so many a second, however they fare, for so long. All of them have ended when it returns."""
    draw, started, number = random.Random(4), time.monotonic(), 0
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client, asyncio.TaskGroup() as tasks:
        while (at := number / rate) < seconds:
            await asyncio.sleep(max(0.0, started + at - time.monotonic()))
            number += 1
            each = Seen(
                mark=f"mark-{number}",
                tenant=draw.choices(TENANTS, _TENANT_WEIGHTS)[0],
                manner=draw.choices([name for name, _ in _MANNERS], [share for _, share in _MANNERS])[0],
            )
            seen.append(each)
            tasks.create_task(_ask(client, keys[each.tenant], draw.choice(MODELS), draw.uniform(0.005, 0.4), each))


async def _ask(client: httpx.AsyncClient, key: str, model: str, patience: float, seen: Seen) -> None:
    """Whoever leaves does so after `patience` seconds."""
    leaves = seen.manner.endswith("leaves")
    try:
        async with asyncio.timeout(patience if leaves else None):
            await _read(client, key, model, seen)
    except TimeoutError:
        seen.end = "left"
    except httpx.HTTPError:
        seen.end = "lost"


async def _read(client: httpx.AsyncClient, key: str, model: str, seen: Seen) -> None:
    streamed = seen.manner.startswith("stream")
    text = f"{seen.mark} The refund of ann{seen.mark}@example.com goes to GB33 BUKB 2020 1555 5555 55."
    body = {"model": model, "stream": streamed, "max_tokens": 300, "messages": [{"role": "user", "content": text}]}
    headers = {"authorization": f"Bearer {key}"}
    async with client.stream("POST", "/v1/chat/completions", json=body, headers=headers) as reply:
        seen.status, seen.request_id = reply.status_code, reply.headers.get("x-request-id")
        if reply.status_code != 200:
            seen.end = "refused" if "error" in json.loads(await reply.aread()) else "lost"
        elif not streamed:
            seen.end = "answered" if "choices" in json.loads(await reply.aread()) else "lost"
        else:
            async for line in reply.aiter_lines():
                if line == "data: [DONE]":
                    seen.end = "answered"
                elif line.startswith('data: {"error"'):
                    seen.end = "broken"
