"""A soak of a few seconds: what it finds out is in `bench.soak`, which is to be run for half an hour."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_books_of_clients_gateway_and_fleet_agree():
    command = [sys.executable, "-m", "bench.soak", "--minutes", "0.2", "--rate", "12", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    told = json.loads(done.stdout)

    assert len(told["checks"]) == 7
    assert [check for check in told["checks"] if not check["passed"]] == [], done.stderr[-2000:]
    assert {each["gauge"] for each in told["growth"]} == {"memory", "threads", "files", "sockets", "reservations"}
