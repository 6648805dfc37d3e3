"""StartSyncExecution, which moto lacks: the deployed definition on our engine, under the workflow's own role."""

import json
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sallyport.aws.errors import code_of
from sallyport_local import engine
from sallyport_local.emulation.calls import encryption_context
from sallyport_local.emulation.iam import Need
from sallyport_local.emulation.recorder import Principal
from sallyport_local.emulation.sessions import RefusedError
from sallyport_local.emulation.stack import Machine
from sallyport_local.workflows import PUBLISH, SEND

type Invoke = Callable[[str, Any], Any]
"""(ARN of a function, payload) -> its answer. What the function raises is raised."""

type Observe = Callable[[engine.Execution, dict[str, Any]], None]


class Workflow:
    """One Express workflow. Safe to run from several threads."""

    def __init__(
        self, machine: Machine, root: Path, principal: Principal, session: Any, invoke: Invoke, observe: Observe
    ) -> None:
        """`session` is of the workflow's role; `observe` is told each execution and the ticket it ended with."""
        self._machine = machine
        self._principal = principal
        self._sns, self._sqs = session.client("sns"), session.client("sqs")
        self._invoke_function = invoke
        self._observe = observe
        self._tickets: dict[str, dict[str, Any]] = {}
        definition = engine.load((root / machine.definition).read_text(), machine.substitutions)
        integrations = {PUBLISH: self._publish, SEND: self._send}
        self._engine = engine.Engine(definition, self._invoke, integrations)

    def start_sync(self, caller: Principal, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of StartSyncExecution. Raise RefusedError when the key is out of reach of caller or workflow."""
        for principal, action in (
            (self._principal, "kms:GenerateDataKey"),
            (self._principal, "kms:Decrypt"),
            (caller, "kms:Decrypt"),
        ):
            need = Need(
                action,
                self._machine.key_arn,
                encryption_context({"aws:states:stateMachineArn": self._machine.arn}),
            )
            if not principal.allows(need):
                raise RefusedError(principal, need)
        name = parameters.get("name") or str(uuid.uuid4())
        start = json.loads(parameters["input"])
        execution = self._engine.run(start, name=name)
        self._observe(execution, self._tickets.pop(name, start["ticket"]))
        answer = {
            "executionArn": f"{self._machine.arn.replace(':stateMachine:', ':express:')}:{name}:emulated",
            "status": execution.status,
            "error": execution.error,
            "cause": execution.cause,
            "output": None if execution.output is None else json.dumps(execution.output),
        }
        return {key: value for key, value in answer.items() if value is not None}

    def _invoke(self, function_arn: str, payload: Any, context: engine.TaskContext) -> Any:
        if not self._principal.allows(Need("lambda:InvokeFunction", function_arn)):
            raise engine.TaskFailed("Lambda.AccessDeniedException", "The workflow's role may not call this function.")
        return self._invoke_function(function_arn, payload)

    def _publish(self, arguments: Any, context: engine.TaskContext) -> dict[str, str]:
        message = arguments["Message"]
        try:
            published = self._sns.publish(TopicArn=arguments["TopicArn"], Message=engine.text_of(message))
        except (BotoCoreError, ClientError) as error:
            raise engine.TaskFailed(f"SNS.{code_of(error)}Exception", "The message could not be published.") from error
        self._tickets[context.execution] = message["ticket"]
        return {"MessageId": published["MessageId"]}

    def _send(self, arguments: Any, context: engine.TaskContext) -> dict[str, str]:
        body = engine.text_of(arguments["MessageBody"])
        try:
            sent = self._sqs.send_message(**{**arguments, "MessageBody": body})
        except (BotoCoreError, ClientError) as error:
            raise engine.TaskFailed("SQS.AmazonSQSException", "The message could not be sent.") from error
        return {"MessageId": sent["MessageId"]}
