"""Routing tables as the `models` commands read and write them: files, versions, TOML and words."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from sallyport.prices import Price
from sallyport.routing import RoutingTable
from sallyport.table_check import Problem, checked
from sallyport.table_diff import Difference
from sallyport.table_versions import PACKAGED, Change, name_of, number_of
from sallyport_cli.output import moment
from sallyport_cli.toml import key_of, to_toml
from sallyport_cli.toml_lines import line_of, lines_of


class _Version(click.ParamType):
    """The number of a version, given as `v12`, `12` or `packaged`."""

    name = "version"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        number = number_of(value)
        if number is None:
            number = PACKAGED if value == "packaged" else number_of(f"v{value}")
        if number is None:
            self.fail(f"{value!r} is no version like v12 and not `packaged`", param, ctx)
        return number


VERSION = _Version()


def read_table(file: IO[str]) -> tuple[RoutingTable | None, list[dict[str, Any]]]:
    """The table of a TOML file (JSON by its name), or what is wrong with it: path, line where it is known, message."""
    try:
        text = file.read()
        if Path(file.name).suffix == ".json":
            fields, lines = json.loads(text), {}
        else:
            fields, lines = tomllib.loads(text), lines_of(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        return None, [{"path": "", "line": getattr(error, "lineno", None), "message": f"cannot be read: {error}"}]
    if not isinstance(fields, dict):
        return None, [{"path": "", "line": None, "message": "is no table with targets and routes"}]
    found = checked(fields)
    if isinstance(found, RoutingTable):
        return found, []
    return None, [_placed(problem, line_of(problem.path, lines)) for problem in found]


def _placed(problem: Problem, line: int | None) -> dict[str, Any]:
    return {"path": ".".join(map(str, problem.path)), "line": line, "message": problem.message}


def refusal(file: IO[str], problems: list[dict[str, Any]]) -> str:
    """Every problem on a line of its own, such as `models.toml:12: targets.gpt.prize: no such field`."""
    return "\n".join(["The table is not valid.", *(_told(file.name, each) for each in problems)])


def _told(name: str, problem: dict[str, Any]) -> str:
    line = f":{problem['line']}" if problem["line"] else ""
    path = f" {problem['path']}:" if problem["path"] else ""
    return f"{name}{line}:{path} {problem['message']}"


def table_toml(table: RoutingTable) -> str:
    """As a file that can be published; what is not said in it is the default."""
    fields = table.model_dump(mode="json", exclude_defaults=True)
    parts = [to_toml({"version": fields["version"]})]
    for kind in ("targets", "routes"):
        parts += [f"[{kind}.{key_of(name)}]\n{to_toml(each)}" for name, each in fields[kind].items()]
    return "\n".join(parts)


def alias_rows(table: RoutingTable) -> Iterator[dict[str, Any]]:
    """A row for each target of each alias, in their order."""
    for alias, route in table.routes.items():
        for name in route.targets:
            target = table.targets[name]
            yield {
                "alias": alias,
                "target": name,
                "provider": target.provider,
                "model": target.model,
                "operation": target.operation,
                "privacy": target.privacy.value,
                "region": target.region,
                "price": target.price.model_dump(mode="json", exclude_none=True),
                "description": route.description,
            }


def price_text(price: dict[str, float]) -> str:
    """Dollars for a million tokens of input and output."""
    known = Price.model_validate(price)
    return f"${known.input:g} / ${known.output:g}" if known.input or known.output else "free"


def difference_text(difference: Difference) -> str:
    """A line that starts with `+`, `-` or `~`."""
    match difference.change:
        case "added":
            return f"+ {difference.path} {_value(difference.new)}"
        case "removed":
            return f"- {difference.path} {_value(difference.old)}"
        case "changed":
            return f"~ {difference.path}: {_value(difference.old)} -> {_value(difference.new)}"


def change_fields(change: Change) -> dict[str, Any]:
    """A change with names instead of numbers."""
    canary = change.canary
    return {
        "change": change.number,
        "action": change.action,
        "version": name_of(canary.version if canary else change.current),
        "in_force": name_of(change.current),
        "canary_percent": canary.percent if canary else None,
        "author": change.author,
        "at": moment(change.at),
        "comment": change.comment,
    }


def _value(value: Any) -> str:
    if value is None:
        return "default"
    return to_toml({"x": value}).removeprefix("x = ").rstrip("\n")
