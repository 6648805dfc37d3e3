"""Two gateways that count in one Redis share its limits, and neither lets anything pass while it is away."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.redis_server import RedisServer
from sallyport.redis_ledger import SKIP_SECONDS
from sallyport_local.assembly import EmbeddedGateway
from tests.e2e.running import Running, as_json, serving
from tests.e2e.upstream import Upstream


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def two(redis_server: RedisServer, upstream: Upstream, tmp_path: Path) -> Iterator[list[Running]]:
    environment = {**os.environ, "SALLYPORT_SECRET_OPENAI_MAIN": "provider-credential", "LEDGER_URL": redis_server.url}
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                serving(name, EmbeddedGateway.open(tmp_path / name, environment), upstream.url, tmp_path / name)
            )
            for name in ("first", "second")
        ]


def test_three_requests_a_day_are_three_of_both_together(two: list[Running]):
    answers = [running.ask(f"Number {number} of {running.name}", key="small") for number in (1, 2) for running in two]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    left = [answer.headers["x-ratelimit-remaining-requests"] for answer in answers]
    assert left == ["2", "1", "0", "0"]
    for running in two:
        running.settle()
    assert two[0].ask("Number 3", key="small").status_code == 429, "settled, and counted once"


def test_without_the_ledger_nothing_passes_and_with_it_everything_again(
    two: list[Running], upstream: Upstream, redis_server: RedisServer
):
    running = two[0]
    assert running.ask("Before").status_code == 200
    running.settle()
    asked = len(upstream.requests)
    redis_server.kill()
    for _ in range(2):
        refused = running.ask("Meanwhile")
        assert (refused.status_code, as_json(refused)["error"]["code"]) == (503, "store_unavailable")
        assert (refused.headers["retry-after"], refused.headers["x-should-retry"]) == ("1", "true")
    assert len(upstream.requests) == asked, "no model was asked"

    redis_server.start()
    time.sleep(SKIP_SECONDS)
    assert running.ask("Afterwards").status_code == 200
