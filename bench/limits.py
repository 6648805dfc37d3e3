"""Whether limits are exact: `python -m bench.limits [--runs 50] [--only DynamoDB] [--json]`.

64 and 256 requests at the same moment, against one limit for exactly ten, or for most or all of them, and a wider one
beside it, on every ledger: SQLite, Redis (a server of its own, if `redis-server` is installed), and a double
of DynamoDB with the conflicts between transactions that DynamoDB has and moto has not. Exactly as many as there is room
for must be admitted, and be asked again without being counted again, but for one in a hundred
that may be told to come again; what was taken must never be above the limit; settled twice, each counts once.
"""

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from bench.contended_dynamo import ContendedDynamo
from bench.redis_server import RedisServer
from sallyport.contracts import Hold, Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Granted, Ledger, Refused

CROWDS = ((64, 10), (256, 10), (256, 200), (64, 10**6), (256, 10**6))
"""How many at once, and for how many there is room."""

MOST_FALSE = 0.01
"""The part of a crowd that may be told to come again although there is room."""

NOW = 1_795_198_920.0

type Fault = str
type Opened = Callable[[], Ledger]
"""A ledger for each that asks, which remembers nothing of the others: every container has its own."""


def crowd(opened: Opened, size: int, room: int, run: int) -> dict[str, int]:
    """One run. How many were admitted, refused and unavailable, and what was wrong, as counts."""
    tight, wide = f"tenant/{run}-{size}|requests|minute|x", f"tenant/{run}-{size}|dollars|month|x"
    wanted = [
        Reservation(
            request_id=f"request-{run}-{size}-{number}",
            holds=(Hold(scope=tight, amount=1, limit=room), Hold(scope=wide, amount=3, limit=10**9)),
            expires_at=int(NOW) + 3600,
        )
        for number in range(size)
    ]
    answers = at_once(lambda each: _asked(opened(), each), wanted)
    ledger, fitting = opened(), min(room, size)
    admitted = [each for each, answer in zip(wanted, answers, strict=True) if answer == Granted()]
    again = [ledger.reserve(each, now=NOW) for each in admitted]
    taken = ledger.taken(tight), ledger.taken(wide)
    settled = at_once(lambda each: ledger.settle(each, [1, 2], now=NOW), [*admitted[:20], *admitted[:20]])
    counted_twice = taken != (len(admitted), 3 * len(admitted)) or settled.count(True) != len(admitted[:20])
    charged = ledger.taken(tight), ledger.taken(wide)
    refused = len([each for each in answers if isinstance(each, Refused)])
    return {
        "admitted": len(admitted),
        "unavailable": answers.count("unavailable"),
        "false_refusals": max(0, refused - (size - fitting)) + len(again) - again.count(Granted()),
        "over_the_limit": max(0, max(taken[0], charged[0]) - room),
        "counted_twice": int(counted_twice or charged != (len(admitted), 3 * len(admitted) - len(admitted[:20]))),
    }


def _run(opened: Callable[[], AbstractContextManager[Opened]], size: int, room: int, number: int) -> dict[str, int]:
    """On a store of its own."""
    with opened() as ledger:
        return crowd(ledger, size, room, number)


def _asked(ledger: Ledger, wanted: Reservation) -> Granted | Refused | Fault:
    try:
        return ledger.reserve(wanted, now=NOW)
    except StoreUnavailableError:
        return "unavailable"


def at_once[Argument](function: Callable[[Argument], Any], arguments: Sequence[Argument]) -> list[Any]:
    """Call it with each argument, every call in a thread of its own, all started together."""
    results: list[Any] = [None] * len(arguments)
    start = threading.Barrier(len(arguments))

    def one(index: int, argument: Argument) -> None:
        start.wait()
        results[index] = function(argument)

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(arguments)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@contextmanager
def sqlite() -> Iterator[Opened]:
    from sallyport_local.backend import EmbeddedBackend

    with tempfile.TemporaryDirectory() as folder:
        backend = EmbeddedBackend.open(Path(folder) / "data")
        try:
            yield lambda: backend.ledger
        finally:
            backend.close()


@contextmanager
def redis() -> Iterator[Opened]:
    from sallyport.redis_ledger import RedisLedger

    with tempfile.TemporaryDirectory() as folder, RedisServer(Path(folder)) as server:
        ledger = RedisLedger(server.url)
        yield lambda: ledger


@contextmanager
def dynamodb(prepare: float) -> Iterator[Opened]:
    """A transaction has its items in hand for `prepare` seconds, and cancels others that want one of them."""
    from sallyport.aws.ledger import DynamoLedger

    dynamo = ContendedDynamo(prepare)
    yield lambda: DynamoLedger(dynamo, "ledger")


def main(arguments: Sequence[str]) -> int:
    """The exit status: 1 when anything was not exact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", help="a ledger's name")
    parser.add_argument("--in-hand", type=float, default=0.004, help="seconds that DynamoDB needs for a transaction")
    asked = parser.parse_args(arguments)
    ledgers: dict[str, Callable[[], AbstractContextManager[Opened]]] = {
        "SQLite": sqlite,
        "Redis": redis,
        "DynamoDB": lambda: dynamodb(asked.in_hand),
    }
    if not shutil.which("redis-server"):
        del ledgers["Redis"]
        print("redis-server is not installed: Redis is left out.", file=sys.stderr)
    rows = []
    for name, opened in ledgers.items():
        if asked.only not in (None, name):
            continue
        for size, room in CROWDS:
            started = time.perf_counter()
            runs = [_run(opened, size, room, number) for number in range(asked.runs)]
            rows.append(_row(name, size, room, runs, (time.perf_counter() - started) / asked.runs))
            if not asked.json:
                print(_line(rows[-1]), flush=True)
    if asked.json:
        print(json.dumps(rows, indent=2))
    return 0 if all(row["exact"] for row in rows) else 1


def _row(name: str, size: int, room: int, runs: Sequence[dict[str, int]], seconds: float) -> dict[str, Any]:
    wrong = {kind: sum(run[kind] for run in runs) for kind in ("false_refusals", "over_the_limit", "counted_twice")}
    unavailable = sum(run["unavailable"] for run in runs)
    fitting = min(size, room)
    admitted_all = all(run["admitted"] == fitting or run["unavailable"] for run in runs)
    exact = admitted_all and not any(wrong.values()) and unavailable <= MOST_FALSE * size * len(runs)
    return {"ledger": name, "at_once": size, "room": room, "runs": len(runs), "exact": exact, **wrong} | {
        "unavailable": unavailable,
        "seconds_a_run": round(seconds, 3),
    }


def _line(row: dict[str, Any]) -> str:
    told = row["unavailable"] / row["at_once"] / row["runs"]
    return (
        f"{row['ledger']:20} {row['at_once']:4} at once, room for {row['room']:8,}, {row['runs']} runs: "
        f"{'exact' if row['exact'] else 'NOT EXACT'}; false refusals {row['false_refusals']}, over the limit "
        f"{row['over_the_limit']}, counted twice {row['counted_twice']}, told to come again {row['unavailable']} "
        f"({told:.2%}); {row['seconds_a_run']} s a run"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
