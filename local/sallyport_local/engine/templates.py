"""JSON with `{% expressions %}` anywhere in it, compiled once: literals stay what they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sallyport_local.engine.errors import QUERY_EVALUATION, StateFailed
from sallyport_local.engine.expressions import Expression
from sallyport_local.engine.interchange import UNDEFINED, EvaluationFailed
from sallyport_local.engine.shortcuts import Evaluate, Scope

OPEN: Final = "{%"
CLOSE: Final = "%}"

type Compile = Callable[[str, str], Expression]
"""(text with its delimiters, location) → expression; raises DefinitionError."""


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled value. `location` names its field as Step Functions does, such as `Output/a/b[0]`."""

    state: str | None
    location: str
    evaluate: Evaluate  # raises StateFailed(States.QueryEvaluationError)
    constant: bool
    composed: bool  # the result can be larger than the data it is made from

    def whole(self, scope: Scope, minimum: int, maximum: int) -> int:
        """The value, when it is a whole number within these bounds; otherwise raises StateFailed."""
        value = self.evaluate(scope)
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            raise self.refuse(f"must be a whole number from {minimum} to {maximum}")
        return value

    def refuse(self, problem: str) -> StateFailed:
        """The error for a result of the wrong type or out of range; never tells the value."""
        return _failed(self.state, f"The field '{self.location}' {problem}.")


def is_expression(value: object) -> bool:
    """Also true of text with only one of the delimiters: nobody who writes `{%` means text."""
    return isinstance(value, str) and (value.startswith(OPEN) or value.endswith(CLOSE))


def _failed(state: str | None, cause: str) -> StateFailed:
    return StateFailed(QUERY_EVALUATION, f"An error occurred while executing the state '{state}'. {cause}")


def compile_template(value: Any, state: str | None, location: str, compile_expression: Compile) -> Template:
    """Raises DefinitionError through `compile_expression`."""
    if isinstance(value, str) and is_expression(value):
        expression = compile_expression(value, location)
        evaluate = _leaf(expression, state, location)
        return Template(state, location, evaluate, constant=False, composed=not expression.selects)

    def compile_inner(item: Any, step: str) -> Template:
        return compile_template(item, state, location + step, compile_expression)

    if isinstance(value, dict):
        fields = {key: compile_inner(item, f"/{key}") for key, item in value.items()}
        if not all(field.constant for field in fields.values()):
            return Template(state, location, _object(fields), constant=False, composed=True)
    if isinstance(value, list):
        items = [compile_inner(item, f"[{i}]") for i, item in enumerate(value)]
        if not all(item.constant for item in items):
            return Template(state, location, _array(items), constant=False, composed=True)
    return Template(state, location, lambda scope: value, constant=True, composed=False)


def _leaf(expression: Expression, state: str | None, location: str) -> Evaluate:
    evaluate = expression.evaluate
    about = f"The JSONata expression '{expression.source}' specified for the field '{location}'"

    def leaf(scope: Scope) -> Any:
        try:
            value = evaluate(scope)
        except EvaluationFailed as error:
            raise _failed(state, f"{about} {error}.") from error
        if value is UNDEFINED:
            raise _failed(state, f"{about} returned nothing (undefined).")
        return value

    return leaf


def _object(fields: dict[str, Template]) -> Evaluate:
    compiled = [(key, field.evaluate) for key, field in fields.items()]
    return lambda scope: {key: evaluate(scope) for key, evaluate in compiled}


def _array(items: list[Template]) -> Evaluate:
    compiled = [item.evaluate for item in items]
    return lambda scope: [evaluate(scope) for evaluate in compiled]
