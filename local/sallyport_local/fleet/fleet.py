"""Who admits a call, how long it takes and what goes wrong with it. Pure but for the clock that it is given."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from sallyport.regions import regions_of_bedrock, resolve_profile
from sallyport_local.fleet.books import Books, Call, End
from sallyport_local.fleet.quotas import Admitted, Quotas
from sallyport_local.fleet.script import Fault, Place, Script

_Z99 = 2.326
"""Standard deviations from the median to the 99th percentile of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call, as its dialect has it. `place` is where it was sent; its model may be a cross-Region profile."""

    place: Place
    text: str
    input_tokens: int
    max_tokens: int
    streamed: bool
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a call. `seconds` pass before its first byte; None for ever. `status` 200 for an answer, which
    breaks off after `cut` words if that is no None, with an `error` of that status or without a word.
    """

    number: int
    at: float
    place: Place
    seconds: float | None
    status: int = 200
    retry_after: float | None = None
    cut: int | None = None
    error: int | None = None
    admitted: Admitted | None = None


class Fleet:
    """For one event loop. `clock` tells seconds, and runs only forwards."""

    def __init__(self, script: Script, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.load(script)

    def load(self, script: Script) -> None:
        """Begin anew: no call was served, and no time has passed."""
        self.script = script
        self.books = Books()
        self._quotas = Quotas()
        self._began = self._clock()
        self._asked = 0

    @property
    def seconds(self) -> float:
        """Since the script was loaded."""
        return self._clock() - self._began

    def take(self, asked: Asked) -> Verdict:
        """Decide on a call, in the order in which they come."""
        self._asked += 1
        number, now = self._asked, self.seconds
        draw = random.Random(f"{self.script.seed}/{number}")  # noqa: S311 - it is to be foreseen
        place = self._served_by(asked, now, draw)
        seconds = self._latency(draw)
        faults = {each.kind: each for each in reversed(self._faults(place, asked, now)) if draw.random() < each.share}
        slow, failing = faults.get("slow"), faults.get("fail")
        seconds += slow.seconds if slow else 0.0
        verdict = Verdict(number, now, place, seconds)
        if "hang" in faults:
            return replace(verdict, seconds=None, status=504)
        breaking = faults.get("error")
        failing = failing or (None if asked.streamed else breaking)
        if failing:
            return replace(verdict, status=failing.status, retry_after=failing.retry_after)
        tokens = asked.input_tokens + asked.max_tokens
        quota = self.script.quota_of(place)
        if quota is not None and (wait := self._quotas.wait(place, quota, tokens, now)):
            return replace(verdict, status=429, retry_after=wait)
        admitted = self._quotas.admit(place, tokens, now) if quota is not None else None
        cut = breaking or faults.get("cut")
        error = breaking.status if breaking else None
        return replace(verdict, cut=cut.words if cut else None, error=error, admitted=admitted)

    def close(self, verdict: Verdict, asked: Asked, end: End, output_tokens: int = 0) -> None:
        """Write down how a call ended. What was admitted counts as what it used, from now on."""
        spoken = verdict.status == 200
        input_tokens = asked.input_tokens if spoken else 0
        if verdict.admitted is not None:
            verdict.admitted.tokens = input_tokens + output_tokens
        self.books.write(
            Call(
                number=verdict.number,
                at=round(verdict.at, 3),
                place=verdict.place,
                asked=asked.place.model,
                end=end,
                status=verdict.status,
                streamed=asked.streamed,
                mark=asked.mark,
                input_tokens=input_tokens,
                output_tokens=output_tokens,
            )
        )

    def _latency(self, draw: random.Random) -> float:
        latency = self.script.latency
        sigma = max(0.0, math.log(latency.p99 / latency.median) / _Z99)
        return latency.median * math.exp(sigma * draw.gauss(0.0, 1.0)) / 1000

    def _served_by(self, asked: Asked, now: float, draw: random.Random) -> Place:
        """Where a call goes: what a profile is asked goes to a Region of its geography that is up and has room.

        Without one it stays where it was sent, and fails there as a call of the model itself would.
        """
        geography, base = resolve_profile(asked.place.model)
        home = replace(asked.place, model=base)
        if asked.place.provider != "bedrock" or geography is None:
            return home
        spanned = sorted(regions_of_bedrock(asked.place.model, None, asked.place.region) or {asked.place.region})
        places = [replace(home, region=region) for region in draw.sample(spanned, len(spanned))]
        return next((each for each in places if self._would_serve(each, asked, now)), home)

    def _would_serve(self, place: Place, asked: Asked, now: float) -> bool:
        quota = self.script.quota_of(place)
        room = quota is None or not self._quotas.wait(place, quota, asked.input_tokens + asked.max_tokens, now)
        return room and not any(each.kind in ("fail", "hang") and each.share == 1.0 for each in self._on(place, now))

    def _faults(self, place: Place, asked: Asked, now: float) -> list[Fault]:
        """Those of where it is served, and failures of where it was sent: a profile has no other way in."""
        front = replace(place, region=asked.place.region)
        there = self._on(place, now)
        return there + [each for each in self._on(front, now) if each.kind == "fail" and each not in there]

    def _on(self, place: Place, now: float) -> list[Fault]:
        return [each for each in self.script.faults if each.is_on(place, now)]
