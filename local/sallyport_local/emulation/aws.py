"""The whole gateway on an emulated AWS, with the face of the embedded one."""

import functools
import io
import json
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import boto3
from botocore.exceptions import ClientError
from starlette.types import ASGIApp, Receive, Scope, Send

from sallyport.aws.backend import AwsBackend
from sallyport.aws.records import DynamoRecords
from sallyport.composition import Services, using
from sallyport.edge.streams import Streams
from sallyport.errors import SallyportError
from sallyport_local.api_gateway import ApiGateway
from sallyport_local.emulation.moto_account import MotoAccount
from sallyport_local.emulation.poller import Poller
from sallyport_local.emulation.recorder import Principal, Recorder
from sallyport_local.emulation.sessions import OnCall, Sessions
from sallyport_local.emulation.stack import STACK, Stack
from sallyport_local.emulation.workflows import Workflow
from sallyport_local.functions import ROOT, Functions
from sallyport_local.template import read_template
from sallyport_local.traces import Traces

DRAIN_SECONDS = 10.0
RECORD_SECONDS = 10.0

_NOTHING: Mapping[str, str] = MappingProxyType({})

type Converse = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""A stand-in for Bedrock or Comprehend: parameters of a call, such as Converse's -> response, or a ClientError."""


class EmulatedGateway:
    """Open, `start`, serve `app`, `stop`; nothing is left afterwards. One at a time in a process.

    `backend` and `services` are an operator's, without IAM; each function has its own under its own role, and
    `recorder` knows what those did. `on_call` may make calls of functions and workflows fail.
    """

    def __init__(self, account: MotoAccount, template: dict[str, Any], parameters: Mapping[str, str]) -> None:
        self._account = account
        self.converse: Converse = _no_models
        self.converse_stream: Converse = _no_models
        self.invoke_model: Converse = _no_models
        self.detect_pii_entities: Converse = _no_opinion
        self.apply_guardrail: Converse = _no_opinion
        self.on_call: OnCall = lambda *_: None
        sessions = Sessions(
            {
                ("stepfunctions", "StartSyncExecution"): self._start_sync,
                ("lambda", "Invoke"): lambda _, parameters: self._invoke(parameters),
                ("bedrock-runtime", "Converse"): lambda _, parameters: self.converse(parameters),
                ("bedrock-runtime", "ConverseStream"): lambda _, parameters: self.converse_stream(parameters),
                ("bedrock-runtime", "InvokeModel"): lambda _, parameters: self.invoke_model(parameters),
                ("bedrock-runtime", "ApplyGuardrail"): lambda _, parameters: self.apply_guardrail(parameters),
                # moto has one answer for every text.
                ("comprehend", "DetectPiiEntities"): lambda _, parameters: self.detect_pii_entities(parameters),
            },
            lambda *call: self.on_call(*call),
        )
        self.operator: boto3.Session = sessions.operator()
        self.stack = Stack(template, parameters, self.operator)
        self.recorder = Recorder()
        self.backend = AwsBackend(self.stack.environment(), self.operator)
        self.services = Services(self.backend)
        self._sessions = {name: sessions.of(self.principal(name)) for name in self.stack.functions}
        self._services: dict[str, Services] = {}
        self.renew()
        self.functions = Functions(self._services.__getitem__)
        self._workflows = self._deployed_workflows(sessions)
        self._pollers = self._event_sources()
        self._started = False
        self._drained: bool | None = None
        self.traces = Traces(DynamoRecords(self.operator.client("dynamodb"), _console(self.operator)))
        edge = self.functions.app("edge")
        self.streams: Streams = edge.state.streams
        self.app = ApiGateway(self.functions, _scoped(edge, lambda: self._services["edge"]))

    @classmethod
    def open(
        cls,
        *,
        secrets: Mapping[str, str] = _NOTHING,
        parameters: Mapping[str, str] = _NOTHING,
        template: dict[str, Any] | None = None,
    ) -> "EmulatedGateway":
        """Deploy template.yaml, or another that `read_template` gave. Raise TemplateError when that cannot be.

        `secrets` are the providers' credentials by the names that targets use; `parameters` are the template's.
        """
        account = MotoAccount()
        try:
            gateway = cls(account, read_template() if template is None else template, parameters)
            for name, value in secrets.items():
                gateway.put_secret(name, value)
        except BaseException:
            account.close()
            raise
        return gateway

    def renew(self) -> None:
        """New containers for every function: what they remembered is gone."""
        for name, function in self.stack.functions.items():
            self._services[name] = Services(AwsBackend(function.environment, self._sessions[name]))

    def start(self) -> None:
        self._started = True
        for poller in self._pollers:
            poller.start()

    def drain(self, timeout: float) -> bool:
        """Wait until the queues are empty; False when that took longer than `timeout` seconds."""
        deadline = time.monotonic() + timeout
        try:
            for poller in self._pollers:
                poller.hurry(True)
            # Twice, for overdue may have put something into a queue just after that was looked at.
            while not all(poller.is_empty() for poller in self._pollers * 2):
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.02)
            return True
        finally:
            for poller in self._pollers:
                poller.hurry(False)

    def stop(self) -> bool:
        """End what streams, deliver what waits, end the account; False when not all was delivered. Idempotent."""
        if self._drained is None:
            self.streams.cut()
            self.streams.join(RECORD_SECONDS)
            self._drained = self.drain(DRAIN_SECONDS if self._started else 0)
            for poller in self._pollers:
                poller.stop()
            self.traces.close()
            self._account.close()
        return self._drained

    def put_secret(self, name: str, value: str) -> None:
        """As the operator does after a deployment, or again: below the stack's name, where `infer` may read it."""
        known = f"{self.stack.environment()['SECRETS_PREFIX']}{name}"
        manager = self.operator.client("secretsmanager")
        try:
            manager.create_secret(Name=known, SecretString=value)
        except manager.exceptions.ResourceExistsException:
            manager.put_secret_value(SecretId=known, SecretString=value)

    def principal(self, function: str) -> Principal:
        """A function under its role."""
        return self._under(function, self.stack.functions[function].role_arn)

    def workflow_principals(self) -> list[Principal]:
        """The workflows, each under its role, by the names that they have without the stack's."""
        return [
            self._under(machine.arn.rsplit(":", 1)[-1].removeprefix(f"{STACK}-"), machine.role_arn)
            for machine in self.stack.machines
        ]

    def _under(self, name: str, role_arn: str) -> Principal:
        return Principal(name, role_arn.rsplit("/", 1)[-1], self.stack.permissions[role_arn], self.recorder)

    def _deployed_workflows(self, sessions: Sessions) -> dict[str, Workflow]:
        folders = {function.arn: folder for folder, function in self.stack.functions.items()}

        def invoke(function_arn: str, payload: Any) -> Any:
            return self.functions.invoke(folders[function_arn], payload)

        return {
            machine.arn: Workflow(machine, ROOT, principal, sessions.of(principal), invoke, self._observe)
            for machine, principal in zip(self.stack.machines, self.workflow_principals(), strict=True)
        }

    def _observe(self, execution: Any, ticket: dict[str, Any]) -> None:
        self.traces.record(execution, ticket)
        for poller in self._pollers:
            poller.wake()

    def _event_sources(self) -> list[Poller]:
        return [
            Poller(
                source,
                self._sessions[source.function].client("sqs"),
                self.operator.client("sqs"),
                functools.partial(self.functions.invoke, source.function),
                function_timeout=self.stack.functions[source.function].timeout,
            )
            for source in self.stack.event_sources
        ]

    def _invoke(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """As Lambda tells what a function raised."""
        folder = next(
            folder
            for folder, function in self.stack.functions.items()
            if function.arn.endswith(f":function:{parameters['FunctionName']}")
        )
        try:
            answer = self.functions.invoke(folder, json.loads(parameters["Payload"]))
        except SallyportError as error:
            told = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(told.encode())}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def _start_sync(self, caller: Principal, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._workflows[parameters["stateMachineArn"]].start_sync(caller, parameters)


def _scoped(app: ASGIApp, services: Callable[[], Services]) -> ASGIApp:
    async def scoped(scope: Scope, receive: Receive, send: Send) -> None:
        with using(services()):
            await app(scope, receive, send)

    return scoped


def _console(operator: boto3.Session) -> str:
    """A table besides the template's, for what Step Functions itself shows of executions."""
    name = "step-functions-console"
    operator.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("partition", "sort")],
        KeySchema=[{"AttributeName": "partition", "KeyType": "HASH"}, {"AttributeName": "sort", "KeyType": "RANGE"}],
    )
    return name


def _no_models(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    message = "No model of Bedrock is emulated. Use a simulated target, or an OpenAI-compatible server."
    raise ClientError({"Error": {"Code": "ModelNotReadyException", "Message": message}}, "Converse")


def _no_opinion(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    message = "Neither Comprehend nor a guardrail is emulated."
    response: Any = {"Error": {"Code": "ServiceUnavailableException", "Message": message}}
    raise ClientError(response | {"ResponseMetadata": {"HTTPStatusCode": 503}}, "ApplyGuardrail")
