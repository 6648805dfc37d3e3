"""A gateway with little: 10 MB of disk, or 256 open files. At full scale alone, for root must mount the disk."""

import asyncio
import contextlib
import os
import resource
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bench.faults.own_stores import SEED, UNWRITTEN, Own, behind, fault, limited
from bench.faults.place import Finding, Place
from bench.faults.steady import ANSWERED
from bench.faults.stores import StoreFault, played

DISK, LARGER_DISK, FILES, SOCKETS = "10m", "100m", 256, 400
NORMAL_SECONDS = 10
_BALLAST_BYTES = 64 * 1024


@asynccontextmanager
async def filled(own: Own) -> AsyncIterator[None]:
    """Somebody else's file takes what is left of the disk, until that file goes and the disk grows."""
    folder = own.place.data.parent
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(_BALLAST_BYTES)) == _BALLAST_BYTES:
            pass
    try:
        yield
    finally:
        ballast.unlink()
        _mount("-o", f"remount,size={LARGER_DISK}", str(folder.parent))


@asynccontextmanager
async def crowded(own: Own) -> AsyncIterator[None]:
    """More sockets than it may have files open, none of which says anything."""
    async with limited(resource.RLIMIT_NOFILE, lambda _: FILES)(own):
        port = own.place.gateway.port
        opened = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(SOCKETS)))
        try:
            yield
        finally:
            for _, writer in opened:
                writer.close()


ON_A_SMALL_DISK: tuple[StoreFault[Own], ...] = (
    fault(37, "a disk of 10 MB", "full", filled, *UNWRITTEN, within=3, lasts=4, again=NORMAL_SECONDS, short=False),
)
WITH_FEW_FILES: tuple[StoreFault[Own], ...] = (
    fault(
        37,
        "256 open files",
        "400 sockets",
        crowded,
        ANSWERED,
        "hung up on",
        kind="anew",
        within=15,
        lasts=4,
        again=NORMAL_SECONDS,
        short=False,
    ),
)


async def disk(place: Place) -> list[Finding]:
    """Real, and full."""
    if place.scale < 1:
        return []
    with mounted() as folder:
        async with place.another(seed=SEED, within=folder) as gateway:
            return await played(ON_A_SMALL_DISK, behind(Own(gateway), {}), place.scale)


async def files(place: Place) -> list[Finding]:
    if place.scale < 1:
        return []
    async with place.another(seed=SEED) as gateway:
        return await played(WITH_FEW_FILES, behind(Own(gateway), {}), place.scale)


SCENARIOS = {37: [disk, files]}


@contextmanager
def mounted() -> Iterator[Path]:
    """A file system of so many bytes, in memory."""
    if os.geteuid() != 0:
        raise SystemExit("Only root may mount a small disk. Play the other rows, or a smaller scale.")
    with tempfile.TemporaryDirectory() as folder:
        _mount("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
