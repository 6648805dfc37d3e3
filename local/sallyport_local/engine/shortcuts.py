"""The expressions that workflows are made of, compiled to plain Python.

They are paths, literals, object constructors, `=`, `!=`, `&`, `+`, `-`, `? :`, and, or, $exists, $not, $ceil, and
$merge and $min of such.
The evaluator takes 13 µs and more for `$states.input.a`; a request passes dozens of such expressions. What is
compiled here is read off the evaluator's own syntax tree and gives exactly its results. Where its rules for arrays or
for truth would matter at run time, the shortcut raises Detour and the evaluator decides.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from sallyport_local.engine.functions import BUILT_IN
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
    if _adorned(symbol):
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
        case "condition":
            return _condition(symbol)
        case "unary" if symbol.value == "{":
            return _constructor(symbol.lhs_object)
        case _:
            return None


def _adorned(symbol: Any) -> bool:
    return any(getattr(symbol, name, None) not in (None, False) for name in _ADORNMENTS)


def _all(symbols: Iterable[Any]) -> list[Evaluate] | None:
    compiled = [compile_shortcut(symbol) for symbol in symbols]
    return None if None in compiled else [evaluate for evaluate in compiled if evaluate is not None]


def _path(steps: list[Any]) -> Evaluate | None:
    root, *rest = steps
    if root.type != "variable" or root.value in BUILT_IN or any(step.type != "name" for step in rest):
        return None
    if any(_adorned(step) for step in steps):
        return None
    names = tuple(str(step.value) for step in rest)
    if root.value == "states":
        return _states_path(names)
    variable = str(root.value)
    if not names:
        return lambda scope: scope.variables.get(variable, UNDEFINED)
    return lambda scope: _descend(scope.variables.get(variable, UNDEFINED), names)


def _states_path(names: tuple[str, ...]) -> Evaluate | None:
    if not names:
        return None
    part, *rest = names
    if not rest:
        return lambda scope: scope.states.get(part, UNDEFINED)
    below = tuple(rest)
    return lambda scope: _descend(scope.states.get(part, UNDEFINED), below)


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


def _condition(symbol: Any) -> Evaluate | None:
    parts = _all([symbol.condition, symbol.then, *([symbol._else] if symbol._else is not None else [])])
    if parts is None:
        return None
    condition, then, *otherwise = parts
    last = otherwise[0] if otherwise else lambda scope: UNDEFINED
    return lambda scope: then(scope) if _truth(condition(scope)) else last(scope)


def _constructor(pairs: list[Any]) -> Evaluate | None:
    """An object; what is undefined has no place in it."""
    keys = [key.value for key, _ in pairs if key.type == "string"]
    values = _all(value for _, value in pairs)
    if values is None or len(set(keys)) < len(pairs):
        return None
    members = list(zip(keys, values, strict=True))

    def evaluate(scope: Scope) -> Any:
        return {key: value for key, compute in members if (value := compute(scope)) is not UNDEFINED}

    return evaluate


def _binary(symbol: Any) -> Evaluate | None:
    sides = _all([symbol.lhs, symbol.rhs])
    if sides is None:
        return None
    left, right = sides
    match symbol.value:
        case "=":
            return lambda scope: _equal(left(scope), right(scope), same=True)
        case "!=":
            return lambda scope: _equal(left(scope), right(scope), same=False)
        case "and":
            return lambda scope: _truth(left(scope)) and _truth(right(scope))
        case "or":
            return lambda scope: _truth(left(scope)) or _truth(right(scope))
        case "&":
            return lambda scope: _text(left(scope)) + _text(right(scope))
        case "+":
            return lambda scope: _whole(_number(left(scope)) + _number(right(scope)))
        case "-":
            return lambda scope: _whole(_number(left(scope)) - _number(right(scope)))
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


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if value is UNDEFINED:
        return ""
    raise Detour


def _number(value: Any) -> float:
    """The evaluator counts in floats."""
    if type(value) is not int and type(value) is not float:
        raise Detour
    try:
        return float(value)
    except OverflowError:
        raise Detour from None


def _whole(value: float) -> float:
    """An int where it is one."""
    if not math.isfinite(value):
        raise Detour
    return int(value) if value.is_integer() else value


def _function(symbol: Any) -> Evaluate | None:
    if symbol.procedure.type != "variable" or len(symbol.arguments) != 1:
        return None
    if symbol.procedure.value in ("merge", "min"):
        parts = _written_out(symbol.arguments[0])
        return None if parts is None else _merge(parts) if symbol.procedure.value == "merge" else _least(parts)
    argument = compile_shortcut(symbol.arguments[0])
    if argument is None:
        return None
    match symbol.procedure.value:
        case "exists":
            return lambda scope: argument(scope) is not UNDEFINED
        case "not":
            return lambda scope: _negation(argument(scope))
        case "ceil":
            return lambda scope: math.ceil(_number(argument(scope)))
        case _:
            return None


def _negation(value: Any) -> Any:
    return UNDEFINED if value is UNDEFINED else not _truth(value)


def _written_out(argument: Any) -> list[Evaluate] | None:
    """The items of an array such as `[$a, {…}]`."""
    if argument.type != "unary" or argument.value != "[" or _adorned(argument):
        return None
    return _all(argument.expressions)


def _least(parts: list[Evaluate]) -> Evaluate | None:
    return (lambda scope: _whole(min(_number(part(scope)) for part in parts))) if parts else None


def _merge(parts: list[Evaluate]) -> Evaluate:
    def evaluate(scope: Scope) -> Any:
        merged: dict[str, Any] = {}
        for part in parts:
            value = part(scope)
            if type(value) is not dict:
                raise Detour
            merged |= value
        return merged

    return evaluate
