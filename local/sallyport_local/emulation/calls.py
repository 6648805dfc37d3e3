"""Which permissions a call of AWS needs: https://docs.aws.amazon.com/service-authorization/latest/reference/

Only the calls that the gateway makes are here. Any other is an UnknownCallError, never allowed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sallyport_local.emulation.errors import UnknownCallError
from sallyport_local.emulation.iam import Need

type Parameters = Mapping[str, Any]

_PROFILE_PREFIXES = frozenset({"us", "eu", "apac", "global", "us-gov", "jp", "au", "ca"})
"""What the id of a cross-Region inference profile starts with, before the id of the model."""

_ELSEWHERE = "another-region"
"""A Region to which a profile may send a call besides the caller's own: IAM is asked for each of them."""


@dataclass(frozen=True, slots=True)
class Place:
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


type Rule = Callable[[Place, Parameters], list[Need]]


def needs(service: str, operation: str, parameters: Parameters, place: Place) -> list[Need]:
    """`service` and `operation` as botocore names them. Every one of the needs must be allowed."""
    rule = _RULES.get((service, operation))
    if rule is None:
        raise UnknownCallError(f"Nobody wrote down what {operation} of {service} needs. Add it to calls.py.")
    return rule(place, parameters)


def list_bucket(bucket: str) -> Need:
    return Need("s3:ListBucket", f"arn:aws:s3:::{bucket}")


def _table(action: str) -> Rule:
    def rule(place: Place, given: Parameters) -> list[Need]:
        leading = given.get("Key", {}).get("partition")
        context = {"dynamodb:LeadingKeys": leading["S"]} if leading else {}
        return [Need(f"dynamodb:{action}", place.arn("dynamodb", f"table/{given['TableName']}"), context)]

    return rule


_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def _transaction(place: Place, given: Parameters) -> list[Need]:
    return [
        need
        for item in given["TransactItems"]
        for kind, write in item.items()
        for need in _table(_IN_TRANSACTION[kind])(place, write)
    ]


def _key(action: str) -> Rule:
    def rule(place: Place, given: Parameters) -> list[Need]:
        pairs = given.get("EncryptionContext", {}).items()
        return [Need(f"kms:{action}", given["KeyId"], encryption_context(dict(pairs)))]

    return rule


def encryption_context(pairs: Mapping[str, str]) -> dict[str, str]:
    return {f"kms:EncryptionContext:{key}": value for key, value in pairs.items()}


def _object(action: str) -> Rule:
    return lambda place, given: [Need(f"s3:{action}", f"arn:aws:s3:::{given['Bucket']}/{given['Key']}")]


def _queue(action: str) -> Rule:
    return lambda place, given: [Need(f"sqs:{action}", place.arn("sqs", given["QueueUrl"].rsplit("/", 1)[-1]))]


def _secret(place: Place, given: Parameters) -> list[Need]:
    # Secrets Manager ends a secret's ARN by six characters of its own, so a policy without a wildcard never matches.
    return [Need("secretsmanager:GetSecretValue", place.arn("secretsmanager", f"secret:{given['SecretId']}-AbCdEf"))]


def _model(action: str) -> Rule:
    """A profile, and its model in each Region that it spans. What an application's own profile spans is not told."""

    def rule(place: Place, given: Parameters) -> list[Need]:
        model: str = given["modelId"]
        if model.startswith("arn:"):
            return [Need(action, model)]
        prefix, _, base = model.partition(".")
        if prefix not in _PROFILE_PREFIXES:
            return [Need(action, f"arn:aws:bedrock:{place.region}::foundation-model/{model}")]
        regions = (place.region, _ELSEWHERE)
        return [
            Need(action, place.arn("bedrock", f"inference-profile/{model}")),
            *(Need(action, f"arn:aws:bedrock:{region}::foundation-model/{base}") for region in regions),
        ]

    return rule


_RULES: Mapping[tuple[str, str], Rule] = {
    ("dynamodb", "GetItem"): _table("GetItem"),
    ("dynamodb", "PutItem"): _table("PutItem"),
    ("dynamodb", "UpdateItem"): _table("UpdateItem"),
    ("dynamodb", "DeleteItem"): _table("DeleteItem"),
    ("dynamodb", "Query"): _table("Query"),
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("kms", "GenerateDataKey"): _key("GenerateDataKey"),
    ("kms", "Decrypt"): _key("Decrypt"),
    ("kms", "GenerateMac"): _key("GenerateMac"),
    ("kms", "Sign"): _key("Sign"),
    ("s3", "PutObject"): _object("PutObject"),
    ("s3", "GetObject"): _object("GetObject"),
    ("sns", "Publish"): lambda place, given: [Need("sns:Publish", given["TopicArn"])],
    ("sqs", "SendMessage"): _queue("SendMessage"),
    ("sqs", "ReceiveMessage"): _queue("ReceiveMessage"),
    ("sqs", "DeleteMessageBatch"): _queue("DeleteMessage"),
    ("sqs", "GetQueueAttributes"): _queue("GetQueueAttributes"),
    ("secretsmanager", "GetSecretValue"): _secret,
    ("lambda", "Invoke"): lambda place, given: [
        Need("lambda:InvokeFunction", place.arn("lambda", f"function:{given['FunctionName']}"))
    ],
    ("sts", "AssumeRole"): lambda place, given: [Need("sts:AssumeRole", given["RoleArn"])],
    ("stepfunctions", "StartSyncExecution"): lambda place, given: [
        Need("states:StartSyncExecution", given["stateMachineArn"])
    ],
    # Comprehend has no resource level.
    ("comprehend", "DetectPiiEntities"): lambda place, given: [Need("comprehend:DetectPiiEntities", "*")],
    ("bedrock-runtime", "ApplyGuardrail"): lambda place, given: [
        Need("bedrock:ApplyGuardrail", place.arn("bedrock", f"guardrail/{given['guardrailIdentifier']}"))
    ],
    ("bedrock-runtime", "Converse"): _model("bedrock:InvokeModel"),
    ("bedrock-runtime", "InvokeModel"): _model("bedrock:InvokeModel"),
    ("bedrock-runtime", "ConverseStream"): _model("bedrock:InvokeModelWithResponseStream"),
}
