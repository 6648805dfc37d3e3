"""Killed at random moments under load, with every message delivered twice: nothing is lost or counted twice."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from sallyport.audit.reader import show, verify
from sallyport.composition import Services
from sallyport.settlement import UsageRecord
from sallyport_local.backend import EmbeddedBackend
from sallyport_local.server import bind

KILLS = 20
CLIENTS = 4

SEED = """
[tenants.acme]
limits = [{ per = "month", dollars = 1000 }]
[[keys]]
name = "load"
tenant = "acme"
project = "web"
[routing]
version = "kill"
[routing.targets.priced]
provider = "simulated"
model = "simulated-1"
privacy = "private"
price = { input = 2.0, output = 8.0 }
[routing.routes.priced]
targets = ["priced"]
"""


class Process:
    """`sallyport up` as its users start it, every message delivered twice."""

    def __init__(self, folder: Path, port: int) -> None:
        command = [sys.executable, "-m", "sallyport_cli", "up", "--port", str(port), "--data", str(folder / "data")]
        command += ["--seed", str(folder / "seed.toml"), "--deliver-twice"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self._process.stdout is not None
        self.started = ""
        for line in self._process.stdout:
            self.started += line
            if "Ctrl-C" in line:
                return
        pytest.fail(f"it did not start: {self.started}")

    def kill(self) -> None:
        self._process.kill()
        self._wait()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._wait() == 0

    def _wait(self) -> int:
        self._process.communicate(timeout=60)
        return self._process.returncode


def _load(url: str, key: str, answered: set[str], over: threading.Event) -> None:
    """Ask new questions until it is over; whatever was answered must be in the books."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10) as client:
        while not over.is_set():
            body = {"model": "priced", "messages": [{"role": "user", "content": f"Question {os.urandom(8).hex()}"}]}
            try:
                answer = client.post("/v1/chat/completions", json=body)
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            assert answer.status_code == 200, answer.text
            answered.add(answer.headers["x-request-id"])


def test_what_was_answered_is_audited_and_billed_exactly_once(tmp_path: Path):
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    (tmp_path / "seed.toml").write_text(SEED)
    moments = random.Random(7)
    process = Process(tmp_path, port)
    found = re.search(r"sp_[a-z0-9]{12}_[\w-]{43}", process.started)
    assert found is not None
    answered: set[str] = set()
    over = threading.Event()
    clients = [
        threading.Thread(target=_load, args=(f"http://127.0.0.1:{port}", found[0], answered, over))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for _ in range(KILLS):
        time.sleep(moments.uniform(0.1, 0.8))
        process.kill()
        process = Process(tmp_path, port)
    time.sleep(0.5)
    over.set()
    for client in clients:
        client.join()
    process.stop()

    assert len(answered) > 10 * KILLS
    _check_books(tmp_path / "data", answered)


def _check_books(data: Path, answered: set[str]) -> None:
    backend = EmbeddedBackend.open(data)
    index, usage = backend.records("audit_index"), backend.records("usage")
    verification = verify(backend.audit, index, backend.signer.public_key())
    audited = Counter(
        record["request_id"]
        for key in backend.audit.list("audit/")
        for record in json.loads(backend.audit.get(key) or b"{}")["records"]
    )
    billed = {bill.request_id: bill for bill in (UsageRecord.model_validate(dict(each.body)) for each in usage.scan())}

    assert verification.problems == ()
    assert set(audited.values()) == {1}, "a request is audited more than once"
    assert answered <= set(audited), "an answered request is not audited"
    assert set(audited) == set(billed), "what is audited is billed, and the other way round"
    vault = Services(backend).vault
    for request_id in sorted(answered)[:20]:
        record = show(request_id, backend.audit, index, vault)
        assert record is not None
        assert record.ticket.inference is not None
        assert billed[request_id].cost == record.ticket.inference.cost > 0
    # Requests that died with the process hold their reservation until it expires, and no longer.
    scope = f"tenant/acme|dollars|month|{time.strftime('%Y-%m', time.gmtime())}"
    spent = sum(bill.cost for bill in billed.values())
    assert backend.ledger.taken(scope) >= spent
    backend.ledger.expire(now=time.time() + 3600)
    assert backend.ledger.taken(scope) == spent
    backend.close()
