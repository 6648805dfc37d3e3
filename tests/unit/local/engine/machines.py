"""Small machines, a clock that stands still, and functions that fail or last, for the engine's tests."""

from collections.abc import Callable
from typing import Any

from sallyport_local.engine import Engine, Execution, TaskContext, load

CAUGHT = "B: {Type: Pass, Output: '{% $states.input.Error %}', End: true}"


class Clock:
    """Stands still until somebody sleeps, or a handler takes its time."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def machine(*states: str, top: str = "") -> str:
    return "\n".join(["QueryLanguage: JSONata", top, "StartAt: A", "States:", *(f"  {state}" for state in states)])


def task(*fields: str, name: str = "A") -> str:
    start = [f"{name}: {{Type: Task", "Resource: 'arn:aws:states:::lambda:invoke'"]
    return ", ".join([*start, "Arguments: {FunctionName: f, Payload: '{% $states.input %}'}", *fields]) + "}"


def engine(text: str, invoke: Callable[[Any, TaskContext], Any], clock: Clock | None = None, **more: Any) -> Engine:
    clock = clock or Clock()
    return Engine(
        load(text, {}),
        lambda name, payload, context: invoke(payload, context),
        **{"clock": clock, "now": lambda: 1_700_000_000.0, "sleep": clock.sleep, "random": lambda: 0.25, **more},
    )


def run(text: str, invoke: Callable[[Any, TaskContext], Any], received: Any = None, **more: Any) -> Execution:
    return engine(text, invoke, **more).run({} if received is None else received, name="run")


def failing(error: Exception) -> Callable[[Any, TaskContext], Any]:
    def fail(payload: Any, context: TaskContext) -> Any:
        raise error

    return fail


def unused(payload: Any, context: TaskContext) -> Any:
    raise AssertionError("this machine calls no function")


class SlowError(Exception):
    pass


def lasting(clock: Clock, seconds: float, then: Exception | None = None) -> Callable[[Any, TaskContext], Any]:
    def invoke(payload: Any, context: TaskContext) -> Any:
        clock.time += seconds
        if then is not None:
            raise then
        return {}

    return invoke
