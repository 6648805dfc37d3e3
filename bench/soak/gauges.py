"""What a process holds, and whether that grows."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Sample:
    """Memory in MB; `reservations` are those that are open."""

    seconds: float
    memory: float
    threads: int
    files: int
    sockets: int
    reservations: int


def sample(process: int, data: Path, since: float) -> Sample:
    """Of a process that serves a data folder, from the kernel's account of it; `since` is a monotonic moment."""
    proc = Path(f"/proc/{process}")
    status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    links = [_link(each) for each in (proc / "fd").iterdir()]
    with sqlite3.connect(f"file:{data / 'sallyport.db'}?mode=ro", uri=True) as connection:
        [(reservations,)] = connection.execute("SELECT count(*) FROM reservations WHERE state = 'open'")
    connection.close()
    return Sample(
        seconds=round(time.monotonic() - since, 1),
        memory=round(int(status["VmRSS"].split()[0]) / 1024, 1),
        threads=int(status["Threads"]),
        files=len(links),
        sockets=sum(each.startswith("socket:") for each in links),
        reservations=int(reservations),
    )


async def watch(take: Callable[[], Sample], every: float, samples: list[Sample]) -> None:
    """Until it is cancelled."""
    while True:
        samples.append(await asyncio.to_thread(take))
        await asyncio.sleep(every)


@dataclass(frozen=True)
class Growth:
    """Of one gauge: its median in the second fifth of the run and in the last one, and what may lie between."""

    gauge: str
    early: float
    late: float
    allowed: float

    @property
    def is_growing(self) -> bool:
        return self.late - self.early > self.allowed


def growth(samples: list[Sample]) -> list[Growth]:
    """The first fifth is left out: caches and pools fill. Allowed are a twentieth and what comes and goes by itself.

    Of memory, SQLite's page caches: 2 MB for each of some five connections, which fill as the database grows.
    """
    fifth = max(1, len(samples) // 5)
    early, late = samples[fifth : 2 * fifth] or samples, samples[-fifth:]
    spare = {"memory": 8.0, "threads": 6.0, "files": 12.0, "sockets": 10.0, "reservations": 10.0}
    found = []
    for number, gauge in enumerate(each.name for each in fields(Sample)):
        if gauge in spare:
            before, after = (median(astuple(each)[number] for each in part) for part in (early, late))
            found.append(Growth(gauge, before, after, round(before / 20 + spare[gauge], 1)))
    return found


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
