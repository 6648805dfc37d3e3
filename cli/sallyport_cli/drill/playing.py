"""Play scenarios on a gateway and a fleet that serve: requests over HTTP, each with words of its own."""

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import urllib3
from urllib3.exceptions import HTTPError

from sallyport_cli.drill.processes import FleetProcess, GatewayProcess
from sallyport_cli.drill.scenario import Answer, Asks, Figure, Phase, Played, Region, Scenario, exactly
from sallyport_local.fleet.books import End

NO_ANSWER = 0
"""In the place of a status."""

_PATIENCE = 60.0
_MINUTE, _SPARE = 60.0, 10.0
"""A scenario by the minute does not begin in the last seconds of one."""


@dataclass(frozen=True)
class Result:
    """A scenario, its figures, and the seconds that it took."""

    scenario: Scenario
    figures: Sequence[Figure]
    seconds: float

    @property
    def passed(self) -> bool:
        return all(figure.passed for figure in self.figures)


class Player:
    """`sleep` takes seconds."""

    def __init__(
        self, gateway: GatewayProcess, fleet: FleetProcess, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._gateway = gateway
        self._fleet = fleet
        self._sleep = sleep
        self._pool = urllib3.PoolManager(maxsize=64, retries=False)

    def play(self, scenario: Scenario) -> Result:
        """Every phase in turn. What the fleet says it answered is held against what clients got."""
        if scenario.by_the_minute and (left := _MINUTE - time.time() % _MINUTE) < _SPARE:
            self._sleep(left)
        started = time.monotonic()
        answers: list[Answer] = []
        served: dict[str, Counter[Region]] = {}
        throttled: dict[str, Counter[Region]] = {}
        for phase in scenario.phases:
            self._sleep(phase.wait)
            if phase.script is not None:
                self._fleet.load(phase.script)
            before = self._counted("answered"), self._counted("throttled")
            answers += self._asked(phase)
            served[phase.name] = self._counted("answered") - before[0]
            throttled[phase.name] = self._counted("throttled") - before[1]
        played = Played(answers, served, throttled)
        told = sum(counts.total() for counts in served.values())
        books = exactly("answers in the fleet's books", told, played.answered())
        return Result(scenario, (*scenario.figures(played), books), time.monotonic() - started)

    def _counted(self, end: End) -> Counter[Region]:
        counts: Counter[Region] = Counter()
        for place in self._fleet.places():
            counts[place["region"]] += place[end]
        return counts

    def _asked(self, phase: Phase) -> list[Answer]:
        """All asks beside each other; the answers in the order of the requests."""
        with ExitStack() as stack:
            asking = []
            for asks in phase.asks:
                threads = stack.enter_context(ThreadPoolExecutor(asks.at_once))
                asking += [threads.submit(self._ask, phase.name, asks) for _ in range(asks.count)]
            return [each.result() for each in asking]

    def _ask(self, phase: str, asks: Asks) -> Answer:
        started = time.monotonic()
        text = f"Drill {secrets.token_hex(8)}: what is a sallyport?"
        body = {"model": asks.model, "max_tokens": 200, "messages": [{"role": "user", "content": text}]}
        headers = {"authorization": f"Bearer {self._gateway.keys[asks.tenant]}", "content-type": "application/json"}
        if asks.patience is not None:
            headers["x-stainless-timeout"] = str(asks.patience)
        url = f"{self._gateway.url}/v1/chat/completions"
        try:
            reply = self._pool.request("POST", url, body=json.dumps(body), headers=headers, timeout=_PATIENCE)
        except HTTPError:
            return Answer(phase, asks.tenant, NO_ANSWER, time.monotonic() - started)
        wait = reply.headers.get("retry-after")
        return Answer(
            phase,
            asks.tenant,
            reply.status,
            time.monotonic() - started,
            target=reply.headers.get("x-sallyport-target"),
            retry_after=None if wait is None else float(wait),
        )
