"""Scenarios are played phase by phase, and the fleet's books are held against the answers."""

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sallyport_cli.drill import playing
from sallyport_cli.drill.playing import NO_ANSWER, Player
from sallyport_cli.drill.processes import FleetProcess, GatewayProcess
from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_openai, route
from sallyport_local.fleet.script import Script

NOBODY: subprocess.Popen[str] = None  # type: ignore[assignment]


class FakeFleet(FleetProcess):
    """Says that it answered whatever the gateway was asked, and one call more if it is `wrong`."""

    asked: list[dict[str, Any]]
    wrong = 0
    since = 0

    def load(self, script: Script) -> None:
        object.__setattr__(self, "since", len(self.asked))

    def places(self) -> list[dict[str, Any]]:
        count = sum(each["model"] == "good" for each in self.asked[self.since :])
        return [{"region": "", "answered": count + (self.wrong if count else 0), "throttled": 0}]


@pytest.fixture
def asked() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def gateway(asked: list[dict[str, Any]]) -> Iterator[GatewayProcess]:
    """Answers for the model `good`, refuses `busy` and hangs up on any other."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append(body | {"key": self.headers["authorization"]})
            if body["model"] in ("good", "busy"):
                self.send_response(200 if body["model"] == "good" else 429)
                told = {"x-sallyport-target": "x"} if body["model"] == "good" else {"retry-after": "7"}
                for name, value in (told | {"content-length": "2"}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield GatewayProcess(NOBODY, f"http://127.0.0.1:{server.server_address[1]}", {"drill": "sp_1", "blue": "sp_2"})
        server.shutdown()


def fleet(asked: list[dict[str, Any]], wrong: int = 0) -> FakeFleet:
    fake = FakeFleet(NOBODY, "")
    for name, value in (("asked", asked), ("wrong", wrong)):
        object.__setattr__(fake, name, value)
    return fake


def scenario(*phases: Phase, seen: list[Played], by_the_minute: bool = False) -> Scenario:
    def figures(played: Played) -> list[Figure]:
        seen.append(played)
        return [exactly("answered", played.answered(), 3)]

    return Scenario(
        "s", "S", "Shows.", {"x": on_openai("m")}, {"good": route("x")}, phases, figures, by_the_minute=by_the_minute
    )


def test_asks_what_it_is_told_to_and_holds_the_books_against_it(gateway, asked):
    seen: list[Played] = []
    phases = (
        Phase("one", (Asks("good", 2), Asks("busy", 1, tenant="blue")), Script()),
        Phase("two", (Asks("good", 1), Asks("gone", 1))),
    )
    result = Player(gateway, fleet(asked)).play(scenario(*phases, seen=seen))

    assert [(each.name, each.observed, each.passed) for each in result.figures] == [
        ("answered", 3, True),
        ("answers in the fleet's books", 3, True),
    ]
    [played] = seen
    assert {(each.phase, each.status, each.target, each.retry_after) for each in played.answers} == {
        ("one", 200, "x", None),
        ("one", 429, None, 7.0),
        ("two", 200, "x", None),
        ("two", NO_ANSWER, None, None),
    }
    assert {each["key"] for each in asked if each["model"] == "busy"} == {"Bearer sp_2"}
    texts = {each["messages"][0]["content"] for each in asked}
    assert len(texts) == len(asked), "no request has the words of another, which a cache could answer"


def test_books_that_differ_are_a_figure_that_is_missed(gateway, asked):
    result = Player(gateway, fleet(asked, wrong=1)).play(scenario(Phase("one", (Asks("good", 3),), Script()), seen=[]))
    assert [(each.observed, each.passed) for each in result.figures] == [(3, True), (4, False)]
    assert not result.passed


@pytest.mark.parametrize(
    ("now", "by_the_minute", "slept"), [(1000.0, True, []), (1015.0, True, [5.0]), (1015.0, False, [])]
)
def test_waits_for_a_new_minute_only_where_minutes_count(gateway, asked, monkeypatch, now, by_the_minute, slept):
    monkeypatch.setattr(playing.time, "time", lambda: now)
    waits: list[float] = []
    player = Player(gateway, fleet(asked), sleep=waits.append)
    player.play(scenario(Phase("one", (Asks("good", 1),), Script()), seen=[], by_the_minute=by_the_minute))

    assert [each for each in waits if each] == slept
