"""An independent interpreter of workflows: moto's (LocalStack's), with jsonata-python as its JSONata.

It is a double, not AWS. It decides the path of states, the scope of variables, Retry and Catch by code that we did not
write; that is its worth. What it gets wrong by AWS's documentation is asserted in test_engine_matches_interpreter.py.

moto ships none of this in working order. Replaced while an `Interpreter` is open:

- the evaluator behind `{% %}`, which moto leaves to a Java bridge it does not bring;
- the encoding of variables into expressions, which leaves quotes and line breaks in strings unescaped;
- $hash, $uuid, $random and $parse, which answer that they are not supported or use $eval;
- the call of a Lambda function, which would need Docker: handlers run in the calling process, and an exception
  becomes a function error with its class name as errorType;
- a retrier's sleep, which is recorded and takes no time;
- integrations for which a stand-in is given. Others, such as sns:publish, reach moto's own service.
"""

import hashlib
import json
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
import jsonata
import yaml
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.intrinsic import jsonata as intrinsic
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_dynamodb,
    state_task_service_sns,
    state_task_service_sqs,
)
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata as evaluator

REGION = "eu-west-1"
_ROLE = "arn:aws:iam::123456789012:role/workflow"
_SERVICES = (
    state_task_service_aws_sdk.StateTaskServiceAwsSdk,
    state_task_service_dynamodb.StateTaskServiceDynamoDB,
    state_task_service_sns.StateTaskServiceSns,
    state_task_service_sqs.StateTaskServiceSqs,
)

type Handler = Callable[[Any], Any]
"""payload → result. An exception is a function error; a botocore ClientError is an error of the Lambda service."""

type StandIn = Callable[[dict[str, Any]], Any]
"""arguments → result of an AWS integration. Raise a botocore ClientError to fail."""


@dataclass(frozen=True)
class Outcome:
    """One execution as moto tells it."""

    status: str
    output: Any
    error: str | None
    cause: str | None
    path: tuple[str, ...]  # states in the order in which they were entered


@dataclass
class Interpreter:
    """Runs definitions. `slept` collects the seconds that retriers would have waited."""

    handlers: Mapping[str, Handler]
    integrations: Mapping[str, StandIn]
    slept: list[float] = field(default_factory=list)

    def run(self, definition: str, substitutions: Mapping[str, str], received: Any) -> Outcome:
        """`definition` is YAML or JSON with `${Name}`; `received` is the JSON input."""
        text = re.sub(r"\$\{(\w+)\}", lambda match: substitutions[match[1]], definition)
        client = boto3.client("stepfunctions", region_name=REGION)
        machine = client.create_state_machine(
            name=f"m-{uuid.uuid4()}", definition=json.dumps(yaml.safe_load(text)), roleArn=_ROLE, type="EXPRESS"
        )["stateMachineArn"]
        arn = client.start_execution(stateMachineArn=machine, name="run", input=json.dumps(received))["executionArn"]
        while (told := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            time.sleep(0.002)
        events = client.get_execution_history(executionArn=arn)["events"]
        return Outcome(
            status=told["status"],
            output=_output(events[-1]),
            error=told.get("error"),
            cause=told.get("cause"),
            path=tuple(event["stateEnteredEventDetails"]["name"] for event in events if _entered(event)),
        )

    def _invoke(self, parameters: dict[str, Any], region: str, state_credentials: Any) -> dict[str, Any]:
        name = parameters["FunctionName"].split(":function:")[-1].split(":")[0]
        answer: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
        try:
            result = self.handlers[name](json.loads(parameters.get("Payload", "{}")))
        except ClientError:
            raise
        except Exception as error:
            payload = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
            return {**answer, "FunctionError": "Unhandled", "Payload": payload}
        return {**answer, "Payload": json.loads(json.dumps(result))}


def _output(last: Mapping[str, Any]) -> Any:
    """From the history: in describe_execution moto forgets the quotes of an output that is a string."""
    details = last.get("executionSucceededEventDetails")
    return None if details is None else json.loads(details["output"])


def _entered(event: Mapping[str, Any]) -> bool:
    return str(event["type"]).endswith("StateEntered")


@contextmanager
def interpreter(
    handlers: Mapping[str, Handler], integrations: Mapping[str, StandIn] | None = None
) -> Iterator[Interpreter]:
    """An interpreter whose functions are `handlers` by name; `integrations` are stand-ins by resource ARN."""
    opened = Interpreter(handlers, integrations or {})
    config: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
    with ExitStack() as stack:
        stack.enter_context(mock_aws(config=config))
        stack.enter_context(patch.object(evaluator, "_eval_jsonata", _evaluate))
        stack.enter_context(patch.object(lambda_eval_utils, "_invoke_lambda_function", opened._invoke))
        stack.enter_context(patch.object(retrier_decl, "time", SimpleNamespace(sleep=opened.slept.append)))
        for module in (states, variable_store):
            stack.enter_context(patch.object(module, "encode_jsonata_variable_declarations", _declare))
        kept = {name: intrinsic._DECLARATION_BY_VARIABLE_REFERENCE[name] for name in ("$partition", "$range")}
        stack.enter_context(patch.object(intrinsic, "_DECLARATION_BY_VARIABLE_REFERENCE", kept))
        for service in _SERVICES:
            stack.enter_context(patch.object(service, "_eval_service_task", _stand_in(service, opened.integrations)))
        yield opened


def _stand_in(service: Any, integrations: Mapping[str, StandIn]) -> Callable[..., None]:
    original = service._eval_service_task

    def evaluate(self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, **rest: Any) -> None:
        stand_in = integrations.get(self.resource.resource_arn)
        if stand_in is not None:
            env.stack.append(stand_in(normalised_parameters))
            return
        original(self, env, resource_runtime_part, normalised_parameters, **rest)

    return evaluate


def _evaluate(expression: str) -> Any:
    parsed = jsonata.Jsonata(expression)
    parsed.register_lambda("parse", json.loads)
    parsed.register_lambda("uuid", lambda: str(uuid.uuid4()))
    parsed.register_lambda("random", lambda seed=None: random.Random(seed).random())
    parsed.register_lambda("hash", lambda text, name: hashlib.new(name.replace("-", ""), text.encode()).hexdigest())
    return parsed.evaluate(None)


def _declare(bindings: Mapping[str, Any]) -> str:
    return "".join(f"{name}:={json.dumps(value, default=str)};" for name, value in bindings.items())
