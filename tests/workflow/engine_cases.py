"""Small definitions, inputs and handlers for test_engine_matches_interpreter.py."""

from collections.abc import Callable
from typing import Any

type Case = tuple[str, Any]
"""(definition, input)"""


class NoRouteError(Exception):
    pass


class Throttled(Exception):
    pass


def handlers() -> dict[str, Callable[[Any], Any]]:
    """Fresh for every run: `flaky` succeeds at its third call."""
    calls: list[Any] = []

    def flaky(payload: Any) -> Any:
        calls.append(payload)
        if len(calls) < 3:
            raise Throttled("slow down")
        return {"calls": len(calls)}

    def refuse(payload: Any) -> Any:
        raise NoRouteError("no route")

    def throttle(payload: Any) -> Any:
        raise Throttled("slow down")

    return {"echo": lambda payload: payload, "flaky": flaky, "refuse": refuse, "throttle": throttle}


def machine(first: str, **others: str) -> str:
    """YAML of a machine that starts at the state A."""
    states = [f"  {name}: {state}" for name, state in {"A": first, **others}.items()]
    return "\n".join(["QueryLanguage: JSONata", "StartAt: A", "States:", *states])


def state(kind: str, *fields: str) -> str:
    return "{" + ", ".join([f"Type: {kind}", *fields]) + "}"


def task(function: str, *fields: str, payload: str = '"{% $states.input %}"') -> str:
    arguments = f"Arguments: {{FunctionName: {function}, Payload: {payload}}}"
    return state("Task", 'Resource: "arn:aws:states:::lambda:invoke"', arguments, *fields)


def ends(output: str) -> str:
    return state("Pass", f"Output: {output}", "End: true")


def one(inner: str) -> str:
    """A machine of one state X, for a branch or an item."""
    return f"StartAt: X, States: {{X: {inner}}}"


def catch(error: str, *fields: str) -> str:
    return f"Catch: [{{{', '.join([f'ErrorEquals: [{error}]', 'Next: B', *fields])}}}]"


def retry(attempts: int) -> str:
    return f"Retry: [{{ErrorEquals: [Throttled], IntervalSeconds: 1, MaxAttempts: {attempts}, BackoffRate: 1}}]"


END = "End: true"
PAYLOAD = 'Output: "{% $states.result.Payload %}"'
ERROR = '"{% $states.input.Error %}"'

DATA: dict[str, Case] = {
    "a task gives its payload": (machine(task("echo", PAYLOAD, END)), {"q": 'say "hi"\n'}),
    "a task without Payload sends an empty object": (
        machine(
            state("Task", "Resource: 'arn:aws:states:::lambda:invoke'", "Arguments: {FunctionName: echo}", PAYLOAD, END)
        ),
        {},
    ),
    "templates nest in objects and arrays": (
        machine(
            task(
                *("echo", PAYLOAD, END),
                payload='{a: [1, "{% $states.input.x %}", {b: "{% $states.input.y %}"}], c: {d: null, e: text}}',
            )
        ),
        {"x": {"deep": [1, [2]]}, "y": None},
    ),
    "a path through an array gathers its members": (
        machine(ends('["{% $states.input.l.n %}", "{% $states.input.s.n %}"]')),
        {"l": [{"n": 1}, {"n": [2, 3]}, {}], "s": [{"n": 4}]},
    ),
    "an array at the end of a path stays as it is": (
        machine(ends('["{% $states.input.e %}", "{% $states.input.s %}"]')),
        {"e": [], "s": [[1]]},
    ),
    "a null is a value": (machine(ends('"{% $states.input.n %}"')), {"n": None}),
    "undefined fails the state": (machine(ends('{v: "{% $states.input.no %}"}')), {}),
    "undefined below a null fails too": (machine(ends('"{% $states.input.n.x %}"')), {"n": None}),
    "an undefined member of an expression's object is left out": (
        machine(ends("\"{% {'a': $states.input.no, 'b': 1} %}\"")),
        {},
    ),
    "variables reach later states": (
        machine(
            state("Pass", 'Assign: {v: "{% $states.input.x %}", w: [1, {k: "{% $states.input.x %}"}]}', "Next: B"),
            B=ends('["{% $v %}", "{% $w.k %}", "{% $exists($v.m) %}"]'),
        ),
        {"x": "y"},
    ),
    "a variable is assigned from itself": (
        machine(
            state("Pass", "Assign: {n: 1}", "Next: B"),
            B=state("Pass", 'Assign: {n: "{% $n + 1 %}"}', "Next: C"),
            C=ends('"{% $n %}"'),
        ),
        {},
    ),
    "Assign of a task sees its result": (
        machine(
            task("echo", 'Assign: {got: "{% $states.result.Payload.x %}"}', "Output: {}", "Next: B"),
            B=ends('"{% $got %}"'),
        ),
        {"x": [1, 2]},
    ),
    "succeed shapes its output": (
        machine(state("Succeed", 'Output: {n: "{% $count($states.input.l) %}"}')),
        {"l": [1, 2]},
    ),
    "a wait of no time": (
        machine(
            state("Wait", 'Seconds: "{% $states.input.s %}"', "Assign: {v: 1}", "Next: B"),
            B=ends('["{% $v %}", "{% $states.input %}"]'),
        ),
        {"s": 0},
    ),
    "a wait for what has passed": (machine(state("Wait", "Timestamp: '2020-01-01T00:00:00Z'", END)), {"a": 1}),
    "the context names execution and state": (
        machine(
            ends(
                '["{% $states.context.Execution.Name %}", "{% $states.context.State.Name %}",'
                ' "{% $states.context.Execution.Input.a %}"]'
            )
        ),
        {"a": 1},
    ),
    "Step Functions' own functions": (
        machine(
            ends(
                "[\"{% $hash('a', 'SHA-256') %}\", '{% $range(0, 6, 3) %}', '{% $partition([1,2,3], 2) %}',"
                " \"{% $parse($states.input.j).a %}\", '{% $length($uuid()) %}']"
            )
        ),
        {"j": '{"a": [1, 2]}'},
    ),
}

ERRORS: dict[str, Case] = {
    "undefined arguments are caught": (
        machine(
            task("echo", catch("States.QueryEvaluationError"), END, payload='"{% $states.input.no %}"'), B=ends("1")
        ),
        {},
    ),
    "an error goes by its class name": (machine(task("refuse", END)), {}),
    "an error is caught by its class name": (machine(task("refuse", catch("NoRouteError"), END), B=ends(ERROR)), {}),
    "the first catcher that matches is taken": (
        machine(
            task(
                "refuse",
                "Catch: [{ErrorEquals: [Throttled], Next: B}, {ErrorEquals: [States.TaskFailed], Next: C}]",
                END,
            ),
            B=ends("b"),
            C=ends("c"),
        ),
        {},
    ),
    "an error that no catcher names ends the execution": (
        machine(task("refuse", catch("Throttled"), END), B=ends("b")),
        {},
    ),
    "a catcher assigns and shapes its output": (
        machine(
            task(
                "refuse",
                catch(
                    "States.ALL",
                    'Assign: {e: "{% $states.errorOutput.Error %}"}',
                    'Output: {was: "{% $states.input.x %}"}',
                ),
                END,
            ),
            B=ends('["{% $e %}", "{% $states.input %}"]'),
        ),
        {"x": 1},
    ),
    "a retry succeeds": (machine(task("flaky", retry(3), PAYLOAD, END)), {}),
    "retries are exhausted": (machine(task("throttle", retry(2), END)), {}),
    "retries are exhausted, then caught": (
        machine(task("throttle", retry(1), catch("States.ALL"), END), B=ends(ERROR)),
        {},
    ),
    "an error that no retrier names is not retried": (machine(task("refuse", retry(2), END)), {}),
    "a fail tells its error and cause": (
        machine(
            state("Fail", "Error: \"{% 'Refused.' & $states.input.why %}\"", 'Cause: "{% $states.input.because %}"')
        ),
        {"why": "Budget", "because": "spent"},
    ),
    "a fail without an error": (machine(state("Fail")), {}),
}

CHOICES: dict[str, Case] = {
    "a choice takes the first true rule": (
        machine(
            state(
                "Choice",
                "Choices: [{Condition: \"{% $states.input.k = 'a' %}\", Next: B}, {Condition: '{% $states.input.k !="
                " null %}', Output: {was: '{% $states.input.k %}'}, Assign: {v: 2}, Next: C}]",
                "Default: B",
            ),
            B=ends("b"),
            C=ends('["{% $states.input %}", "{% $v %}"]'),
        ),
        {"k": "b"},
    ),
    "a choice falls to its default": (
        machine(
            state(
                "Choice",
                "Choices: [{Condition: '{% $states.input.n > 5 %}', Next: B}]",
                *("Default: C", "Assign: {v: 3}", "Output: shaped"),
            ),
            B=ends("b"),
            C=ends('["{% $states.input %}", "{% $v %}"]'),
        ),
        {"n": 5},
    ),
    "a choice without a match and a default fails": (
        machine(state("Choice", "Choices: [{Condition: '{% $states.input.n = 1 %}', Next: B}]"), B=ends("b")),
        {"n": 2},
    ),
}

_ITEM = (
    'ItemSelector: {n: "{% $states.context.Map.Item.Value %}", i: "{% $states.context.Map.Item.Index %}",'
    ' all: "{% $states.input.k %}"}'
)

NESTED: dict[str, Case] = {
    "branches give an array in order": (
        machine(
            state(
                "Parallel",
                "Branches: [{StartAt: X, States: {X: {Type: Pass, Assign: {v: 1}, Next: Y}, Y: "
                + ends('"{% $v %}"')
                + "}}, {StartAt: Z, States: {Z: {Type: Succeed, Output: {got: '{% $states.input.q %}'}}}}]",
                *('Assign: {n: "{% $count($states.result) %}"}', "Next: B"),
            ),
            B=ends('["{% $n %}", "{% $states.input %}"]'),
        ),
        {"q": "x"},
    ),
    "a branch reads the variables around it": (
        machine(
            state("Pass", "Assign: {o: 7}", "Next: B"),
            B=state(
                "Parallel",
                'Arguments: {a: "{% $o %}"}',
                f"Branches: [{{{one(ends('["{% $o %}", "{% $states.input.a %}"]'))}}}]",
                END,
            ),
        ),
        {},
    ),
    "a failing branch fails all with its error": (
        machine(state("Parallel", f"Branches: [{{{one(task('refuse', END))}}}]", END)),
        {},
    ),
    "a failing branch is caught": (
        machine(
            state(
                "Parallel",
                f"Branches: [{{{one(task('refuse', END))}}}]",
                catch("NoRouteError", 'Assign: {e: "{% $states.errorOutput.Error %}"}'),
                END,
            ),
            B=ends('"{% $e %}"'),
        ),
        {},
    ),
    "a map runs its processor for every item": (
        machine(
            state(
                "Map",
                'Items: "{% $states.input.l %}"',
                *(_ITEM, "MaxConcurrency: 1", END),
                f"ItemProcessor: {{ProcessorConfig: {{Mode: INLINE}}, {one(task('echo', PAYLOAD, END))}}}",
            )
        ),
        {"l": [3, {"a": 4}], "k": "k"},
    ),
    "a map of what is no array fails": (
        machine(state("Map", 'Items: "{% $states.input.l %}"', f"ItemProcessor: {{{one(ends('1'))}}}", END)),
        {"l": 3},
    ),
    "a failing item fails the map": (
        machine(
            state("Map", "Items: [1]", f"ItemProcessor: {{{one(task('refuse', END))}}}", catch("NoRouteError"), END),
            B=ends("1"),
        ),
        {},
    ),
}

SAME = DATA | ERRORS | CHOICES | NESTED

DEVIATES: dict[str, tuple[str, Any, tuple[str, Any, str | None]]] = {
    "variables change 'from the next state on': Output does not see the state's own Assign": (
        machine(
            state("Pass", "Assign: {v: old}", "Next: B"), B=task("echo", "Assign: {v: new}", 'Output: "{% $v %}"', END)
        ),
        {},
        ("SUCCEEDED", "old", None),
    ),
    "'when a state reports an error' Catch applies, also when it is its Output that cannot be evaluated": (
        machine(
            task("echo", 'Output: "{% $states.result.no %}"', catch("States.QueryEvaluationError"), END),
            B=ends("caught"),
        ),
        {},
        ("SUCCEEDED", "caught", None),
    ),
    "States.TaskFailed matches 'any known error name except for States.Timeout'": (
        machine(task("echo", catch("States.TaskFailed"), END, payload='"{% $states.input.no %}"'), B=ends("caught")),
        {},
        ("SUCCEEDED", "caught", None),
    ),
    "States.ALL 'can't catch the States.DataLimitExceeded terminal error'": (
        machine(task("echo", catch("States.ALL"), END, payload="\"{% $pad('', 300000, 'x') %}\""), B=ends("caught")),
        {},
        ("FAILED", None, "States.DataLimitExceeded"),
    ),
    "a Condition of the wrong type is a query evaluation error": (
        machine(state("Choice", "Choices: [{Condition: '{% $states.input.n %}', Next: B}]", "Default: B"), B=ends("b")),
        {"n": 1},
        ("FAILED", None, "States.QueryEvaluationError"),
    ),
    "a JSONata type error is a query evaluation error": (
        machine(ends("\"{% 1 + 'a' %}\"")),
        {},
        ("FAILED", None, "States.QueryEvaluationError"),
    ),
    "a rule's own Output is not replaced by the default's when both lead to one state": (
        machine(
            state(
                "Choice",
                "Choices: [{Condition: '{% true %}', Output: rule, Next: B}]",
                *("Default: B", "Output: default"),
            ),
            B=state("Pass", END),
        ),
        {},
        ("SUCCEEDED", "rule", None),
    ),
}
"""What moto's interpreter does differently: (definition, input, (status, output, error) by AWS's documentation)."""
