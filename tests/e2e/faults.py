"""Plays rows of `bench.faults`, some beside others: each of them waits for most of its time."""

import asyncio
from collections.abc import Sequence
from itertools import chain

from bench.faults.__main__ import play
from bench.faults.place import Finding
from sallyport_local.server import bind


def at_once(*parts: Sequence[int], scale: float, times: bool = True) -> list[tuple[int, Finding]]:
    """The findings of all parts. Each has a gateway and an upstream of its own, and plays its rows in turn."""

    async def together() -> list[tuple[int, Finding]]:
        playing = [play([*part], port=free_port(), scale=scale, times=times) for part in parts]
        return [*chain.from_iterable(await asyncio.gather(*playing))]

    return asyncio.run(together())


def free_port() -> int:
    with bind("127.0.0.1", 0) as listening:
        port: int = listening.getsockname()[1]
    return port
