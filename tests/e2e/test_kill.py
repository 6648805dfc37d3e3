"""Killed at random moments and at every step, under load, with every message delivered twice.

Nothing is lost, counted twice, or held for longer than until it expires.
"""

import itertools
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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from bench.bills import bills_of
from bench.redis_server import KEPT, RedisServer
from sallyport.audit.reader import show, verify
from sallyport.composition import Services
from sallyport.contracts import Ticket
from sallyport.settlement import UsageRecord
from sallyport_local.backend import EmbeddedBackend
from sallyport_local.server import bind
from tests.e2e.dying import POINTS

KILLS = 20
CLIENTS = 4
LIMIT = 150
AT_THE = 4
"""The time of passing a point at which it dies: others are then under way, and some are settled."""

SOON = 20.0
"""Seconds: what is overdue waits for minutes, were it not for the restart."""
END = "data: [DONE]\n\n"

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
[routing.targets.paced]
provider = "simulated"
model = "simulated-pace-100ms"
privacy = "private"
price = { input = 2.0, output = 8.0 }
[routing.routes.paced]
targets = ["paced"]
"""

SILENT = """
[routing.targets.silent]
provider = "openai"
base_url = "http://127.0.0.1:{port}/v1"
model = "silent"
privacy = "private"
timeout_seconds = 200
[routing.routes.silent]
targets = ["silent"]
"""


class Process:
    """`sallyport up` as its users start it, every message delivered twice."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *options: str,
        program: Sequence[str] = ("sallyport_cli",),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._stopping = False
        command = [sys.executable, "-m", *program, "up", "--port", str(port), "--data", str(folder / "data")]
        command += ["--seed", str(folder / "seed.toml"), "--deliver-twice", *options]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
        )
        assert self._process.stdout is not None
        self.started = ""
        for line in self._process.stdout:
            self.started += line
            if "Ctrl-C" in line:
                return
        pytest.fail(f"it did not start: {self.started}")

    @property
    def key(self) -> str:
        found = re.search(r"sp_[a-z0-9]{12}_[\w-]{43}", self.started)
        assert found is not None
        return found[0]

    def kill(self) -> None:
        self._process.kill()
        self._wait()

    def is_killed(self) -> bool:
        """Wait until it has ended, by a signal that nobody can catch."""
        return self._wait() == -signal.SIGKILL

    def terminate(self) -> None:
        self._stopping = True
        self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Or wait until it has stopped, if it was told to before."""
        if not self._stopping:
            self.terminate()
        assert self._wait() == 0

    def _wait(self) -> int:
        self._process.communicate(timeout=60)
        return self._process.returncode


def question(model: str, *, stream: bool) -> dict[str, Any]:
    """A new one each time."""
    content = f"Question {os.urandom(8).hex()}"
    return {"model": model, "messages": [{"role": "user", "content": content}], "stream": stream}


def _load(url: str, key: str, answered: set[str], over: threading.Event) -> None:
    """Ask new questions until it is over, or a limit is used up, every other as a stream; whatever was answered must be
    in the books.
    """
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10) as client:
        for stream in itertools.cycle((False, True)):
            if over.is_set():
                return
            try:
                answer = client.post("/v1/chat/completions", json=question("priced", stream=stream))
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if answer.status_code == 429:
                return
            assert answer.status_code == 200, answer.text
            assert not stream or answer.text.endswith(END), answer.text[-200:]
            answered.add(answer.headers["x-request-id"])


@pytest.fixture
def port(tmp_path: Path) -> int:
    """A free one, and the seed beside the data folder to be."""
    (tmp_path / "seed.toml").write_text(SEED)
    with bind("127.0.0.1", 0) as listening:
        free: int = listening.getsockname()[1]
    return free


def test_what_was_answered_is_audited_and_billed_exactly_once(tmp_path: Path, port: int):
    moments = random.Random(7)
    process = Process(tmp_path, port)
    answered: set[str] = set()
    clients, over = _clients(process.url, process.key, answered)
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


def _check_books(data: Path, answered: set[str], environment: Mapping[str, str] = MappingProxyType({})) -> int:
    """How many requests are billed."""
    backend = EmbeddedBackend.open(data, environment=environment)
    index = backend.records("audit_index")
    verification = verify(backend.audit, index, backend.signer.public_key())
    audited = Counter(
        record["request_id"]
        for key in backend.audit.list("audit/")
        for record in json.loads(backend.audit.get(key) or b"{}")["records"]
    )
    billed = {bill.request_id: bill for bill in bills_of(backend)}

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
    return sum(bill.cost > 0 for bill in billed.values())


@pytest.fixture(params=["sqlite", "redis"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of a gateway with this ledger; Redis keeps what it counts, as operators are told to have it."""
    if request.param == "sqlite":
        yield {}
        return
    with RedisServer(tmp_path, *KEPT) as server:
        yield {"LEDGER_URL": server.url}


def test_killed_at_every_step_it_spends_its_limit_and_no_more(tmp_path: Path, port: int, environment: dict[str, str]):
    limited = SEED.replace("dollars = 1000 }", f"dollars = 1000, requests = {LIMIT} }}")
    (tmp_path / "seed.toml").write_text(limited)
    answered: set[str] = set()
    key = ""
    for point in POINTS:
        program = ("tests.e2e.dying", point, str(AT_THE))
        process = Process(tmp_path, port, program=program, environment=environment)
        key = key or process.key
        clients, over = _clients(process.url, key, answered)
        assert process.is_killed(), point
        over.set()
        for client in clients:
            client.join()
    process = Process(tmp_path, port, environment=environment)
    _wait_for_queues(tmp_path / "data")
    billed = _check_books(tmp_path / "data", answered, environment)
    assert len(answered) <= billed < LIMIT

    # What died with the process has been given back by now, so the rest of the limit is there, to the last request.
    clients, _ = _clients(process.url, key, answered)
    for client in clients:
        client.join()
    process.stop()
    assert _check_books(tmp_path / "data", answered, environment) == LIMIT


def _clients(url: str, key: str, answered: set[str]) -> tuple[list[threading.Thread], threading.Event]:
    over = threading.Event()
    clients = [threading.Thread(target=_load, args=(url, key, answered, over)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    return clients, over


def _wait_for_queues(data: Path) -> None:
    backend = EmbeddedBackend.open(data)
    deadline = time.monotonic() + SOON
    while not backend.events.is_empty():
        assert time.monotonic() < deadline, "the queues do not empty"
        time.sleep(0.05)
    backend.close()


@contextmanager
def _streaming(process: Process) -> Iterator[tuple[str, Iterator[str]]]:
    """A paced stream's request id, and its lines; the first words are there."""
    url, headers = f"{process.url}/v1/chat/completions", {"Authorization": f"Bearer {process.key}"}
    with httpx.stream("POST", url, json=question("paced", stream=True), headers=headers, timeout=30) as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("data: ")
        yield answer.headers["x-request-id"], lines


def _recorded(data: Path, request_id: str) -> tuple[Ticket, UsageRecord] | None:
    """As an operator's command reads it, beside a running server; None while it is not in both books."""
    backend = EmbeddedBackend.open(data)
    try:
        record = show(request_id, backend.audit, backend.records("audit_index"), Services(backend).vault)
        bills = bills_of(backend)
    finally:
        backend.close()
    bill = next((bill for bill in bills if bill.request_id == request_id), None)
    return None if record is None or bill is None else (record.ticket, bill)


def test_a_stream_that_is_killed_is_recorded_after_the_restart(tmp_path: Path, port: int):
    process = Process(tmp_path, port)
    with _streaming(process) as (request_id, lines):
        process.kill()
        with pytest.raises(httpx.HTTPError):
            list(lines)
    assert _recorded(tmp_path / "data", request_id) is None
    again = Process(tmp_path, port)
    deadline = time.monotonic() + SOON
    while (books := _recorded(tmp_path / "data", request_id)) is None:
        assert time.monotonic() < deadline, "a stream that was killed is not recorded"
        time.sleep(0.05)
    again.stop()
    ticket, bill = books

    assert ticket.failure is not None
    assert ticket.failure.error == bill.outcome == "StreamLostError"
    assert (bill.input_tokens, bill.output_tokens, bill.estimated) == (ticket.input_tokens, 0, True)
    assert bill.cost == 2 * ticket.input_tokens
    _check_books(tmp_path / "data", {request_id})


@pytest.mark.parametrize(
    ("finish_seconds", "last", "outcome"),
    [(30, "data: [DONE]", "answered"), (0, "stream_lost", "StreamLostError")],
    ids=["it may finish", "it is cut"],
)
def test_a_stream_is_recorded_before_a_stop_is_over(
    tmp_path: Path, port: int, finish_seconds: int, last: str, outcome: str
):
    process = Process(tmp_path, port, "--finish-seconds", str(finish_seconds))
    with _streaming(process) as (request_id, lines):
        process.terminate()
        *_, end = (line for line in lines if line)
    process.stop()
    books = _recorded(tmp_path / "data", request_id)

    assert last in end
    assert books is not None
    ticket, bill = books
    assert bill.outcome == outcome
    assert ticket.inference is not None
    assert ticket.inference.usage.output_tokens > 0
    assert ticket.inference.stop_reason == ("end" if outcome == "answered" else "cut")
    _check_books(tmp_path / "data", {request_id})


def test_who_waits_for_a_model_that_is_silent_is_told_of_a_stop_which_does_not_wait(tmp_path: Path, port: int):
    with bind("127.0.0.1", 0) as model:
        (tmp_path / "seed.toml").write_text(SEED + SILENT.format(port=model.getsockname()[1]))
        process = Process(tmp_path, port, "--finish-seconds", "0")
        headers = {"Authorization": f"Bearer {process.key}"}
        url, asked = f"{process.url}/v1/chat/completions", question("silent", stream=False)
        with ThreadPoolExecutor(1) as client:
            asking = client.submit(httpx.post, url, json=asked, headers=headers, timeout=100, verify=False)
            connection, _ = model.accept()
            with connection:
                assert connection.recv(65536)
                process.terminate()
                answer = asking.result()
                while connection.recv(65536):
                    pass
    process.stop()
    books = _recorded(tmp_path / "data", answer.headers["x-request-id"])

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "stream_lost")
    assert books is not None
    assert (books[1].outcome, books[1].cost) == ("StreamLostError", 0)
