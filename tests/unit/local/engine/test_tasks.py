"""Tasks: how errors are reported and retried, what a deadline means, and what an integration receives."""

import json
from typing import Any

import pytest

from sallyport_local.engine import TaskContext, TaskFailed
from tests.unit.local.engine.machines import (
    CAUGHT,
    Clock,
    SlowError,
    engine,
    failing,
    lasting,
    machine,
    run,
    task,
)

PUBLISH = "arn:aws:states:::sns:publish"


@pytest.mark.parametrize(
    ("error", "name", "message"),
    [
        (SlowError("too slow"), "SlowError", "too slow"),
        (ValueError(), "ValueError", ""),
        (TimeoutError("late"), "TimeoutError", "late"),
    ],
)
def test_an_exception_is_reported_as_lambda_reports_it(error, name, message):
    execution = run(machine(task("End: true")), failing(error))

    assert (execution.status, execution.output, execution.error) == ("FAILED", None, name)
    assert json.loads(execution.cause or "") == {"errorMessage": message, "errorType": name}


def test_a_task_may_choose_its_error_name():
    throttled = TaskFailed("Lambda.TooManyRequestsException", "Rate exceeded")
    retry = "Retry: [{ErrorEquals: [Lambda.TooManyRequestsException], MaxAttempts: 1}]"

    execution = run(machine(task(retry, "End: true")), failing(throttled))

    assert (execution.error, execution.cause) == ("Lambda.TooManyRequestsException", "Rate exceeded")
    assert execution.history[0].retries == 1


def test_a_result_that_is_not_json_is_lambda_s_marshalling_error():
    execution = run(machine(task("End: true")), lambda payload, context: {"when": object()})

    assert execution.error == "Runtime.MarshalError"
    assert "type object is not JSON serializable" in (execution.cause or "")


def test_jitter_takes_a_random_part_of_the_delay():
    clock = Clock()
    retry = "[{ErrorEquals: [States.ALL], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 3, JitterStrategy: FULL}]"

    run(machine(task(f"Retry: {retry}", "End: true")), failing(SlowError()), clock=clock)

    assert clock.slept == [0.5, 1.5, 4.5]


def test_every_retrier_counts_for_itself():
    errors = [SlowError(), ValueError(), SlowError(), ValueError(), SlowError()]

    def fail(payload: Any, context: TaskContext) -> Any:
        raise errors[context.attempt]

    retry = "Retry: [{ErrorEquals: [SlowError], MaxAttempts: 2}, {ErrorEquals: [ValueError], MaxAttempts: 2}]"
    execution = run(machine(task(retry, "End: true")), fail)

    assert (execution.error, execution.history[0].retries) == ("SlowError", 4)


@pytest.mark.parametrize(
    ("seconds", "then", "error"),
    [
        (2.9, None, None),
        (3.0, None, "States.Timeout"),
        (9.0, None, "States.Timeout"),
        (9.0, SlowError(), "States.Timeout"),
    ],
)
def test_an_answer_after_the_timeout_is_no_answer(seconds, then, error):
    clock = Clock()

    execution = run(machine(task("TimeoutSeconds: 3", "End: true")), lasting(clock, seconds, then), clock=clock)

    assert (execution.error, execution.cause) == (error, None)


@pytest.mark.parametrize(
    ("caught", "status"),
    [("States.Timeout", "SUCCEEDED"), ("States.ALL", "SUCCEEDED"), ("States.TaskFailed", "FAILED")],
)
def test_a_timeout_is_caught_by_its_name_and_not_as_a_failed_task(caught, status):
    clock = Clock()
    text = machine(task("TimeoutSeconds: 3", f"Catch: [{{ErrorEquals: [{caught}], Next: B}}]", "End: true"), CAUGHT)

    assert run(text, lasting(clock, 4), clock=clock).status == status


@pytest.mark.parametrize(
    ("fields", "top", "left"),
    [
        ("TimeoutSeconds: 3", "", 3),
        ("TimeoutSeconds: '{% $states.input.t %}'", "", 7),
        ("TimeoutSeconds: 30", "TimeoutSeconds: 20", 20),
        ("Comment: none", "", 300),
    ],
)
def test_a_task_is_told_the_first_deadline(fields, top, left):
    told: list[TaskContext] = []
    shared = engine(machine(task(fields, "End: true"), top=top), lambda payload, context: told.append(context))

    shared.run({"t": 7}, name="r-1", trace_header="Root=1")

    assert told == [TaskContext("r-1", "A", 0, 1_000.0 + left, "Root=1")]


@pytest.mark.parametrize("timeout", ["'{% 0 %}'", "'{% 1.5 %}'", "\"{% '3' %}\""])
def test_a_timeout_that_is_no_time_is_a_query_evaluation_error(timeout):
    assert run(machine(task(f"TimeoutSeconds: {timeout}", "End: true")), failing(SlowError())).error == (
        "States.QueryEvaluationError"
    )


def test_the_context_counts_retries():
    retry = "Retry: [{ErrorEquals: [SlowError], MaxAttempts: 2}]"
    catch = "Catch: [{ErrorEquals: [SlowError], Output: '{% $states.context.State.RetryCount %}', Next: B}]"
    text = machine(task(retry, catch, "End: true"), "B: {Type: Succeed}")

    assert run(text, failing(SlowError())).output == 2


def test_an_integration_receives_its_arguments_and_gives_its_result():
    text = machine(
        f"A: {{Type: Task, Resource: '{PUBLISH}', Arguments: {{Message: '{{% $states.input %}}'}},"
        " Output: '{% $states.result.MessageId %}', End: true}"
    )
    published: list[Any] = []

    def publish(arguments: Any, context: TaskContext) -> dict[str, str]:
        published.append(arguments)
        return {"MessageId": context.execution}

    execution = run(text, failing(SlowError()), {"m": 1}, integrations={PUBLISH: publish})

    assert (execution.output, published) == ("run", [{"Message": {"m": 1}}])
    assert execution.history[0].resource == PUBLISH
