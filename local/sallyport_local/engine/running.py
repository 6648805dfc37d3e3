"""One execution while it runs: its clock, its limits and its calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sallyport_local.engine.errors import DATA_LIMIT_EXCEEDED, OutOfTime, StateFailed
from sallyport_local.engine.execution import Entered, TaskContext, Transition
from sallyport_local.engine.templates import Template
from sallyport_local.engine.values import Scale, TooLarge

type Invoke = Callable[[str, Any, TaskContext], Any]
"""(function name, payload, context) → result. An exception's class name becomes the error name, as with Lambda."""

type Integration = Callable[[Any, TaskContext], Any]
"""(arguments, context) → result, for one AWS integration. Raise TaskFailed for the service's own error names."""


class State(Protocol):
    """A compiled state."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    def enter(self, run: "Run", entered: Entered) -> Transition: ...


@dataclass(frozen=True, slots=True)
class Machine:
    """States with one entrance: the whole workflow, a branch of Parallel, or the processor of a Map's items."""

    start_at: str
    states: Mapping[str, State]


@dataclass(slots=True)
class Run:
    """Shared by all states of one execution."""

    name: str
    trace_header: str | None
    deadline: float  # of the machine, by `clock`
    clock: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    invoke: Invoke
    integrations: Mapping[str, Integration]
    machine: Callable[[Machine, Any, dict[str, Any], Mapping[str, Any] | None], Any]
    """Runs a nested machine: (machine, input, variables, $states.context.Map) → output."""
    scale: Scale = field(default_factory=Scale)

    def by_value(self, value: Any, what: str, *, kept: bool = False) -> Any:
        """A copy of `value`, or States.DataLimitExceeded when it is too large. Raises NotJson.

        One that is `kept` stays within this execution, where nobody changes it.
        """
        try:
            return self.scale.copy(value, kept=kept)
        except TooLarge:
            raise _too_large(what) from None

    def checked(self, value: Any, what: str) -> Any:
        """`value` itself, if it is not too large: for what only this execution has."""
        try:
            self.scale.check(value)
        except TooLarge:
            raise _too_large(what) from None
        return value

    def evaluate(self, template: Template, entered: Entered) -> Any:
        """The template's value. What is only a part of existing data needs no weighing."""
        value = template.evaluate(entered)
        if template.composed:
            self.checked(value, f"field '{template.location}'")
        return value

    def finish(
        self,
        following: str | None,
        default: Any,
        output: Template | None,
        assign: dict[str, Template],
        entered: Entered,
    ) -> Transition:
        """Output and Assign both see the variables as they were when the state was entered."""
        value = default if output is None else self.evaluate(output, entered)
        if not assign:
            return Transition(following, value, {})
        return Transition(following, value, {name: self.evaluate(field, entered) for name, field in assign.items()})

    def check_time(self) -> None:
        if self.clock() >= self.deadline:
            raise OutOfTime

    def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the machine's deadline."""
        left = self.deadline - self.clock()
        if seconds > 0:
            self.sleep(min(seconds, max(left, 0.0)))
        if seconds >= left:
            raise OutOfTime


def _too_large(what: str) -> StateFailed:
    return StateFailed(DATA_LIMIT_EXCEEDED, f"The {what} is larger than the 256 KiB that may pass.")
