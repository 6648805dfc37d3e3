"""The stores of an embedded gateway, each failing alone: SQLite, the disk, open files, the keyring, Redis."""

import asyncio
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.faults.place import Finding, Place, Scenario
from bench.faults.plain import in_folder
from bench.faults.steady import ANSWERED, wrong_in_the_books
from bench.faults.stores import Behind, StoreFault, played
from bench.redis_server import KEPT, RedisServer
from sallyport_local.backend import EmbeddedBackend

SETTLED_SECONDS = 30
START_SECONDS = 5.0

SEED = """
[routing.targets.stored]
provider = "openai"
base_url = "http://127.0.0.1:{port}/v1"
model = "echo"
privacy = "cloud"
timeout_seconds = 10
price = {{ input = 2.0, output = 8.0 }}
[routing.routes.stored]
targets = ["stored"]
"""

_NO_STORE = "503 store_unavailable"
UNWRITTEN = ("503 audit_unavailable", _NO_STORE)
"""What stopped the request cannot be recorded either, which is the last that is told."""

_OPEN, _ASIDE = b"{sallyport/ledger}/open", b"{sallyport/ledger}/aside"


@dataclass(frozen=True)
class Own:
    """A gateway, and the servers that it was told to use."""

    place: Place
    ledger: RedisServer | None = None
    cache: RedisServer | None = None


type During = Callable[[Own], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def locked(own: Own) -> AsyncIterator[None]:
    """Another process has SQLite's write lock."""
    with closing(sqlite3.connect(own.place.data / "sallyport.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def limited(what: int, most: Callable[[Place], int]) -> During:
    """The kernel lets the process have no more of something."""

    @asynccontextmanager
    async def during(own: Own) -> AsyncIterator[None]:
        process = own.place.gateway.process.pid
        before, hard = resource.prlimit(process, what)
        resource.prlimit(process, what, (most(own.place), hard))
        try:
            yield
        finally:
            resource.prlimit(process, what, (before, hard))

    return during


def _open_files(place: Place) -> int:
    return len(list(Path(f"/proc/{place.gateway.process.pid}/fd").iterdir()))


_NO_FILES = limited(resource.RLIMIT_NOFILE, _open_files)


def redis(which: str, begin: Callable[[RedisServer], Any], end: Callable[[RedisServer], Any]) -> During:
    @asynccontextmanager
    async def during(own: Own) -> AsyncIterator[None]:
        server: RedisServer = getattr(own, which)
        begin(server)
        try:
            yield
        finally:
            await asyncio.to_thread(end, server)

    return during


def _garbage(server: RedisServer) -> None:
    """What nobody put there, in the place of everything that is there."""
    for line in server.command(b"KEYS", b"*").split(b"\r\n"):
        if b"sallyport" in line:
            server.command(b"SET", line, b"garbage")


# At once: what is reserved between two commands would be lost for good, and nobody could count it.
_SPOIL = b"redis.call('RENAME', KEYS[1], KEYS[2]) redis.call('SET', KEYS[1], 'garbage')"
_MEND = b"redis.call('RENAME', KEYS[2], KEYS[1])"


def _spoil(server: RedisServer) -> None:
    server.command(b"EVAL", _SPOIL, b"2", _OPEN, _ASIDE)


def _mend(server: RedisServer) -> None:
    server.command(b"EVAL", _MEND, b"2", _OPEN, _ASIDE)


def _full(server: RedisServer) -> None:
    server.command(b"CONFIG", b"SET", b"maxmemory", b"1")


def _room(server: RedisServer) -> None:
    server.command(b"CONFIG", b"SET", b"maxmemory", b"0")


def _nothing(server: RedisServer) -> None:
    pass


def _flush(server: RedisServer) -> None:
    server.command(b"FLUSHALL")


def fault(row: int, store: str, how: str, during: During, *told: str, **more: Any) -> StoreFault[Own]:
    return StoreFault(row, store, how, told, during, **more)


FAULTS: tuple[StoreFault[Own], ...] = (
    fault(37, "SQLite", "locked by another process for 2 s", locked, ANSWERED, within=2.5, lasts=2, waits=True),
    fault(37, "SQLite", "locked for 9 s or longer", locked, *UNWRITTEN, within=9, lasts=9, again=1, short=False),
    fault(37, "the disk", "full", limited(resource.RLIMIT_FSIZE, lambda place: 0), *UNWRITTEN, within=3, lasts=4),
    fault(37, "open files", "none left", _NO_FILES, ANSWERED),
    fault(37, "open files", "none left", _NO_FILES, ANSWERED, "hung up on", kind="anew"),
)

_AT_ONCE: Mapping[str, float] = MappingProxyType({"within": 0.2, "first": 0.1})

ON_REDIS: tuple[StoreFault[Own], ...] = (
    fault(32, "Redis, ledger", "frozen", redis("ledger", RedisServer.freeze, RedisServer.thaw), _NO_STORE, again=1),
    fault(32, "Redis, ledger", "killed", redis("ledger", RedisServer.kill, RedisServer.start), _NO_STORE, again=1),
    fault(32, "Redis, ledger", "full", redis("ledger", _full, _room), _NO_STORE, again=1),
    fault(32, "Redis, ledger", "wrong data", redis("ledger", _spoil, _mend), _NO_STORE),
    fault(32, "Redis, cache", "frozen", redis("cache", RedisServer.freeze, RedisServer.thaw), ANSWERED, **_AT_ONCE),
    fault(32, "Redis, cache", "killed", redis("cache", RedisServer.kill, RedisServer.start), ANSWERED, **_AT_ONCE),
    fault(32, "Redis, cache", "wrong data", redis("cache", _garbage, _nothing), ANSWERED, **_AT_ONCE),
    fault(32, "Redis, cache", "flushed", redis("cache", _flush, _nothing), ANSWERED, **_AT_ONCE, short=False),
)


async def disk(place: Place) -> list[Finding]:
    """SQLite, the disk and open files."""
    async with place.another(seed=SEED) as gateway:
        return await played(FAULTS, behind(Own(gateway), {}), place.scale)


async def servers(place: Place) -> list[Finding]:
    """A ledger and a cache in Redis."""
    with (
        tempfile.TemporaryDirectory() as folder,
        RedisServer(Path(folder), *KEPT) as ledger,
        RedisServer(Path(folder)) as cache,
    ):
        environment = {"LEDGER_URL": ledger.url, "CACHE_URL": cache.url}
        async with place.another(seed=SEED, environment=environment) as gateway:
            own = Own(gateway, ledger, cache)
            return await played(ON_REDIS, behind(own, environment), place.scale)


async def keyring(place: Place) -> Finding:
    """A gateway whose keyring cannot be read does not start, and says why."""
    return await asyncio.to_thread(_start_without_keyring)


SCENARIOS: Mapping[int, Sequence[Scenario]] = {32: [servers], 33: [keyring], 37: [disk]}


def behind(own: Own, environment: dict[str, str]) -> Behind[Own]:
    """Its books are looked at in its folder, with this environment's stores."""
    gateway = own.place.gateway

    def look(answered: set[str]) -> list[str]:
        backend = EmbeddedBackend.open(own.place.data, environment=environment)
        with closing(backend):
            if dead := backend.events.dead_letters():
                return [f"{len(dead)} dead letters"]
            # As an operator does who has mended it: what failed twice would wait for two minutes.
            backend.events.redrive()
            end = time.monotonic() + SETTLED_SECONDS
            while not backend.events.is_empty():
                if time.monotonic() > end:
                    return ["the queues do not empty"]
                time.sleep(0.1)
            with closing(sqlite3.connect(own.place.data / "sallyport.db")) as database:
                whole = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            wrong = wrong_in_the_books(backend, answered, time.time(), in_folder(own.place.data))
            return wrong if whole else [*wrong, "the database is damaged"]

    async def check(answered: set[str]) -> list[str]:
        return await asyncio.to_thread(look, answered)

    return Behind(f"http://127.0.0.1:{gateway.port}", gateway.key, own.place.upstream, own, check)


def _start_without_keyring() -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        EmbeddedBackend.open(data).close()
        (data / "keyring.json").write_text("nonsense")
        command = [sys.executable, "-m", "sallyport_cli", "up", "--port", "0", "--data", str(data)]
        started = time.monotonic()
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
        seconds = time.monotonic() - started
    said = ended.stderr.strip().splitlines()
    return Finding(
        "the keyring: damaged, at the start",
        f"no start; why, and what to do, within {START_SECONDS} s",
        f"exit code {ended.returncode} after {seconds:.1f} s: {said[-1] if said else 'nothing'}",
        ended.returncode == 1 and "keyring" in ended.stderr and seconds <= START_SECONDS,
    )
