"""What is wrong with a routing table, by its path, before anybody is served by it. Pure."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from sallyport.prices import Price
from sallyport.providers.registry import PROVIDERS
from sallyport.routing import Alias, RoutingTable, Target, parse_table

DRAFT = "draft"
"""The version of a table that has none yet: the registry numbers them."""

_ROUTE = re.compile(r"route (\S+) ")
_PARTS: Mapping[tuple[str, int], type[BaseModel]] = {
    ("targets", 3): Target,
    ("targets", 4): Price,
    ("routes", 3): Alias,
}
"""By the first word of a path and its length: whose field its last word is."""


@dataclass(frozen=True, slots=True)
class Problem:
    path: tuple[str | int, ...]
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.message}" if self.path else self.message


def checked(fields: Mapping[str, Any]) -> RoutingTable | list[Problem]:
    """The table, or everything that is wrong with it. A table without a version is a draft."""
    try:
        table = parse_table({"version": DRAFT, **fields})
    except ValidationError as error:
        return [_problem(tuple(each["loc"]), each["type"], each["msg"]) for each in error.errors()]
    return problems_in(table) or table


def problems_in(table: RoutingTable) -> list[Problem]:
    """What fits the form and would serve nobody."""
    unknown = [
        Problem(("targets", name, "provider"), f"there is no provider {target.provider}; {_instead(target.provider)}")
        for name, target in table.targets.items()
        if target.provider not in PROVIDERS
    ]
    return unknown if table.routes else [*unknown, Problem(("routes",), "no route, so no model could be asked for")]


def _problem(path: tuple[str | int, ...], kind: str, message: str) -> Problem:
    if kind == "extra_forbidden":
        return Problem(path, f"no such field{_meant(path)}")
    if kind == "missing":
        return Problem(path, "is missing")
    text = message.removeprefix("Value error, ")
    route = _ROUTE.match(text)
    if not path and route:
        path = ("routes", route[1], "targets")
    return Problem(path, text)


def _meant(path: tuple[str | int, ...]) -> str:
    owner = _PARTS.get((str(path[0]), len(path)), RoutingTable if len(path) == 1 else None)
    near = difflib.get_close_matches(str(path[-1]), owner.model_fields, n=1) if owner else []
    return f"; {near[0]} is meant perhaps" if near else ""


def _instead(provider: str) -> str:
    near = difflib.get_close_matches(provider, PROVIDERS, n=1)
    return f"{near[0]} is meant perhaps" if near else f"those there are: {', '.join(sorted(PROVIDERS))}"
