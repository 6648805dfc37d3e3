"""Task: the call of a function or of an AWS integration, in this process and on this thread."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final

from sallyport_local.engine.errors import TIMEOUT, StateFailed, TaskFailed
from sallyport_local.engine.execution import Entered, TaskContext, Transition
from sallyport_local.engine.fields import INPUT, MISSING, RESULT, Fields
from sallyport_local.engine.recovery import Recovery, parse_recovery
from sallyport_local.engine.running import Run
from sallyport_local.engine.states import following
from sallyport_local.engine.templates import Template
from sallyport_local.engine.values import NotJson

LAMBDA: Final = "arn:aws:states:::lambda:invoke"
_RESOURCE: Final = re.compile(r"arn:aws:states:::(aws-sdk:)?[a-z0-9-]+:[A-Za-z0-9]+")
_LONGEST: Final = 99_999_999  # seconds


@dataclass(frozen=True, slots=True)
class Task:
    """Calls `resource` with `arguments`; for lambda:invoke those are FunctionName and Payload."""

    name: str
    next: str | None
    resource: str
    arguments: Template
    timeout: Template | None
    recovery: Recovery
    output: Template | None
    assign: dict[str, Template]
    type: str = "Task"

    def enter(self, run: Run, entered: Entered) -> Transition:
        entered.resource = self.resource
        return self.recovery.attempt(run, entered, self._attempt)

    def _attempt(self, run: Run, entered: Entered) -> Transition:
        arguments = run.by_value(self.arguments.evaluate(entered), f"field '{self.arguments.location}'")
        limit = math.inf if self.timeout is None else run.clock() + self.timeout.whole(entered, 1, _LONGEST)
        deadline = min(limit, run.deadline)
        context = TaskContext(run.name, self.name, entered.retries, deadline, run.trace_header)
        failure: StateFailed | None = None
        result: Any = None
        try:
            result = self._call(run, entered, arguments, context)
        except StateFailed as error:
            failure = error
        except Exception as error:
            failure = _reported(type(error).__name__, str(error))
            failure.__cause__ = error
        # An answer that comes too late is no answer, whatever it says.
        if run.clock() >= deadline:
            run.check_time()
            raise StateFailed(TIMEOUT, None)
        if failure is not None:
            raise failure
        return self._succeed(run, entered, result)

    def _call(self, run: Run, entered: Entered, arguments: Any, context: TaskContext) -> Any:
        if self.resource != LAMBDA:
            answer = run.integrations[self.resource](arguments, context)
            return run.by_value(answer, "result of the integration", kept=True)
        function = arguments["FunctionName"]
        if not isinstance(function, str) or not function:
            raise self.arguments.refuse("must have a FunctionName that is a string")
        entered.resource = function
        answer = run.invoke(function, arguments.get("Payload", {}), context)
        try:
            payload = run.by_value(answer, "result of the function", kept=True)
        except NotJson as error:
            raise _reported("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
        return {"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200}

    def _succeed(self, run: Run, entered: Entered, result: Any) -> Transition:
        # A retry after a failed Output starts again from the scope before the call.
        scope = Entered(self.name, {**entered.states, "result": result}, entered.variables)
        return run.finish(self.next, result, self.output, self.assign, scope)


def _reported(error: str, message: str) -> TaskFailed:
    """As Lambda reports a function's error, without the stack trace: its lines of source belong into no log."""
    return TaskFailed(error, json.dumps({"errorMessage": message, "errorType": error}))


def parse_task(name: str, fields: Fields) -> Task:
    resource = fields.required_text("Resource")
    if not _RESOURCE.fullmatch(resource):
        raise fields.refuse(
            "Resource", "must be arn:aws:states:::lambda:invoke, or an AWS integration without .sync or a task token"
        )
    raw = fields.take("Arguments")
    arguments = {} if raw is MISSING else raw
    if resource == LAMBDA:
        _check_lambda(fields, arguments)
    return Task(
        name,
        following(fields),
        resource,
        fields.compile("Arguments", arguments, INPUT),
        fields.whole_template("TimeoutSeconds", minimum=1, maximum=_LONGEST),
        parse_recovery(fields),
        fields.template("Output", RESULT),
        fields.assign(RESULT),
    )


def _check_lambda(fields: Fields, arguments: Any) -> None:
    call = fields.nested(arguments, "Arguments")
    call.required_text("FunctionName")
    call.take("Payload")
    call.done()
