"""A template deployed into the emulated account: its resources made in their order, its functions ready to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

import boto3

from sallyport_local.emulation.deliveries import check_deliveries
from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.iam import Permission, permissions_of
from sallyport_local.emulation.moto_account import ACCOUNT, REGION
from sallyport_local.emulation.resolve import Made, Resolver, references
from sallyport_local.emulation.resources import Maker
from sallyport_local.emulation.translate import translate

STACK = "sallyport"


@dataclass(frozen=True, slots=True)
class Function:
    """`folder` is that of its code below `functions/`; the timeout is in seconds."""

    folder: str
    arn: str
    role_arn: str
    timeout: int
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Machine:
    """`definition` is a path in this project; `key_arn` is of the key that encrypts definition and executions."""

    arn: str
    definition: str
    substitutions: Mapping[str, str]
    role_arn: str
    key_arn: str


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue and the function that is given its messages."""

    queue_arn: str
    function: str
    batch_size: int
    window_seconds: int
    reports_item_failures: bool


@dataclass(frozen=True, slots=True)
class _Resource:
    type: str
    made: Made
    properties: dict[str, Any]


class Stack:
    """Raise TemplateError when the template cannot be deployed, or not be emulated."""

    def __init__(self, template: dict[str, Any], parameters: Mapping[str, str], operator: boto3.Session) -> None:
        plain = translate(template, operator)
        self._resolver = Resolver(_given(plain.get("Parameters", {}), parameters), plain.get("Conditions", {}), _PSEUDO)
        self._resources = self._make(plain["Resources"], Maker(STACK, operator))
        check_deliveries(
            {logical_id: each.properties for logical_id, each in self._of("AWS::SNS::Subscription").items()},
            [each.properties for each in self._of("AWS::SQS::QueuePolicy").values()],
            {each.made.ref: each.made.attributes["Arn"] for each in self._of("AWS::SQS::Queue").values()},
        )
        documents = {
            each.made.ref: tuple(permissions_of(logical_id, each.properties["PolicyDocument"]))
            for logical_id, each in self._of("AWS::IAM::ManagedPolicy").items()
        }
        self.permissions: Mapping[str, tuple[Permission, ...]] = {
            each.made.attributes["Arn"]: tuple(_of_role(logical_id, each.properties, documents))
            for logical_id, each in self._of("AWS::IAM::Role").items()
        }
        """Of each role, by its ARN."""
        functions = [_function(each) for each in self._of("AWS::Lambda::Function").values()]
        self.functions: Mapping[str, Function] = {function.folder: function for function in functions}
        self.machines: Sequence[Machine] = [
            _machine(each) for each in self._of("AWS::StepFunctions::StateMachine").values()
        ]
        self.event_sources: Sequence[EventSource] = [
            self._event_source(each) for each in self._of("AWS::Lambda::EventSourceMapping").values()
        ]

    def environment(self) -> dict[str, str]:
        """The variables of all functions together: what an operator needs to find every resource."""
        return {name: value for each in self.functions.values() for name, value in each.environment.items()}

    def _of(self, type_: str) -> dict[str, _Resource]:
        return {logical_id: each for logical_id, each in self._resources.items() if each.type == type_}

    def _make(self, declared: Mapping[str, Any], maker: Maker) -> dict[str, _Resource]:
        wanted = {
            logical_id: resource
            for logical_id, resource in declared.items()
            if "Condition" not in resource or self._resolver.holds(resource["Condition"])
        }
        before = {logical_id: _dependencies(resource) & wanted.keys() for logical_id, resource in wanted.items()}
        try:
            order = list(TopologicalSorter(before).static_order())
        except CycleError as error:
            raise TemplateError(f"These wait for each other: {', '.join(error.args[1])}. Break the circle.") from None
        made: dict[str, _Resource] = {}
        for logical_id in order:
            type_ = wanted[logical_id]["Type"]
            properties = self._resolver.resolve(wanted[logical_id].get("Properties", {}))
            resource = _Resource(type_, maker.made_of(logical_id, type_, properties), properties)
            self._resolver.add(logical_id, resource.made)
            made[logical_id] = resource
        return made

    def _event_source(self, resource: _Resource) -> EventSource:
        given = resource.properties
        by_name = {function.arn.rsplit(":", 1)[-1]: folder for folder, function in self.functions.items()}
        source = EventSource(
            queue_arn=given["EventSourceArn"],
            function=by_name[given["FunctionName"]],
            batch_size=given.get("BatchSize", 10),
            window_seconds=given.get("MaximumBatchingWindowInSeconds", 0),
            reports_item_failures="ReportBatchItemFailures" in given.get("FunctionResponseTypes", ()),
        )
        if source.batch_size > 10 and source.window_seconds < 1:
            raise TemplateError(f"{source.function}: Lambda takes more than 10 messages only with a batching window.")
        return source


_PSEUDO: Mapping[str, str] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/emulated",
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}


def _given(declared: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    unknown = chosen.keys() - declared.keys()
    if unknown:
        raise TemplateError(f"The template has no parameter {', '.join(sorted(unknown))}.")
    values = {
        name: _typed(parameter, chosen.get(name, parameter.get("Default"))) for name, parameter in declared.items()
    }
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        raise TemplateError(f"{', '.join(missing)} has no default. Give it a value.")
    return values


def _typed(parameter: Mapping[str, Any], value: Any) -> Any:
    """As CloudFormation hands it to the template: an empty list has one empty text in it, there as well."""
    return value.split(",") if parameter.get("Type") == "CommaDelimitedList" and value is not None else value


def _dependencies(resource: Mapping[str, Any]) -> set[str]:
    named = resource.get("DependsOn", [])
    return {*references(resource.get("Properties", {})), *([named] if isinstance(named, str) else named)}


def _of_role(
    logical_id: str, properties: Mapping[str, Any], documents: Mapping[str, tuple[Permission, ...]]
) -> list[Permission]:
    permissions: list[Permission] = []
    for arn in properties.get("ManagedPolicyArns", ()):
        if arn not in documents:
            raise TemplateError(f"{logical_id} has the policy {arn}, whose text is not here. Write its statements out.")
        permissions += documents[arn]
    for policy in properties.get("Policies", ()):
        permissions += permissions_of(f"{logical_id}.{policy['PolicyName']}", policy["PolicyDocument"])
    return permissions


def _function(resource: _Resource) -> Function:
    given = resource.properties
    variables = given.get("Environment", {}).get("Variables", {})
    return Function(
        folder=PurePosixPath(given["Code"]["S3Key"]).name,
        arn=resource.made.attributes["Arn"],
        role_arn=given["Role"],
        timeout=given["Timeout"],
        environment={name: str(value) for name, value in variables.items()},
    )


def _machine(resource: _Resource) -> Machine:
    given = resource.properties
    return Machine(
        arn=resource.made.ref,
        definition=given["DefinitionS3Location"],
        substitutions=given["DefinitionSubstitutions"],
        role_arn=given["RoleArn"],
        key_arn=given["EncryptionConfiguration"]["KmsKeyId"],
    )
