"""The routing table is changed while requests run: at once, for a part of them, and back again."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from sallyport import configuration
from sallyport.canary import gets
from sallyport.ports import Records
from sallyport.registry import publish, roll_back
from sallyport.routing import RoutingTable
from sallyport.table_versions import history, name_of, read_state, read_version
from sallyport.trial import AUTHOR
from sallyport_cli.main import main
from tests.e2e.running import Running

FRESH = 0.2
SOON = 60.0
ASKERS = 4


@pytest.fixture(scope="module", autouse=True)
def quickly_fresh() -> Iterator[None]:
    """Changes take effect sooner than in fifteen seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configuration, "FRESH_SECONDS", FRESH)
        yield


@pytest.fixture(autouse=True)
def as_it_was(running: Running) -> Iterator[None]:
    """The first version is in force again afterwards."""
    yield
    running.settle()
    change = read_state(records(running)).change
    if change.current != 1 or change.canary is not None:
        roll_back(records(running), author="the test", comment="", now=time.time(), to=1)
        _wait_until_fresh()


def records(running: Running) -> Records:
    found: Records = running.gateway.backend.records("configuration")
    return found


def _wait_until_fresh() -> None:
    time.sleep(2 * FRESH)


def _wait_until_served(target: str, answers: list[httpx.Response]) -> None:
    """A request that begins after the change is fresh shows it; on a busy machine few begin."""
    end = time.monotonic() + SOON
    while not any(answer.headers.get("x-sallyport-target") == target for answer in tuple(answers)):
        assert time.monotonic() < end, f"{target} answers nobody"
        time.sleep(FRESH / 4)


def with_targets(running: Running, *targets: str) -> RoutingTable:
    """The first version, whose alias `uncached` has these targets instead."""
    table = read_version(records(running), 1).table
    alias = table.routes["uncached"].model_copy(update={"targets": targets})
    return table.model_copy(update={"routes": {**table.routes, "uncached": alias}})


def put(running: Running, *targets: str, percent: int | None = None) -> Any:
    table = with_targets(running, *targets)
    return publish(records(running), table, author="ann", comment="", now=time.time(), percent=percent)


def ask_often(running: Running, times: int, **fields: Any) -> list[httpx.Response]:
    with ThreadPoolExecutor(ASKERS) as pool:
        return list(pool.map(lambda n: running.ask(f"Question {n}", model="uncached", **fields), range(times)))


def test_a_seed_is_the_first_version(running: Running):
    first = next(history(records(running)))
    assert (first.author, first.current, first.action) == ("seed", 1, "publish")


@pytest.mark.parametrize("stream", [False, True])
def test_no_request_fails_while_tables_are_published_and_each_sees_one(running: Running, stream: bool):
    done = threading.Event()
    answers: list[httpx.Response] = []

    def ask() -> None:
        while not done.is_set():
            answers.append(running.ask("Hello", model="uncached", stream=stream))

    with ThreadPoolExecutor(ASKERS) as pool:
        asking = [pool.submit(ask) for _ in range(ASKERS)]
        try:
            for target in ("backup", "house"):
                put(running, target, "strict")
                _wait_until_served(target, answers)
            number = put(running, "echo", "strict").current
            _wait_until_fresh()
        finally:
            done.set()
        for each in asking:
            each.result()

    assert {answer.status_code for answer in answers} == {200}
    assert running.ask("Hello again", model="uncached").headers["x-sallyport-target"] == "echo"
    running.settle()
    served = set()
    for answer in answers:
        ticket = running.audited(answer.headers["x-request-id"])
        assert ticket is not None
        assert ticket.authorization is not None
        assert ticket.inference is not None
        version = ticket.authorization.route.table_version
        table = read_version(records(running), int(version.removeprefix("v"))).table
        assert ticket.inference.target == table.routes["uncached"].targets[0]
        served.add(version)
    assert {name_of(number - 2), name_of(number - 1)} <= served


def test_a_canary_gets_its_share_and_each_request_is_on_one_side(running: Running):
    canary = put(running, "backup", percent=20).canary
    _wait_until_fresh()
    answers = ask_often(running, 100)

    on_the_canary = [gets(canary, answer.headers["x-request-id"]) for answer in answers]
    assert 5 <= sum(on_the_canary) <= 40
    assert [answer.headers["x-sallyport-target"] for answer in answers] == [
        "backup" if each else "echo" for each in on_the_canary
    ]


def test_a_canary_that_fails_rolls_itself_back(running: Running):
    put(running, "broken", percent=50)
    _wait_until_fresh()
    answers = ask_often(running, 60)
    running.settle()

    assert {answer.status_code for answer in answers} <= {200, 502}
    *_, last = history(records(running))
    assert (last.action, last.author, last.canary, last.current) == ("rollback", AUTHOR, None, 1)
    assert "requests failed" in last.comment
    _wait_until_fresh()
    assert {answer.status_code for answer in ask_often(running, 8)} == {200}


def test_one_whose_second_target_saves_it_is_no_better(running: Running):
    put(running, "broken", "backup", percent=50)
    _wait_until_fresh()
    assert {answer.status_code for answer in ask_often(running, 60)} == {200}
    running.settle()

    assert list(history(records(running)))[-1].author == AUTHOR


def test_a_bad_file_cannot_be_published_beside_a_running_server(embedded: Running):
    before = read_state(records(embedded)).change
    command = ["models", "publish", "-", "--data", str(embedded.folder)]
    result = CliRunner(mix_stderr=False).invoke(main, command, input='[routes.echo]\ntarget = ["echo"]\n')

    assert result.exit_code == 1
    assert "-:2: routes.echo.target: no such field; targets is meant perhaps" in result.stderr.replace("<stdin>", "-")
    assert read_state(records(embedded)).change == before
    assert embedded.ask("Still there", model="uncached").status_code == 200
