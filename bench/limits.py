"""Whether limits are exact: `python -m bench.limits [--runs 50] [--json]`.

64 and 256 requests at the same moment, against one limit for exactly ten and a wider one beside it, on every ledger:
SQLite, Redis (a server of its own, if `redis-server` is installed), and DynamoDB as moto plays it, once as it is and
once with the conflicts between transactions that DynamoDB has and moto has not. Ten must be admitted and be asked again
without being counted again; what was taken must never be above the limit; settled twice, each counts once.
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

CROWDS = (64, 256)
ROOM = 10
NOW = 1_795_198_920.0

type Fault = str


def crowd(ledger: Ledger, size: int, run: int) -> dict[str, int]:
    """One run. How many were admitted, refused and unavailable, and what was wrong, as counts."""
    tight, wide = f"tenant/{run}-{size}|requests|minute|x", f"tenant/{run}-{size}|dollars|month|x"
    wanted = [
        Reservation(
            request_id=f"request-{run}-{size}-{number}",
            holds=(Hold(scope=tight, amount=1, limit=ROOM), Hold(scope=wide, amount=3, limit=10**9)),
            expires_at=int(NOW) + 3600,
        )
        for number in range(size)
    ]
    answers = at_once(lambda each: _asked(ledger, each), wanted)
    admitted = [each for each, answer in zip(wanted, answers, strict=True) if answer == Granted()]
    again = [ledger.reserve(each, now=NOW) for each in admitted]
    taken = ledger.taken(tight), ledger.taken(wide)
    settled = at_once(lambda each: ledger.settle(each, [1, 2], now=NOW), [*admitted, *admitted]) if admitted else []
    counted_twice = taken != (len(admitted), 3 * len(admitted)) or settled.count(True) != len(admitted)
    charged = ledger.taken(tight), ledger.taken(wide)
    return {
        "admitted": len(admitted),
        "refused": len([each for each in answers if isinstance(each, Refused)]),
        "unavailable": answers.count("unavailable"),
        "false_refusals": max(0, ROOM - len(admitted)) + len(again) - again.count(Granted()),
        "over_the_limit": max(0, max(taken[0], charged[0]) - ROOM),
        "counted_twice": int(counted_twice or charged != (len(admitted), 2 * len(admitted))),
    }


def _run(opened: Callable[[], AbstractContextManager[Ledger]], size: int, number: int) -> dict[str, int]:
    """On a ledger of its own: moto keeps every copy that a transaction makes of its tables, until it is closed."""
    with opened() as ledger:
        return crowd(ledger, size, number)


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
def sqlite() -> Iterator[Ledger]:
    from sallyport_local.backend import EmbeddedBackend

    with tempfile.TemporaryDirectory() as folder:
        backend = EmbeddedBackend.open(Path(folder) / "data")
        try:
            yield backend.ledger
        finally:
            backend.close()


@contextmanager
def redis() -> Iterator[Ledger]:
    from sallyport.redis_ledger import RedisLedger

    with tempfile.TemporaryDirectory() as folder, RedisServer(Path(folder)) as server:
        yield RedisLedger(server.url)


@contextmanager
def dynamodb(prepare: float) -> Iterator[Ledger]:
    """moto's, one call at a time: it is not safe between threads. A transaction may conflict for `prepare` seconds."""
    import boto3
    from moto import mock_aws

    from sallyport.aws.ledger import DynamoLedger

    with mock_aws():
        client = boto3.Session("testing", "testing", region_name="eu-west-1").client("dynamodb")
        keys = {"partition": "HASH", "sort": "RANGE"}
        client.create_table(
            TableName="ledger",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        )
        yield DynamoLedger(ContendedDynamo(client, prepare), "ledger")


def main(arguments: Sequence[str]) -> int:
    """The exit status: 1 when anything was not exact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    ledgers: dict[str, Callable[[], AbstractContextManager[Ledger]]] = {
        "SQLite": sqlite,
        "Redis": redis,
        "DynamoDB": lambda: dynamodb(0),
        "DynamoDB, conflicts": lambda: dynamodb(0.004),
    }
    if not shutil.which("redis-server"):
        del ledgers["Redis"]
        print("redis-server is not installed: Redis is left out.", file=sys.stderr)
    rows = []
    for name, opened in ledgers.items():
        for size in CROWDS:
            started = time.perf_counter()
            runs = [_run(opened, size, number) for number in range(asked.runs)]
            rows.append(_row(name, size, runs, (time.perf_counter() - started) / asked.runs))
            if not asked.json:
                print(_line(rows[-1]), flush=True)
    if asked.json:
        print(json.dumps(rows, indent=2))
    return 0 if all(row["exact"] for row in rows) else 1


def _row(name: str, size: int, runs: Sequence[dict[str, int]], seconds: float) -> dict[str, Any]:
    wrong = {kind: sum(run[kind] for run in runs) for kind in ("false_refusals", "over_the_limit", "counted_twice")}
    exact = all(run["admitted"] == ROOM for run in runs) and not any(wrong.values())
    unavailable = sum(run["unavailable"] for run in runs)
    return {"ledger": name, "at_once": size, "runs": len(runs), "exact": exact, **wrong} | {
        "unavailable": unavailable,
        "seconds_a_run": round(seconds, 3),
    }


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['ledger']:20} {row['at_once']:4} at once, {row['runs']} runs: "
        f"{'exactly ten each time' if row['exact'] else 'NOT EXACT'}; false refusals {row['false_refusals']}, "
        f"over the limit {row['over_the_limit']}, counted twice {row['counted_twice']}, told to come again "
        f"{row['unavailable']}; {row['seconds_a_run']} s a run"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
