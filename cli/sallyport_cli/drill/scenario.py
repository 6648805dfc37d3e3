"""What a scenario is: who asks what of which targets, what goes wrong, and which figures must come of it. Data."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sallyport.policy import Policy
from sallyport.routing import Alias, Target
from sallyport_local.fleet.script import Script

type Region = str
"""Empty for a provider that has none."""

DRILL = "drill"
"""The tenant of whoever is not the point."""

OWN = "fleet/main"
"""The credential that OpenAI's targets name; a fleet takes any."""


@dataclass(frozen=True)
class Asks:
    """So many requests of a tenant for a model, `at_once` at a time, each with `patience` seconds if that is said."""

    model: str
    count: int
    tenant: str = DRILL
    at_once: int = 5
    patience: float | None = None


@dataclass(frozen=True)
class Phase:
    """Asks that run beside each other, while the fleet plays a script from its beginning; without one, it goes on with
    the last. `wait` seconds pass before.
    """

    name: str
    asks: tuple[Asks, ...]
    script: Script | None = None
    wait: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What one client saw. `target` who answered, if somebody did; `seconds` until all of it was there."""

    phase: str
    tenant: str
    status: int
    seconds: float
    target: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True)
class Played:
    """What a scenario came to: every client's answer, and by phase what the fleet answered and what it throttled, by
    Region.
    """

    answers: Sequence[Answer]
    served: Mapping[str, Counter[Region]]
    throttled: Mapping[str, Counter[Region]]

    def answered(self, phase: str | None = None, *, target: str | None = None, tenant: str | None = None) -> int:
        """How many were answered: in this phase, by this target, to this tenant."""
        return sum(
            each.status == 200 and phase in (None, each.phase) and target in (None, each.target)
            for each in self.answers
            if tenant in (None, each.tenant)
        )

    def failed(self, phase: str | None = None) -> int:
        return sum(each.status != 200 for each in self.answers if phase in (None, each.phase))


@dataclass(frozen=True)
class Figure:
    """One number that a scenario is about, and between which it must lie. `note` says what is behind it."""

    name: str
    observed: float
    least: float
    most: float
    unit: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        return self.least <= self.observed <= self.most

    @property
    def expected(self) -> str:
        if self.least == self.most:
            return self.written(self.least)
        if self.least <= 0:
            return f"at most {self.written(self.most)}"
        return f"{_number(self.least)} to {self.written(self.most)}"

    def written(self, value: float) -> str:
        return f"{_number(value)}{f' {self.unit}' if self.unit else ''}"


def exactly(name: str, observed: float, expected: float, unit: str = "", note: str = "") -> Figure:
    return Figure(name, observed, expected, expected, unit, note)


@dataclass(frozen=True)
class Scenario:
    """Targets, routes and tenants have names that no other scenario has. Targets are at the fleet, whatever they say.

    `figures` reads them from what was played. A scenario with limits `by_the_minute` does not begin when a minute ends.
    """

    name: str
    title: str
    shows: str
    targets: Mapping[str, Target]
    routes: Mapping[str, Alias]
    phases: tuple[Phase, ...]
    figures: Callable[[Played], list[Figure]]
    tenants: Mapping[str, Policy] = field(default_factory=dict)
    by_the_minute: bool = False

    @property
    def requests(self) -> int:
        return sum(asks.count for phase in self.phases for asks in phase.asks)


def route(*targets: str, **fields: Any) -> Alias:
    """One whose answers are not cached: every request is to reach a target."""
    return Alias.model_validate({"targets": targets, "cache_ttl_seconds": 0, **fields})


def on_bedrock(model: str, region: str, *, account: str | None = None, **fields: Any) -> Target:
    """`account` is asked through a role there; without it, the gateway's own is."""
    role = None if account is None else f"arn:aws:iam::{account}:role/models"
    told = {"provider": "bedrock", "model": model, "region": region, "account_role": role, "privacy": "cloud"}
    return Target.model_validate(told | fields)


def on_openai(model: str, **fields: Any) -> Target:
    return Target.model_validate({"provider": "openai", "model": model, "secret": OWN, "privacy": "cloud"} | fields)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
