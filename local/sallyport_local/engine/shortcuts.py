"""The expressions that workflows are made of, compiled to plain Python: paths, `=`, `!=`, and, or, $exists, $not.

The evaluator takes 13 µs and more for `$states.input.a`; a request passes dozens of such expressions. What is
compiled here is read off the evaluator's own syntax tree and gives exactly its results. Where its rules for arrays or
for truth would matter at run time, the shortcut raises Detour and the evaluator decides.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from sallyport_local.engine.interchange import UNDEFINED


class Scope(Protocol):
    """What an expression can see: the parts of `$states`, and the variables assigned so far."""

    @property
    def states(self) -> dict[str, Any]: ...
    @property
    def variables(self) -> dict[str, Any]: ...


type Evaluate = Callable[[Scope], Any]
"""Gives a JSON value or UNDEFINED."""


class Detour(Exception):
    """The shortcut does not know the answer: ask the evaluator."""


_ADORNMENTS: Final = (
    *("predicate", "stages", "group", "focus", "index", "ancestor", "tuple", "keep_array", "keep_singleton_array"),
    *("consarray", "next_function", "seeking_parent"),
)


def compile_shortcut(symbol: Any) -> Evaluate | None:
    """The Python form of a syntax tree, or None when it needs the evaluator."""
    if any(getattr(symbol, name, None) not in (None, False) for name in _ADORNMENTS):
        return None
    match symbol.type:
        case "variable":
            return _path([symbol])
        case "path":
            return _path(symbol.steps)
        case "string" | "number" | "value":
            return _literal(symbol.value)
        case "binary":
            return _binary(symbol)
        case "function":
            return _function(symbol)
        case _:
            return None


def _path(steps: list[Any]) -> Evaluate | None:
    root, *rest = steps
    if root.type != "variable" or any(step.type != "name" for step in rest):
        return None
    if any(getattr(step, name, None) not in (None, False) for step in steps for name in _ADORNMENTS):
        return None
    names = tuple(str(step.value) for step in rest)
    if root.value == "states":
        return _states_path(names)
    variable = str(root.value)
    if not names:
        return lambda scope: scope.variables.get(variable, UNDEFINED)

    def evaluate(scope: Scope) -> Any:
        return _descend(scope.variables.get(variable, UNDEFINED), names)

    return evaluate


def _states_path(names: tuple[str, ...]) -> Evaluate | None:
    if not names:
        return None
    part, *rest = names
    if not rest:
        return lambda scope: scope.states.get(part, UNDEFINED)
    below = tuple(rest)

    def evaluate(scope: Scope) -> Any:
        return _descend(scope.states.get(part, UNDEFINED), below)

    return evaluate


def _descend(value: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if type(value) is dict:
            value = value.get(name, UNDEFINED)
        elif type(value) is list:
            raise Detour
        else:
            return UNDEFINED
    return value


def _literal(value: Any) -> Evaluate:
    return lambda scope: value


def _binary(symbol: Any) -> Evaluate | None:
    left, right = compile_shortcut(symbol.lhs), compile_shortcut(symbol.rhs)
    if left is None or right is None:
        return None
    match symbol.value:
        case "=":
            return lambda scope: _equal(left(scope), right(scope), same=True)
        case "!=":
            return lambda scope: _equal(left(scope), right(scope), same=False)
        case "and":
            return lambda scope: _truth(left(scope)) and _truth(right(scope))
        case "or":
            return lambda scope: _truth(left(scope)) or _truth(right(scope))
        case _:
            return None


def _equal(left: Any, right: Any, *, same: bool) -> bool:
    """Both `=` and `!=` are false as soon as one side is undefined."""
    if left is UNDEFINED or right is UNDEFINED:
        return False
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        raise Detour
    return (left == right and isinstance(left, bool) == isinstance(right, bool)) is same


def _truth(value: Any) -> bool:
    if value is True:
        return True
    if value is False or value is UNDEFINED:
        return False
    raise Detour


def _function(symbol: Any) -> Evaluate | None:
    if symbol.procedure.type != "variable" or len(symbol.arguments) != 1:
        return None
    argument = compile_shortcut(symbol.arguments[0])
    if argument is None:
        return None
    match symbol.procedure.value:
        case "exists":
            return lambda scope: argument(scope) is not UNDEFINED
        case "not":
            return lambda scope: _negation(argument(scope))
        case _:
            return None


def _negation(value: Any) -> Any:
    return UNDEFINED if value is UNDEFINED else not _truth(value)
