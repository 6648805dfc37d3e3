"""What a run leaves behind, and what a state and a task are told while it lasts."""

from typing import Any, NamedTuple


class Visit(NamedTuple):
    """One state on the path of an execution. Holds no data of the execution."""

    state: str
    type: str
    entered_at: float  # Unix seconds
    duration_ms: float  # with retries and everything inside the state
    retries: int
    error: str | None  # that ended the state or was caught; None after a retry that succeeded
    next: str | None  # None where the path ends
    resource: str | None  # a Task's function name, or its integration


class Execution(NamedTuple):
    """The outcome of one run, with the fields of StartSyncExecution's answer that mean something here."""

    name: str
    status: str  # SUCCEEDED, FAILED or TIMED_OUT
    output: Any  # JSON; None unless SUCCEEDED
    error: str | None  # None unless FAILED
    cause: str | None
    started_at: float  # Unix seconds
    duration_ms: float
    history: tuple[Visit, ...]  # in the order in which the states were entered


class TaskContext(NamedTuple):
    """What a task may know about its call. Nobody stops a task at its deadline; what returns later is discarded."""

    execution: str
    state: str
    attempt: int  # 0, then one more with every retry
    deadline: float  # by the engine's clock (monotonic seconds): the state's or the machine's, whichever is first
    trace_header: str | None


class Transition(NamedTuple):
    """Where a state leads, and with what."""

    next: str | None
    output: Any
    assigned: dict[str, Any]
    error: str | None = None


class Entered:
    """One state while it runs: the scope of its expressions, and what its Visit will tell."""

    __slots__ = ("resource", "retries", "state", "states", "variables")

    def __init__(self, state: str, states: dict[str, Any], variables: dict[str, Any]) -> None:
        self.state = state
        self.states = states
        self.variables = variables
        self.retries = 0
        self.resource: str | None = None
