"""Identity policies as IAM reads them: an action is allowed by some statement and denied by none.

A statement is taken apart into permissions: one action, one resource and one value of each condition. That changes no
verdict, and tells which of them a role has never needed.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sallyport_local.emulation.errors import TemplateError

_STATEMENT = frozenset({"Sid", "Effect", "Action", "Resource", "Condition"})
_FOR_ALL = "ForAllValues:"
_OPERATORS = frozenset({"StringEquals", "StringLike", f"{_FOR_ALL}StringEquals", f"{_FOR_ALL}StringLike"})


@dataclass(frozen=True, slots=True)
class Condition:
    operator: str
    key: str
    value: str

    def holds(self, context: Mapping[str, str]) -> bool:
        """A key that the call does not have fails the condition, as in IAM, unless it is one for all of no values.

        No call of the gateway has several values of one key, so one for all values is one for the only value.
        """
        actual = context.get(self.key)
        if actual is None:
            return self.operator.startswith(_FOR_ALL)
        return _like(self.value, actual) if self.operator.endswith("StringLike") else actual == self.value


@dataclass(frozen=True, slots=True)
class Permission:
    """`policy` and `statement` (from 0) say where it is written."""

    policy: str
    statement: int
    effect: str
    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()

    def covers(self, need: "Need") -> bool:
        return (
            _like(self.action.lower(), need.action.lower())
            and _covers_arn(self.resource, need.resource)
            and all(condition.holds(need.context) for condition in self.conditions)
        )

    def __str__(self) -> str:
        conditions = "".join(f" if {each.key} {each.operator} {each.value}" for each in self.conditions)
        return f"{self.policy}[{self.statement}] {self.effect} {self.action} on {self.resource}{conditions}"


@dataclass(frozen=True, slots=True)
class Need:
    """What one call asks of IAM: `context` holds the condition keys that the call has."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def authorize(permissions: Iterable[Permission], need: Need) -> frozenset[Permission]:
    """The permissions that allow a call; none when nothing allows it or something denies it."""
    covering = [permission for permission in permissions if permission.covers(need)]
    if any(permission.effect == "Deny" for permission in covering):
        return frozenset()
    return frozenset(covering)


def permissions_of(policy: str, document: Mapping[str, Any]) -> Iterator[Permission]:
    """Raise TemplateError for an element or an operator that is not understood here: to ignore it would be unsafe."""
    for index, statement in enumerate(_listed(document["Statement"])):
        unknown = statement.keys() - _STATEMENT
        if unknown:
            raise TemplateError(f"Policy {policy}, statement {index}: {', '.join(sorted(unknown))} is not emulated.")
        if any("${" in resource for resource in _listed(statement["Resource"])):
            raise TemplateError(f"Policy {policy}, statement {index}: policy variables are not emulated.")
        for action, resource, *conditions in itertools.product(
            _listed(statement["Action"]),
            _listed(statement["Resource"]),
            *_alternatives(f"Policy {policy}, statement {index}", statement.get("Condition", {})),
        ):
            yield Permission(policy, index, statement["Effect"], action, resource, tuple(conditions))


def _alternatives(where: str, block: Mapping[str, Mapping[str, Any]]) -> Iterator[list[Condition]]:
    """For each condition key its values, any one of which suffices."""
    for operator, keys in block.items():
        if operator not in _OPERATORS:
            raise TemplateError(f"{where}: the operator {operator} is not emulated. Add it to iam.py.")
        for key, values in keys.items():
            yield [Condition(operator, key, str(value)) for value in _listed(values)]


def _covers_arn(pattern: str, arn: str) -> bool:
    """A wildcard stays within its part of an ARN; only the last part may hold colons."""
    if pattern == "*":
        return True
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) and all(map(_like, patterns, parts))


def _like(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
