"""The resources of a template: made in moto through boto3, or only noted where nothing at run time asks for them.

A type or a property that is not written down here is an error: what the template gains, the emulation must learn.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.moto_account import ACCOUNT, REGION
from sallyport_local.emulation.resolve import Made

type Properties = dict[str, Any]

# What has no meaning in moto: backups, encryption below the content's own seal, who outside may come in, and texts.
_WITHOUT_EFFECT: Mapping[str, frozenset[str]] = {
    "AWS::DynamoDB::Table": frozenset({"PointInTimeRecoverySpecification", "SSESpecification"}),
    "AWS::KMS::Key": frozenset({"Description", "EnableKeyRotation", "KeyPolicy", "PendingWindowInDays"}),
    "AWS::S3::Bucket": frozenset(
        {"BucketEncryption", "LifecycleConfiguration", "OwnershipControls", "PublicAccessBlockConfiguration"}
    ),
    "AWS::SNS::Topic": frozenset({"KmsMasterKeyId"}),
    "AWS::SQS::Queue": frozenset({"SqsManagedSseEnabled"}),
}


class Maker:
    """Makes resources of one stack. `made_of` raises TemplateError for what it does not know."""

    def __init__(self, stack: str, operator: boto3.Session) -> None:
        self._stack = stack
        self._dynamodb: Any = operator.client("dynamodb")
        self._kms: Any = operator.client("kms")
        self._s3: Any = operator.client("s3")
        self._sns: Any = operator.client("sns")
        self._sqs: Any = operator.client("sqs")
        self._makers: Mapping[str, Callable[[str, Properties], Made]] = {
            "AWS::DynamoDB::Table": self._table,
            "AWS::KMS::Key": self._key,
            "AWS::S3::Bucket": self._bucket,
            "AWS::SNS::Subscription": self._subscription,
            "AWS::SNS::Topic": self._topic,
            "AWS::SQS::Queue": self._queue,
            "AWS::SQS::QueuePolicy": self._queue_policy,
        }

    def made_of(self, logical_id: str, type_: str, properties: Properties) -> Made:
        if type_ in NOTED:
            return self._noted(logical_id, type_, properties)
        if type_ not in self._makers:
            raise TemplateError(f"{logical_id} is a {type_}, which is not emulated. Add the type to resources.py.")
        left = dict(properties)
        made = self._makers[type_](logical_id, left)
        unknown = left.keys() - _WITHOUT_EFFECT.get(type_, frozenset())
        if unknown:
            raise TemplateError(
                f"{logical_id} ({type_}) has {', '.join(sorted(unknown))}, not emulated so far. Add it to resources.py."
            )
        return made

    def _noted(self, logical_id: str, type_: str, properties: Properties) -> Made:
        name_property, ref, attributes = NOTED[type_]
        name = properties.get(name_property) or self._name(logical_id)
        here = {"name": name, "region": REGION, "account": ACCOUNT}
        made = {attribute: form.format_map(here) for attribute, form in attributes.items()}
        return Made(type_, ref.format_map(here), made)

    def _name(self, logical_id: str) -> str:
        """As CloudFormation names what has no name of its own, with a fixed ending."""
        return f"{self._stack}-{logical_id}-EMULATED"

    def _table(self, logical_id: str, left: Properties) -> Made:
        name = left.pop("TableName", self._name(logical_id))
        time_to_live = left.pop("TimeToLiveSpecification", None)
        wanted = {key: left.pop(key) for key in ("AttributeDefinitions", "BillingMode", "KeySchema")}
        table = self._dynamodb.create_table(TableName=name, **wanted)["TableDescription"]
        if time_to_live is not None:
            self._dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=time_to_live)
        return Made("AWS::DynamoDB::Table", name, {"Arn": table["TableArn"]})

    def _key(self, logical_id: str, left: Properties) -> Made:
        key = self._kms.create_key(
            KeySpec=left.pop("KeySpec", "SYMMETRIC_DEFAULT"), KeyUsage=left.pop("KeyUsage", "ENCRYPT_DECRYPT")
        )["KeyMetadata"]
        return Made("AWS::KMS::Key", key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})

    def _bucket(self, logical_id: str, left: Properties) -> Made:
        name = left.pop("BucketName", self._name(logical_id).lower())
        locked = left.pop("ObjectLockEnabled", False)
        self._s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectLockEnabledForBucket=locked,
        )
        if "VersioningConfiguration" in left:
            self._s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=left.pop("VersioningConfiguration"))
        if "ObjectLockConfiguration" in left:
            lock = left.pop("ObjectLockConfiguration")
            self._s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
        return Made("AWS::S3::Bucket", name, {"Arn": f"arn:aws:s3:::{name}"})

    def _topic(self, logical_id: str, left: Properties) -> Made:
        name = left.pop("TopicName", self._name(logical_id))
        arn = self._sns.create_topic(Name=name)["TopicArn"]
        return Made("AWS::SNS::Topic", arn, {"TopicArn": arn, "TopicName": name})

    def _subscription(self, logical_id: str, left: Properties) -> Made:
        attributes = {"RawMessageDelivery": json.dumps(left.pop("RawMessageDelivery", False))}
        if "RedrivePolicy" in left:
            attributes["RedrivePolicy"] = json.dumps(left.pop("RedrivePolicy"))
        arn = self._sns.subscribe(
            **{key: left.pop(key) for key in ("TopicArn", "Protocol", "Endpoint")}, Attributes=attributes
        )["SubscriptionArn"]
        return Made("AWS::SNS::Subscription", arn)

    def _queue(self, logical_id: str, left: Properties) -> Made:
        name = left.pop("QueueName", self._name(logical_id))
        attributes: dict[str, str] = {
            key: str(left.pop(key)) for key in ("VisibilityTimeout", "MessageRetentionPeriod") if key in left
        }
        if "RedrivePolicy" in left:
            attributes["RedrivePolicy"] = json.dumps(left.pop("RedrivePolicy"))
        url = self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return Made("AWS::SQS::Queue", url, {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name})

    def _queue_policy(self, logical_id: str, left: Properties) -> Made:
        policy = json.dumps(left.pop("PolicyDocument"))
        for url in left.pop("Queues"):
            self._sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return Made("AWS::SQS::QueuePolicy", self._name(logical_id))


_IN_REGION = "{region}:{account}"

NOTED: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    # The local server stands for the API; its permissions and its logs are API Gateway's own affair.
    "AWS::ApiGateway::Deployment": ("", "{name}", {}),
    "AWS::ApiGateway::RestApi": ("", "{name}", {}),
    "AWS::ApiGateway::Stage": ("StageName", "{name}", {}),
    "AWS::Lambda::Permission": ("", "{name}", {}),
    # Leaves of their own templates: alarms, and API Gateway's role for logs.
    "AWS::CloudFormation::Stack": ("", f"arn:aws:cloudformation:{_IN_REGION}:stack/{{name}}", {}),
    # What it says is a stand-in's affair.
    "AWS::Bedrock::Guardrail": (
        "",
        "emulatedguardrail",
        {"GuardrailArn": f"arn:aws:bedrock:{_IN_REGION}:guardrail/emulatedguardrail"},
    ),
    "AWS::Bedrock::GuardrailVersion": ("", "emulatedguardrail|1", {"Version": "1"}),
    # The handlers and the layer run from this project, under the identity policies of their roles.
    "AWS::IAM::ManagedPolicy": ("", "arn:aws:iam::{account}:policy/{name}", {}),
    "AWS::IAM::Role": ("RoleName", "{name}", {"Arn": "arn:aws:iam::{account}:role/{name}"}),
    "AWS::Lambda::EventInvokeConfig": ("", "{name}", {}),
    "AWS::Lambda::EventSourceMapping": ("", "{name}", {}),
    "AWS::Lambda::Function": ("FunctionName", "{name}", {"Arn": f"arn:aws:lambda:{_IN_REGION}:function:{{name}}"}),
    "AWS::Lambda::LayerVersion": ("LayerName", f"arn:aws:lambda:{_IN_REGION}:layer:{{name}}:1", {}),
    # No schedule runs here: who rehearses calls the function.
    "AWS::Events::Rule": ("Name", "{name}", {"Arn": f"arn:aws:events:{_IN_REGION}:rule/{{name}}"}),
    # The engine runs it.
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        f"arn:aws:states:{_IN_REGION}:stateMachine:{{name}}",
        {"Arn": f"arn:aws:states:{_IN_REGION}:stateMachine:{{name}}", "Name": "{name}"},
    ),
    # Lines go where this process writes them.
    "AWS::Logs::LogGroup": ("LogGroupName", "{name}", {"Arn": f"arn:aws:logs:{_IN_REGION}:log-group:{{name}}:*"}),
    # moto does not enforce it; it asks for TLS, which nothing here leaves the process to need.
    "AWS::S3::BucketPolicy": ("", "{name}", {}),
}
"""Types that are only noted: the property that names one, what Ref gives, and the attributes."""
