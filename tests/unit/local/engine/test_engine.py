"""Running: paths, limits, the machine's time, and values that pass by value. No test waits."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sallyport_local.engine import TaskContext, Visit
from sallyport_local.engine.values import LIMIT, NotJson
from tests.unit.local.engine.machines import (
    CAUGHT,
    Clock,
    SlowError,
    engine,
    lasting,
    machine,
    run,
    task,
    unused,
)


def test_history_tells_the_path_and_no_data():
    clock = Clock()

    def flaky(payload: Any, context: TaskContext) -> Any:
        clock.time += 0.5
        if context.attempt == 0:
            raise KeyError("secret")
        return {"secret": "secret"}

    text = machine(
        task("Retry: [{ErrorEquals: [KeyError]}]", "Next: B"),
        "B: {Type: Choice, Choices: [{Condition: '{% true %}', Next: C}]}",
        task("Catch: [{ErrorEquals: [KeyError], Next: D}]", "Next: D", name="C"),
        "D: {Type: Fail, Error: Refused}",
    )

    execution = run(text, flaky, {"secret": "secret"}, clock=clock)

    assert execution.history == (
        Visit("A", "Task", 1_700_000_000.0, 2_000.0, 1, None, "B", "f"),
        Visit("B", "Choice", 1_700_000_002.0, 0.0, 0, None, "C", None),
        Visit("C", "Task", 1_700_000_002.0, 500.0, 0, "KeyError", "D", "f"),
        Visit("D", "Fail", 1_700_000_002.5, 0.0, 0, "Refused", None, None),
    )
    assert (execution.status, execution.duration_ms, execution.started_at) == ("FAILED", 2_500.0, 1_700_000_000.0)
    assert "secret" not in str(execution)


def test_a_recorder_sees_every_state_s_input_and_output():
    seen: list[Any] = []
    text = machine("A: {Type: Pass, Output: {b: '{% $states.input.a %}'}, Next: B}", "B: {Type: Succeed}")

    run(text, unused, {"a": 1}, on_visit=lambda *visit: seen.append(visit))

    assert seen == [("A", {"a": 1}, {"b": 1}), ("B", {"b": 1}, {"b": 1})]


def test_a_handler_cannot_change_the_engine_s_data():
    kept: list[dict[str, Any]] = []

    def greedy(payload: dict[str, Any], context: TaskContext) -> Any:
        for earlier in kept:
            earlier["l"].append("theirs")
        payload["l"].append("mine")
        kept.append({"l": []})
        return kept[-1]

    text = machine(
        task("Assign: {r: '{% $states.result.Payload %}'}", "Output: '{% $states.input %}'", "Next: B"),
        task("Output: ['{% $r %}', '{% $states.input %}']", "End: true", name="B"),
    )
    received = {"l": [1]}

    assert run(text, greedy, received).output == [{"l": []}, {"l": [1]}]
    assert received == {"l": [1]}


def test_an_output_is_the_caller_s_own():
    shared = engine(machine("A: {Type: Pass, Output: {l: []}, End: true}"), unused)

    shared.run({}, name="one").output["l"].append(1)

    assert shared.run({}, name="two").output == {"l": []}


CATCH_ALL = "Catch: [{ErrorEquals: [States.ALL], Next: B}]"

MACHINE_TIMES_OUT = {
    "while a task runs, whatever its own Catch says": (
        machine(task("TimeoutSeconds: 3", CATCH_ALL, "End: true"), CAUGHT, top="TimeoutSeconds: 5"),
        *(6, []),
    ),
    "while waiting for a retry": (
        machine(task("Retry: [{ErrorEquals: [SlowError], IntervalSeconds: 9}]", "End: true"), top="TimeoutSeconds: 5"),
        *(1, [4]),
    ),
    "while waiting": (machine("A: {Type: Wait, Seconds: 5, End: true}", top="TimeoutSeconds: 5"), 0, [5]),
    "in a branch": (
        machine(
            f"A: {{Type: Parallel, {CATCH_ALL}, End: true, Branches: "
            "[{StartAt: X, States: {X: {Type: Wait, Seconds: 9, End: true}}}]}",
            CAUGHT,
            top="TimeoutSeconds: 5",
        ),
        *(0, [5]),
    ),
    "after Express's five minutes": (machine("A: {Type: Wait, Seconds: 301, End: true}"), 0, [300]),
}


@pytest.mark.parametrize(("text", "seconds", "slept"), MACHINE_TIMES_OUT.values(), ids=MACHINE_TIMES_OUT)
def test_the_machine_times_out(text, seconds, slept):
    clock = Clock()

    execution = run(text, lasting(clock, seconds, SlowError()), clock=clock)

    assert (execution.status, execution.output, execution.error, execution.cause) == ("TIMED_OUT", None, None, None)
    assert execution.history[-1].error == "States.Timeout"
    assert clock.slept == slept


@pytest.mark.parametrize(
    ("until", "slept"),
    [("2023-11-14T22:13:25Z", [5.0]), ("2023-11-14T23:13:25+01:00", [5.0]), ("2023-01-01T00:00:00Z", [])],
)
def test_waits_until_a_timestamp(until, slept):
    clock = Clock()
    text = machine("A: {Type: Wait, Timestamp: '{% $states.input %}', End: true}")

    execution = run(text, unused, until, clock=clock)

    assert (execution.status, clock.slept) == ("SUCCEEDED", slept)


LARGE = "x" * LIMIT
NEARLY = "x" * (LIMIT - 3)
TOO_LARGE = {
    "an input": (machine("A: {Type: Succeed}"), LARGE),
    "arguments": (machine(task("End: true")), NEARLY),
    "a result": (machine(task("End: true")), {"give": "much"}),
    "an output": (machine("A: {Type: Pass, Output: ['{% $states.input %}', 1], End: true}"), NEARLY),
    "an expression's output": (
        machine("A: {Type: Pass, Output: '{% $states.input & $states.input %}', End: true}"),
        "x" * (LIMIT // 2),
    ),
    "a variable": (
        machine("A: {Type: Pass, Assign: {v: ['{% $states.input %}', 1]}, Output: 1, Next: B}", "B: {Type: Succeed}"),
        NEARLY,
    ),
}


@pytest.mark.parametrize(("text", "received"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_data_above_the_limit_ends_the_execution(text, received):
    execution = run(text, lambda payload, context: LARGE if payload == {"give": "much"} else None, received)

    assert (execution.status, execution.error) == ("FAILED", "States.DataLimitExceeded")
    assert len(execution.cause or "") < 100


@pytest.mark.parametrize(
    ("caught", "status"),
    [("States.ALL", "FAILED"), ("States.TaskFailed", "FAILED"), ("States.DataLimitExceeded", "SUCCEEDED")],
)
def test_only_its_own_name_catches_the_data_limit(caught, status):
    text = machine(task(f"Catch: [{{ErrorEquals: [{caught}], Next: B}}]", "End: true"), CAUGHT)

    assert run(text, lambda payload, context: LARGE).status == status


def test_no_wildcard_catches_a_runtime_error():
    branch = (
        "{StartAt: X, States: {X: {Type: Choice, Choices: [{Condition: '{% false %}', Next: Y}]}, Y: {Type: Succeed}}}"
    )
    text = machine(
        f"A: {{Type: Parallel, Branches: [{branch}], Catch: [{{ErrorEquals: [States.ALL], Next: B}}], End: true}}",
        CAUGHT,
    )

    assert run(text, unused).error == "States.Runtime"


def test_a_query_evaluation_error_names_state_field_and_expression_but_no_value():
    text = machine("A: {Type: Pass, Output: {v: [1, '{% $states.input.secret + 1 %}']}, End: true}")

    execution = run(text, unused, {"secret": "hidden"})

    assert execution.cause == (
        "An error occurred while executing the state 'A'. The JSONata expression '$states.input.secret + 1' specified "
        "for the field 'Output/v[1]' failed with the JSONata error T2001."
    )


def test_a_branch_after_a_failed_one_is_not_entered():
    text = machine(
        "A: {Type: Parallel, End: true, Branches: [{StartAt: X, States: {X: {Type: Fail, Error: E}}},"
        " {StartAt: Y, States: {Y: {Type: Succeed}}}]}"
    )

    assert [visit.state for visit in run(text, unused).history] == ["A", "X"]


def test_an_item_s_processor_reads_its_item_from_the_context():
    inner = "{StartAt: Y, States: {Y: {Type: Pass, Output: '{% $states.context.Map.Item.Value %}', End: true}}}"
    outer = f"{{StartAt: X, States: {{X: {{Type: Parallel, End: true, Branches: [{inner}]}}}}}}"
    text = machine(f"A: {{Type: Map, Items: [7, 8], End: true, ItemProcessor: {outer}}}")

    assert run(text, unused).output == [[7], [8]]


def test_an_input_that_is_not_json_is_the_caller_s_error():
    with pytest.raises(NotJson):
        run(machine("A: {Type: Succeed}"), unused, {"a": object()})


def test_executions_in_many_threads_keep_apart():
    text = machine(
        task("Assign: {v: '{% $states.result.Payload.n %}'}", "Output: '{% $states.result.Payload %}'", "Next: B"),
        "B: {Type: Pass, Assign: {w: '{% $v * 2 %}'}, Next: C}",
        task("Output: ['{% $v %}', '{% $w %}', '{% $states.result.Payload.n + $w %}']", "End: true", name="C"),
    )
    shared = engine(text, lambda payload, context: payload)

    with ThreadPoolExecutor(8) as threads:
        executions = list(threads.map(lambda n: shared.run({"n": n}, name=f"run-{n}"), range(300)))

    assert [execution.output for execution in executions] == [[n, 2 * n, 3 * n] for n in range(300)]
