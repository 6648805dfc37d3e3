"""The `Workflows` port on the engine: the deployed definitions, the deployed handlers, in this process."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sallyport.errors import SallyportError
from sallyport.ports import Execution
from sallyport_local import engine
from sallyport_local.backend import OVERDUE
from sallyport_local.functions import ROOT, Functions
from sallyport_local.outbox import Outbox

CHAT = ROOT / "workflows" / "chat.asl.yaml"

# What template.yaml substitutes into the definition, here by the functions' own names.
SUBSTITUTIONS: Mapping[str, str] = {
    "AuthorizeFunctionArn": "authorize",
    "RedactFunctionArn": "redact",
    "CacheLookupFunctionArn": "cache_lookup",
    "InferFunctionArn": "infer",
    "FallbackFunctionArn": "fallback",
    "CompletedTopicArn": "completed",
    "OverdueQueueUrl": OVERDUE,
    "OverdueMarginSeconds": "60",
}

PUBLISH = "arn:aws:states:::sns:publish"
SEND = "arn:aws:states:::sqs:sendMessage"

type OnVisit = Callable[[str, Any, Any], None]
"""A state's name, input and output. For tests: the engine itself keeps no data."""

type Observe = Callable[[engine.Execution, dict[str, Any]], None]


class LocalWorkflows:
    """Runs `chat`; `observe` is told every execution and the ticket it ended with, `on_visit` each state's data."""

    def __init__(
        self,
        functions: Functions,
        outbox: Outbox,
        observe: Observe,
        *,
        path: Path = CHAT,
        on_visit: OnVisit | None = None,
    ) -> None:
        self._functions = functions
        self._outbox = outbox
        self._observe = observe
        definition = engine.load(path.read_text(), SUBSTITUTIONS)
        self._chat = engine.Engine(
            definition, self._invoke, {PUBLISH: self._publish, SEND: self._send}, on_visit=on_visit
        )
        self._published = _Published()

    def chat(self, name: str, start: Mapping[str, Any]) -> Execution:
        execution = self._chat.run(dict(start), name=name)
        self._observe(execution, self._published.take(name) or dict(start["ticket"]))
        status: Any = execution.status
        return Execution(status=status, output=execution.output, error=execution.error, cause=execution.cause)

    def fall_back(self, request: Mapping[str, Any]) -> Execution:
        try:
            return Execution("SUCCEEDED", self._functions.invoke("fallback", request))
        except SallyportError as error:
            return Execution("FAILED", error=type(error).__name__, cause=str(error))

    def _invoke(self, function: str, payload: Any, context: engine.TaskContext) -> Any:
        return self._functions.invoke(function, payload)

    def _publish(self, arguments: Any, context: engine.TaskContext) -> dict[str, str]:
        message = arguments["Message"]
        self._outbox.publish(engine.text_of(message))
        self._published.put(context.execution, message["ticket"])
        return {"MessageId": context.execution}

    def _send(self, arguments: Any, context: engine.TaskContext) -> dict[str, str]:
        body = engine.text_of(arguments["MessageBody"])
        self._outbox.send(arguments["QueueUrl"], body, delay_seconds=arguments["DelaySeconds"])
        return {"MessageId": context.execution}


class _Published:
    """The ticket of each running execution as it was published: the engine's history holds no data."""

    def __init__(self) -> None:
        self._tickets: dict[str, dict[str, Any]] = {}

    def put(self, name: str, ticket: dict[str, Any]) -> None:
        self._tickets[name] = ticket

    def take(self, name: str) -> dict[str, Any] | None:
        return self._tickets.pop(name, None)
