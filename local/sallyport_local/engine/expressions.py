"""One JSONata expression: checked at load, then evaluated by a shortcut or by the evaluator, in any thread."""

import copy
import threading
from collections.abc import Iterator
from typing import Any, Final

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata

from sallyport_local.engine.functions import BUILT_IN, FUNCTIONS
from sallyport_local.engine.interchange import EvaluationFailed, from_jsonata, to_jsonata
from sallyport_local.engine.shortcuts import Detour, Evaluate, Scope, compile_shortcut

_CONTEXT: Final = {
    "Execution": frozenset({"Input", "Name", "StartTime"}),
    "State": frozenset({"EnteredTime", "Name", "RetryCount"}),
    "Map": frozenset({"Item"}),
}
_REFUSED: Final = {
    "eval": "$eval is not available in Step Functions; use $parse",
    "$": "$$ is not available in Step Functions; name a part of $states",
}


class NotAnExpression(ValueError):
    """The expression cannot be used here; the message says why."""


class Expression:
    """`source` without its `{% %}`. Parsed once; safe to evaluate in many threads at once."""

    __slots__ = ("_local", "_parsed", "_shortcut", "_used", "parts", "source")

    def __init__(self, source: str, *, variables: frozenset[str], parts: frozenset[str]) -> None:
        """`variables` and `parts` of `$states` may be used, nothing else. Raises NotAnExpression."""
        self.source = source.strip()
        self._parsed = _parse(self.source)
        references = _References(self._parsed.ast)
        references.check(variables, parts)
        self.parts = frozenset(references.parts)
        self._used = references.names - BUILT_IN - {"", "states"}
        self._shortcut: Evaluate | None = compile_shortcut(self._parsed.ast)
        self._local = threading.local()

    @property
    def selects(self) -> bool:
        """Whether the result is always a part of existing data, and so no larger than that."""
        return self._shortcut is not None and self._parsed.ast.type in ("variable", "path")

    def evaluate(self, scope: Scope) -> Any:
        """A JSON value or UNDEFINED. Raises EvaluationFailed."""
        if self._shortcut is not None:
            try:
                return self._shortcut(scope)
            except Detour:
                pass
        return self._interpret(scope)

    def _interpret(self, scope: Scope) -> Any:
        bindings = {name: to_jsonata(scope.variables[name]) for name in self._used if name in scope.variables}
        if self.parts:
            bindings["states"] = {part: to_jsonata(scope.states[part]) for part in self.parts if part in scope.states}
        evaluator = self._of_this_thread()
        Jsonata.CURRENT.jsonata = evaluator  # or nested evaluation, $now and $millis would use the last one parsed
        try:
            return from_jsonata(evaluator.evaluate(None, bindings))
        except EvaluationFailed:
            raise
        except JException as error:
            raise EvaluationFailed(f"failed with the JSONata error {error.error}") from None
        except Exception as error:  # the evaluator lets Python's own errors through, such as ZeroDivisionError
            raise EvaluationFailed(f"failed with {type(error).__name__}") from None

    def _of_this_thread(self) -> Any:
        """An evaluator keeps its current input and environment in itself; only the syntax tree can be shared."""
        try:
            return self._local.evaluator
        except AttributeError:
            self._local.evaluator = copy.copy(self._parsed)
            return self._local.evaluator


def _parse(source: str) -> Any:
    try:
        parsed = Jsonata(source)
    except JException as error:
        raise NotAnExpression(f"is not valid JSONata: {error}") from None
    except Exception as error:  # the parser lets Python's own errors through
        raise NotAnExpression(f"is not valid JSONata ({type(error).__name__})") from None
    if parsed.errors:
        raise NotAnExpression("is not valid JSONata")
    parsed.set_output_convert_nulls(False)
    for name, function in FUNCTIONS.items():
        parsed.register_lambda(name, function)
    return parsed


class _References:
    """What an expression refers to, found by walking its syntax tree."""

    def __init__(self, tree: Any) -> None:
        self.names: set[str] = set()
        self.parts: set[str] = set()
        self._local: set[str] = set()
        self._context: set[tuple[str, ...]] = set()
        self._roots: set[int] = set()
        self._whole_states = False
        for symbol in _symbols(tree, set()):
            self._note(symbol)

    def _note(self, symbol: Any) -> None:
        match symbol.type:
            case "path" if symbol.steps[0].type == "variable" and symbol.steps[0].value == "states":
                self._note_states(symbol.steps)
            case "variable":
                self.names.add(symbol.value)
                self._whole_states |= symbol.value == "states" and id(symbol) not in self._roots
            case "bind":
                self._local.add(symbol.lhs.value)
            case "lambda":
                self._local.update(argument.value for argument in symbol.arguments)
        for name in (symbol.focus, getattr(symbol, "index", None)):
            if isinstance(name, str):
                self._local.add(name)

    def _note_states(self, steps: list[Any]) -> None:
        """A path is met before its steps, so that its root can be told from a bare `$states`."""
        if len(steps) > 1 and steps[1].type == "name":
            self._roots.add(id(steps[0]))
            self.parts.add(steps[1].value)
            if steps[1].value == "context":
                self._context.add(tuple(str(step.value) for step in steps[2:4]))

    def check(self, variables: frozenset[str], parts: frozenset[str]) -> None:
        for name, problem in _REFUSED.items():
            if name in self.names:
                raise NotAnExpression(problem)
        if self._whole_states:
            raise NotAnExpression(f"use a part of $states: {', '.join(sorted(parts))}")
        if unknown := self.parts - parts:
            known = ", ".join(sorted(parts))
            raise NotAnExpression(f"$states.{min(unknown)} does not exist here; there are {known}")
        for path in self._context:
            if not path or not set(path[1:2]) <= _CONTEXT.get(path[0], frozenset()):
                raise NotAnExpression(f"$states.context.{'.'.join(path)} is not provided by this engine")
        if missing := self.names - variables - self._local - BUILT_IN - {"", "states"}:
            raise NotAnExpression(f"the variable ${min(missing)} is assigned nowhere in its scope")


def _symbols(node: Any, seen: set[int]) -> Iterator[Any]:
    """Every symbol of the tree, parents first."""
    if isinstance(node, list | tuple):
        for item in node:
            yield from _symbols(item, seen)
    elif hasattr(node, "lbp") and id(node) not in seen:
        seen.add(id(node))
        yield node
        for name, value in vars(node).items():
            if name != "_outer_instance":
                yield from _symbols(value, seen)
