"""What can go wrong in the engine, drawn once.

DefinitionError     at load: the definition is not one that this engine runs as Step Functions would
StateFailed         while running: a state ended in an error that Retry and Catch may match
└── TaskFailed      raised by a task that chooses its own error name, such as `Lambda.TooManyRequestsException`
OutOfTime           while running: the machine's own TimeoutSeconds is over; nothing can catch it
"""

from typing import Final

ALL: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
RUNTIME: Final = "States.Runtime"
DATA_LIMIT_EXCEEDED: Final = "States.DataLimitExceeded"
QUERY_EVALUATION: Final = "States.QueryEvaluationError"


class DefinitionError(ValueError):
    """The definition cannot be loaded; the message names the state and the field, and says what to write instead."""

    def __init__(self, problem: str, *, state: str | None = None, field: str | None = None) -> None:
        where = [f"state '{state}'"] if state else []
        where += [f"field '{field}'"] if field else []
        super().__init__(f"{', '.join(where)}: {problem}" if where else problem)


class StateFailed(Exception):
    """A state failed. `error` is the name that ErrorEquals matches; both are None for a Fail state without them."""

    def __init__(self, error: str | None, cause: str | None) -> None:
        super().__init__(error)
        self.error = error
        self.cause = cause


class TaskFailed(StateFailed):
    """Raise this from a task to fail with an error name of its own instead of the exception's class name."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error, cause)


class OutOfTime(Exception):
    """The execution has run for as long as its machine may."""
