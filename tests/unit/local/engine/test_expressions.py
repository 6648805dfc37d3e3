from concurrent.futures import ThreadPoolExecutor

import pytest

from sallyport_local.engine.execution import Entered
from sallyport_local.engine.expressions import Expression, NotAnExpression
from sallyport_local.engine.interchange import EvaluationFailed

PARTS = frozenset({"input", "context"})


def compiled(source: str) -> Expression:
    return Expression(source, variables=frozenset({"x", "l"}), parts=PARTS)


@pytest.mark.parametrize(
    "source",
    [
        *("$x", "$x.missing", "$states.input[0]", "$count($l)", "$l ~> $sum", "($q := 1; $q + $x)", "$now()"),
        *("$map($l, function($v, $i) { $v + $i })", "$l@$e.($e)", "$l#$i.($i)", "$states.context.Execution.Name"),
        *(
            "$states.context.Map.Item.Value.anything",
            "$uuid()",
            "$l[$ > 1]",
            "/a+/",
            "$states.context.State.RetryCount",
        ),
    ],
)
def test_accepts(source):
    assert compiled(source).source == source


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "not valid JSONata"),
        ("$x.", "not valid JSONata"),
        ("$x = ", "not valid JSONata"),
        ("1 2", "not valid JSONata"),
        ("$typo", "\\$typo is assigned nowhere"),
        ("$x + $exist($l)", "\\$exist is assigned nowhere"),
        ("($q := 1; $p)", "\\$p is assigned nowhere"),
        ("$eval('1')", "use \\$parse"),
        ("$$", "\\$\\$ is not available"),
        ("$states", "use a part of \\$states: context, input"),
        ("$keys($states)", "use a part of"),
        ("$states.result", "\\$states.result does not exist here"),
        ("$states.inptu.a", "\\$states.inptu does not exist"),
        ("$states.context.Execution.RoleArn", "not provided"),
        ("$states.context.Task.Token", "not provided"),
        ("$states.context", "not provided"),
    ],
)
def test_refuses(source, problem):
    with pytest.raises(NotAnExpression, match=problem):
        compiled(source)


@pytest.mark.parametrize("source", ["1 + $x", "$x / 0", "$error($x)", "$sum", "function($v) { $v }", "$number($x)"])
def test_a_failure_does_not_tell_the_data(source):
    with pytest.raises(EvaluationFailed) as error:
        compiled(source).evaluate(Entered("S", {}, {"x": "secret"}))
    assert "secret" not in str(error.value)


def test_the_evaluator_cannot_alter_the_data_that_it_is_given():
    data: dict = {"l": []}

    compiled("$x.l{'k': 1}").evaluate(Entered("S", {}, {"x": data}))

    assert data == {"l": []}


def test_a_result_shares_nothing_with_the_evaluator_s_own_lists():
    gathered = compiled("$x.n").evaluate(Entered("S", {}, {"x": [{"n": 1}, {"n": 2}]}))

    assert type(gathered) is list


SOURCES = [
    "$map($l, function($v, $i) { $v * $i + $x })",
    "$l[$ > $x]",
    "$reduce($l, function($a, $b) { $a + $b }) + $x",
    "$sort($l, function($a, $b) { $a < $b })[0] & '-' & $x",
    "($f := function($n) { $n <= 0 ? 0 : $n + $f($n - 1) }; $f($x))",
    "$replace($string($x), /[0-9]/, 'd') & $x",
    "{'a': $l.($ + $x), 'b': [$x..$x + 3]}",
]


def test_one_expression_serves_many_threads_at_once():
    expressions = [compiled(source) for source in SOURCES]

    def results(x: int) -> list[object]:
        scope = Entered("S", {}, {"x": x, "l": [x, 1, x + 2, 3]})
        return [expression.evaluate(scope) for expression in expressions]

    numbers = list(range(12)) * 8
    alone = [results(x) for x in numbers]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(results, numbers))

    assert together == alone


def test_now_is_the_moment_of_evaluation_and_not_of_loading(monkeypatch):
    expression = compiled("$millis()")
    compiled("$l ~> $sum")  # the last one parsed in this thread
    monkeypatch.setattr("jsonata.timebox.Timebox.current_milli_time", lambda: 1_234)

    assert expression.evaluate(Entered("S", {}, {})) == 1_234
