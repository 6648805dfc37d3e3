"""Runs a definition: in this process, on the calling thread, as Step Functions runs an Express workflow."""

import random as randomness
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sallyport_local.engine.definition import Definition
from sallyport_local.engine.errors import TIMEOUT, DefinitionError, OutOfTime, StateFailed
from sallyport_local.engine.execution import Entered, Execution, Transition, Visit
from sallyport_local.engine.running import Integration, Invoke, Machine, Run, State
from sallyport_local.engine.tasks import LAMBDA
from sallyport_local.engine.values import Scale

type OnVisit = Callable[[str, Any, Any], None]
"""(state, input, output): the data that the history does not keep. For tests: it sees everything."""

_PENDING: Final = Visit("", "", 0.0, 0.0, 0, None, None, None)


class Engine:
    """One definition with the tasks that it calls. Any number of threads may run executions at once."""

    def __init__(
        self,
        definition: Definition,
        invoke: Invoke,
        integrations: Mapping[str, Integration] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = randomness.random,
        on_visit: OnVisit | None = None,
    ) -> None:
        """`integrations` maps a resource such as arn:aws:states:::sns:publish to its callable.

        `clock` gives monotonic and `now` Unix seconds; `random` a number in [0, 1) for a retry's jitter.
        Raises DefinitionError when the definition needs an integration that is not there.
        """
        self._definition = definition
        self._invoke = invoke
        self._integrations = dict(integrations or {})
        self._clock, self._now, self._sleep, self._random = clock, now, sleep, random
        self._on_visit = on_visit
        for state, resource in definition.resources.items():
            if resource != LAMBDA and resource not in self._integrations:
                raise DefinitionError("the engine was given no integration for it", state=state, field="Resource")

    def run(self, received: Any, *, name: str, trace_header: str | None = None) -> Execution:
        """Run one execution to its end. Raises NotJson for an input that is not JSON; never fails otherwise."""
        return _Execution(self, name, trace_header).run(received)


class _Execution:
    """The path of one execution through its states."""

    def __init__(self, engine: Engine, name: str, trace_header: str | None) -> None:
        self._clock = engine._clock
        self._on_visit = engine._on_visit
        self._started = engine._clock()
        self._started_at = engine._now()
        self._definition = engine._definition
        self._history: list[Visit] = []
        self._execution_context: dict[str, Any] = {}
        self._run = Run(
            name=name,
            trace_header=trace_header,
            deadline=self._started + self._definition.timeout_seconds,
            clock=engine._clock,
            now=engine._now,
            sleep=engine._sleep,
            random=engine._random,
            invoke=engine._invoke,
            integrations=engine._integrations,
            machine=self._machine,
        )

    def run(self, received: Any) -> Execution:
        output = error = cause = None
        try:
            received = self._run.by_value(received, "input of the execution", kept=True)
            self._execution_context = {"Input": received, "Name": self._run.name, "StartTime": _iso(self._started_at)}
            output = self._machine(self._definition.machine, received, {}, None)
            output = self._run.by_value(output, "output of the execution")
            status = "SUCCEEDED"
        except StateFailed as failure:
            output, error, cause, status = None, failure.error, failure.cause, "FAILED"
        except OutOfTime:
            status = "TIMED_OUT"
        return Execution(
            name=self._run.name,
            status=status,
            output=output,
            error=error,
            cause=cause,
            started_at=self._started_at,
            duration_ms=(self._clock() - self._started) * 1000,
            history=tuple(self._history),
        )

    def _machine(
        self, machine: Machine, received: Any, variables: dict[str, Any], around: Mapping[str, Any] | None
    ) -> Any:
        following: str | None = machine.start_at
        while following is not None:
            transition = self._visit(machine.states[following], received, variables, around)
            following, received = transition.next, transition.output
            if transition.assigned:
                variables.update(transition.assigned)
        return received

    def _visit(
        self, state: State, received: Any, variables: dict[str, Any], around: Mapping[str, Any] | None
    ) -> Transition:
        self._run.check_time()
        at, entered_at = len(self._history), self._clock()
        self._history.append(_PENDING)
        states = {"input": received}
        if self._definition.uses_context:
            states["context"] = self._context(state.name, entered_at, around)
        entered = Entered(state.name, states, variables)
        error = following = None
        try:
            transition = state.enter(self._run, entered)
            error, following = transition.error, transition.next
        except StateFailed as failure:
            error = failure.error
            raise
        except OutOfTime:
            error = TIMEOUT
            raise
        finally:
            self._history[at] = Visit(
                state.name,
                state.type,
                self._started_at + entered_at - self._started,
                (self._clock() - entered_at) * 1000,
                entered.retries,
                error,
                following,
                entered.resource,
            )
        if self._on_visit is not None:
            self._on_visit(state.name, Scale().copy(received), Scale().copy(transition.output))
        return transition

    def _context(self, state: str, entered_at: float, around: Mapping[str, Any] | None) -> dict[str, Any]:
        entered = _iso(self._started_at + entered_at - self._started)
        context: dict[str, Any] = {
            "Execution": self._execution_context,
            "State": {"EnteredTime": entered, "Name": state, "RetryCount": 0},
        }
        if around is not None:
            context["Map"] = around
        return context


def _iso(moment: float) -> str:
    """RFC 3339 in UTC to the millisecond, as the context object writes times."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
