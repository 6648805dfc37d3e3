"""Loading refuses whatever the engine would not run as Step Functions does, naming the state and the field."""

import pytest

from sallyport_local.engine import DefinitionError, Engine, load

TASK = "Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: {FunctionName: f}, End: true"


def machine(*states: str, first: str = "A", top: str = "QueryLanguage: JSONata") -> str:
    return "\n".join([top, f"StartAt: {first}", "States:", *(f"  {state}" for state in states)])


def one(fields: str) -> str:
    return machine(f"A: {{{fields}}}")


ACCEPTED = [
    one("Type: Succeed, Comment: why, QueryLanguage: JSONata"),
    machine("A: {Type: Pass, End: true}", top="Comment: c\nQueryLanguage: JSONata\nVersion: '1.0'\nTimeoutSeconds: 9"),
    one(TASK + ", TimeoutSeconds: '{% $states.input.t %}', Retry: [{ErrorEquals: [States.ALL]}]"),
    one("Type: Wait, Timestamp: '2026-11-20T18:00:00+01:00', End: true"),
    machine("A: {Type: Pass, Output: '{% $v %}', Next: B}", "B: {Type: Pass, Assign: {v: 1}, Next: C}",
            "C: {Type: Choice, Choices: [{Condition: '{% true %}', Next: A}], Default: D}", "D: {Type: Succeed}"),
]  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepts(text):
    assert load(text, {}).machine.start_at == "A"


REFUSED = [
    ("A: 1", "field 'QueryLanguage': must be JSONata"),
    ("[]", "must be an object"),
    ("{", "not valid YAML"),
    (machine("A: {Type: Succeed}", top="QueryLanguage: JSONPath"), "must be JSONata"),
    (machine("A: {Type: Succeed}", top="QueryLanguage: JSONata\nVersion: 1.0"), "'Version': must be '1.0', in quotes"),
    (machine("A: {Type: Succeed}", top="QueryLanguage: JSONata\nTimeout: 3"), "field 'Timeout': is not known"),
    (machine("A: {Type: Succeed}", top="QueryLanguage: JSONata\nTimeoutSeconds: 301"), "whole number from 1 to 300"),
    (machine("A: {Type: Succeed}", first="B"), "'StartAt': there is no state 'B'"),
    (machine("A: {Type: Pass, Next: B}"), "state 'A', field 'Next': there is no state 'B'"),
    (machine("A: {Type: Succeed}", "B: {Type: Succeed}"), "state 'B': no state leads here"),
    (machine("A: {Type: Pass, Next: B}", "B: {Type: Pass, Next: A}"), "no state ends the machine"),
    (machine("A: {Type: Succeed}", "A: {Type: Fail}"), "the key 'A' stands here twice \\(line 5\\)"),
    (machine("A: {Type: Pass, Output: &o 1, Next: B}", "B: {Type: Pass, Output: *o, End: true}"), "aliases .*line 5"),
    (one("Type: Sleep"), "state 'A', field 'Type': 'Sleep' is none of Choice, Fail"),
    (one("Comment: no type"), "state 'A', field 'Type': is required"),
    (one("Type: Pass"), "give either Next or End"),
    (one("Type: Pass, End: true, Next: A"), "give either Next or End"),
    (one("Type: Pass, End: false"), "field 'End': must be true"),
    (one("Type: Pass, End: true, Ouput: 1"), "state 'A', field 'Ouput': is not known"),
    (one("Type: Pass, End: true, Result: 1"), "'Result': belongs to JSONPath"),
    (one("Type: Pass, End: true, InputPath: $.a"), "'InputPath': belongs to JSONPath"),
    (one("Type: Pass, End: true, QueryLanguage: JSONPath"), "'QueryLanguage': must be JSONata"),
    (one("Type: Pass, End: true, Output: {a: [1, '{% $states.inptu %}']}"), "field 'Output/a\\[1\\]': .*inptu"),
    (one("Type: Pass, End: true, Output: '{% $states.result %}'"), "'Output': .*does not exist here"),
    (one("Type: Pass, End: true, Output: '{% 1 +'"), "starts with '{%' and ends with '%}'"),
    (one("Type: Pass, End: true, Output: ' {% 1 %}'"), "starts with '{%'"),
    (one("Type: Pass, End: true, Output: '{%}'"), "starts with '{%'"),
    (one("Type: Pass, End: true, Output: 2026-11-20"), "'Output': .*date.* quote dates"),
    (one("Type: Pass, End: true, Assign: 3"), "'Assign': must be an object"),
    (one("Type: Pass, End: true, Assign: {9a: 1}"), "'Assign/9a': a variable's name"),
    (one("Type: Pass, End: true, Assign: {states: 1}"), "'Assign/states': the name is taken"),
    (one("Type: Pass, End: true, Assign: {count: 1}"), "'Assign/count': the name is taken"),
    (one("Type: Succeed, End: true"), "'End': is not known"),
    (one("Type: Succeed, Assign: {a: 1}"), "'Assign': is not known"),
    (one("Type: Fail, Error: 3"), "'Error': must be a non-empty string"),
    (one("Type: Fail, Output: 3"), "'Output': is not known"),
    (one("Type: Wait, End: true"), "give either Seconds or Timestamp"),
    (one("Type: Wait, Seconds: 1, Timestamp: '{% 1 %}', End: true"), "give either Seconds or Timestamp"),
    (one("Type: Wait, Seconds: 1.5, End: true"), "'Seconds': must be a whole number"),
    (one("Type: Wait, Timestamp: '2026-11-20T18:00:00', End: true"), "'Timestamp': must be a quoted timestamp"),
    (one("Type: Wait, Timestamp: tomorrow, End: true"), "'Timestamp': must be a quoted timestamp"),
    (one("Type: Choice, Choices: []"), "'Choices': must be a list with at least one item"),
    (one("Type: Choice"), "'Choices': is required"),
    (one("Type: Choice, Choices: [{Condition: 'yes', Next: A}]"), "'Choices\\[0\\]/Condition': must be a JSONata"),
    (one("Type: Choice, Choices: [{Condition: '{% true %}'}]"), "'Choices\\[0\\]/Next': is required"),
    (one("Type: Choice, Choices: [{Variable: $.a, Next: A}]"), "'Choices\\[0\\]/Condition': is required"),
    (one("Type: Choice, Choices: [{Condition: '{% true %}', Next: A, Is: 1}]"), "'Choices\\[0\\]/Is': is not known"),
    (one("Type: Task, End: true"), "'Resource': is required"),
    (one("Type: Task, Resource: 'arn:aws:lambda:eu-west-1:1:function:f', End: true"), "'Resource': must be"),
    (one("Type: Task, Resource: 'arn:aws:states:::sqs:send.waitForTaskToken', End: true"), "'Resource': must be"),
    (one("Type: Task, Resource: 'arn:aws:states:::lambda:invoke', End: true"), "'Arguments/FunctionName': is required"),
    (one(TASK.replace("f}", "f, Qualifier: q}")), "'Arguments/Qualifier': is not known"),
    (one(TASK + ", HeartbeatSeconds: 3"), "'HeartbeatSeconds': is not known"),
    (one(TASK + ", TimeoutSeconds: 0"), "'TimeoutSeconds': must be a whole number"),
    (one(TASK + ", Output: '{% $states.errorOutput %}'"), "'Output': .*errorOutput does not exist here"),
    (one(TASK + ", Retry: [{ErrorEquals: []}]"), "'Retry\\[0\\]/ErrorEquals': must be a list"),
    (one(TASK + ", Retry: [{MaxAttempts: 1}]"), "'Retry\\[0\\]/ErrorEquals': must name"),
    (one(TASK + ", Retry: [{ErrorEquals: [E], IntervalSeconds: 0}]"), "'Retry\\[0\\]/IntervalSeconds': must be"),
    (one(TASK + ", Retry: [{ErrorEquals: [E], BackoffRate: 0.5}]"), "'Retry\\[0\\]/BackoffRate': must be"),
    (one(TASK + ", Retry: [{ErrorEquals: [E], JitterStrategy: HALF}]"), "JitterStrategy': must be FULL or NONE"),
    (one(TASK + ", Retry: [{ErrorEquals: [E], IntervalSeconds: 5, MaxDelaySeconds: 5}]"), "MaxDelaySeconds': must be"),
    (one(TASK + ", Retry: [{ErrorEquals: [States.ALL, E]}]"), "must stand alone"),
    (one(TASK + ", Retry: [{ErrorEquals: [States.ALL]}, {ErrorEquals: [E]}]"), "'Retry': States.ALL must come last"),
    (one(TASK + ", Catch: [{ErrorEquals: [States.Runtime], Next: A}]"), "nothing can retry or catch it"),
    (one(TASK + ", Catch: [{ErrorEquals: [E]}]"), "'Catch\\[0\\]/Next': is required"),
    (one(TASK + ", Catch: [{ErrorEquals: [E], Next: B}]"), "there is no state 'B'"),
    (one(TASK + ", Catch: [{ErrorEquals: [E], Next: A, ResultPath: $.e}]"), "'Catch\\[0\\]/ResultPath': belongs to"),
    (one(TASK + ", Catch: [{ErrorEquals: [E], Next: A, Output: '{% $states.result %}'}]"), "Catch.*Output': .*result"),
    (one("Type: Parallel, End: true"), "'Branches': is required"),
    (one("Type: Parallel, End: true, Branches: [{States: {X: {Type: Succeed}}}]"), "'Branches\\[0\\]/StartAt': is req"),
    (one("Type: Parallel, End: true, Branches: [{StartAt: X, States: {}}]"), "'Branches\\[0\\]/States': must be"),
    (one("Type: Parallel, End: true, Branches: [{StartAt: A, States: {A: {Type: Succeed}}}]"), "taken by another"),
    (one("Type: Parallel, End: true, Branches: [{StartAt: X, TimeoutSeconds: 3, States: {X: {Type: Succeed}}}]"),
     "'Branches\\[0\\]/TimeoutSeconds': is not known"),
    (one("Type: Parallel, End: true, Assign: {v: 1}, Branches: "
         "[{StartAt: X, States: {X: {Type: Pass, Assign: {v: 2}, End: true}}}]"), "'X', field 'Assign/v': .*around"),
    (one("Type: Parallel, End: true, Output: '{% $v %}', Branches: "
         "[{StartAt: X, States: {X: {Type: Pass, Assign: {v: 2}, End: true}}}]"), "'A', field 'Output': .*\\$v is"),
    (one("Type: Map, End: true"), "'ItemProcessor': is required"),
    (one("Type: Map, End: true, ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED}}"), "no distributed Map"),
    (one("Type: Map, End: true, Items: 3, ItemProcessor: {}"), "'Items': must be an array"),
    (one("Type: Map, End: true, ItemReader: {}, ItemProcessor: {StartAt: X, States: {X: {Type: Succeed}}}"),
     "'ItemReader': is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), REFUSED, ids=[problem for _, problem in REFUSED])
def test_refuses_and_says_where(text, problem):
    with pytest.raises(DefinitionError, match=problem):
        load(text, {})


FUNCTION = one(TASK.replace("{FunctionName: f}", "{FunctionName: '${F}', Payload: '{% $states.input %}'}"))


MAPPING = {
    "QueryLanguage": "JSONata",
    "StartAt": "A",
    "States": {
        "A": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "${F}"},
            "End": True,
        }
    },
}


@pytest.mark.parametrize("source", [FUNCTION, MAPPING], ids=["text", "mapping"])
def test_substitutes_every_name_and_no_other(source):
    called = []

    Engine(load(source, {"F": "real"}), lambda name, payload, context: called.append(name)).run({}, name="run")

    assert called == ["real"]
    with pytest.raises(DefinitionError, match=r"no substitution is given for \$\{F\}"):
        load(source, {})
    with pytest.raises(DefinitionError, match=r"has no place for \$\{Z\}"):
        load(source, {"F": "real", "Z": "other"})


def test_an_integration_that_nobody_provides_is_refused_before_anything_runs():
    definition = load(one("Type: Task, Resource: 'arn:aws:states:::sns:publish', End: true"), {})

    with pytest.raises(DefinitionError, match="state 'A', field 'Resource': the engine was given no integration"):
        Engine(definition, lambda name, payload, context: None)
