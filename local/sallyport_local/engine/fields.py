"""Reads one object of a definition; whatever nobody asked for is refused."""

from typing import Any, Final

from sallyport_local.engine.errors import DefinitionError
from sallyport_local.engine.expressions import Expression, NotAnExpression
from sallyport_local.engine.templates import CLOSE, OPEN, Template, compile_template, is_expression
from sallyport_local.engine.values import NotJson, Scale, TooLarge

MISSING: Final = object()

INPUT: Final = frozenset({"input", "context"})
RESULT: Final = INPUT | {"result"}
ERROR: Final = INPUT | {"errorOutput"}
"""The parts of $states that exist before a state's work, after it, and in a Catch."""

_JSONPATH: Final = frozenset(
    {"InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Result", "ItemsPath", "ErrorPath"}
    | {"CausePath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "MaxConcurrencyPath"}
    | {"Variable", "Iterator"}
)


class Fields:
    """The fields of one object of the definition, each taken once by the code that knows it."""

    def __init__(self, raw: Any, state: str | None, path: str, variables: frozenset[str]) -> None:
        """`path` leads from the state to this object, such as `Choices[1]`; '' for the state itself."""
        if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
            raise DefinitionError("must be an object", state=state, field=path or None)
        self._left = dict(raw)
        self.state = state
        self._path = path
        self.variables = variables
        self.parts_used: set[str] = set()

    def location(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name

    def refuse(self, name: str, problem: str) -> DefinitionError:
        return DefinitionError(problem, state=self.state, field=self.location(name))

    def take(self, name: str) -> Any:
        """The raw value, or MISSING."""
        return self._left.pop(name, MISSING)

    def text(self, name: str) -> str | None:
        value = self.take(name)
        if value is MISSING:
            return None
        if not isinstance(value, str) or not value:
            raise self.refuse(name, "must be a non-empty string")
        return value

    def required_text(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise self.refuse(name, "is required")
        return value

    def whole(self, name: str, *, minimum: int, maximum: int) -> int | None:
        value = self.take(name)
        if value is MISSING:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            raise self.refuse(name, f"must be a whole number from {minimum} to {maximum}")
        return value

    def whole_template(self, name: str, *, minimum: int, maximum: int) -> Template | None:
        """A whole number, or an expression whose value Template.whole will check."""
        value = self._left.get(name, MISSING)
        if not is_expression(value):
            value = self.whole(name, minimum=minimum, maximum=maximum)
            return None if value is None else self.compile(name, value, INPUT)
        return self.template(name, INPUT)

    def items(self, name: str) -> list[Any]:
        """A list with at least one item; empty when the field is absent."""
        value = self.take(name)
        if value is MISSING:
            return []
        if not isinstance(value, list) or not value:
            raise self.refuse(name, "must be a list with at least one item")
        return value

    def nested(self, raw: Any, path: str) -> "Fields":
        """One object inside this one; shares the variables and the state's name."""
        inner = Fields(raw, self.state, self.location(path), self.variables)
        inner.parts_used = self.parts_used
        return inner

    def template(self, name: str, parts: frozenset[str]) -> Template | None:
        value = self.take(name)
        return None if value is MISSING else self.compile(name, value, parts)

    def compile(self, name: str, value: Any, parts: frozenset[str]) -> Template:
        try:
            value = Scale().copy(value)
        except NotJson as error:
            raise self.refuse(name, f"{error}; quote dates and other words that YAML reads as more than text") from None
        except TooLarge:
            raise self.refuse(name, "is larger than a state's data may be") from None

        def compile_expression(text: str, location: str) -> Expression:
            return self._expression(text, location, parts)

        return compile_template(value, self.state, self.location(name), compile_expression)

    def assign(self, parts: frozenset[str]) -> dict[str, Template]:
        """The variables that this object assigns. Their names were checked with those of the whole machine."""
        raw = self.take("Assign")
        if raw is MISSING:
            return {}
        return {name: self.compile(f"Assign/{name}", value, parts) for name, value in raw.items()}

    def _expression(self, text: str, location: str, parts: frozenset[str]) -> Expression:
        if not (text.startswith(OPEN) and text.endswith(CLOSE) and len(text) >= len(OPEN + CLOSE)):
            raise DefinitionError("an expression starts with '{%' and ends with '%}'", state=self.state, field=location)
        try:
            expression = Expression(text[len(OPEN) : -len(CLOSE)], variables=self.variables, parts=parts)
        except NotAnExpression as error:
            raise DefinitionError(f"the expression {error}", state=self.state, field=location) from None
        self.parts_used |= expression.parts
        return expression

    def done(self) -> None:
        """Raises DefinitionError for a field that was not taken."""
        for name in self._left:
            if name in _JSONPATH:
                raise self.refuse(name, "belongs to JSONPath; write it in JSONata")
            raise self.refuse(name, "is not known to this engine")
