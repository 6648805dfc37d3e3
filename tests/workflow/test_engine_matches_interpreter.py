"""The embedded engine against an independent interpreter: the same definitions, inputs and handlers give the same end.

Compared are status, output, error, the path of states, and the cause where Lambda or the definition wrote it; the
engine's own causes are worded differently, because they never tell a value.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sallyport_local.engine import Engine, Execution, load
from tests.workflow.engine_cases import DEVIATES, SAME, handlers, machine, task
from tests.workflow.interpreter import Interpreter, Outcome, interpreter


@pytest.fixture(scope="module")
def independent() -> Iterator[Interpreter]:
    with interpreter({}) as opened:
        yield opened


def run_both(definition: str, received: Any, independent: Interpreter) -> tuple[Execution, Outcome]:
    ours = handlers()
    engine = Engine(load(definition, {}), lambda name, payload, _: ours[name](payload), sleep=lambda seconds: None)
    independent.handlers = handlers()
    return engine.run(received, name="run"), independent.run(definition, {}, received)


def told(outcome: Execution | Outcome) -> tuple[Any, ...]:
    try:
        reported = json.loads(outcome.cause or "null")
    except ValueError:
        reported = None
    cause: Any
    if isinstance(reported, dict) and "errorType" in reported:
        cause = (reported["errorType"], reported["errorMessage"])
    else:
        cause = None if (outcome.error or "").startswith("States.") else outcome.cause
    return outcome.status, outcome.output, outcome.error, cause


@pytest.mark.parametrize(("definition", "received"), SAME.values(), ids=SAME)
def test_both_come_to_the_same_end(definition: str, received: Any, independent: Interpreter) -> None:
    ours, theirs = run_both(definition, received, independent)

    assert told(ours) == told(theirs)
    order: Callable[..., Any] = sorted if "Parallel" in definition else list  # moto's branches interleave
    assert order(visit.state for visit in ours.history) == order(theirs.path)


@pytest.mark.parametrize(("definition", "received", "documented"), DEVIATES.values(), ids=DEVIATES)
def test_follows_the_documentation_where_the_other_does_not(
    definition: str, received: Any, documented: tuple[Any, ...], independent: Interpreter
) -> None:
    ours, theirs = run_both(definition, received, independent)

    assert (ours.status, ours.output, ours.error) == documented
    # A deviation that is gone belongs with the cases that are the same.
    assert (theirs.status, theirs.output, theirs.error) != documented


def test_both_wait_alike_between_retries(independent: Interpreter) -> None:
    retry = (
        "Retry: [{ErrorEquals: [Throttled], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 3, MaxDelaySeconds: 20}]"
    )
    definition = machine(task("throttle", retry, "End: true"))
    slept: list[float] = []
    engine = Engine(load(definition, {}), lambda _, payload, __: handlers()["throttle"](payload), sleep=slept.append)
    independent.handlers = handlers()
    independent.slept.clear()

    engine.run({}, name="run")
    independent.run(definition, {}, {})

    assert slept == independent.slept == [2, 6, 18, 20]


def test_stand_ins_and_moto_s_own_services_both_answer_integrations() -> None:
    definition = machine(
        "{Type: Task, Resource: 'arn:aws:states:::aws-sdk:dynamodb:listTables', Arguments: {Limit: 1}, Next: B}",
        B="{Type: Task, Resource: 'arn:aws:states:::aws-sdk:sqs:listQueues', Output: asked, End: true}",
    )
    received: list[Any] = []
    stand_in = {"arn:aws:states:::aws-sdk:dynamodb:listTables": received.append}

    with interpreter({}, stand_in) as opened:
        outcome = opened.run(definition, {}, {})

    assert (outcome.status, outcome.output, outcome.path) == ("SUCCEEDED", "asked", ("A", "B"))
    assert received == [{"Limit": 1}]
