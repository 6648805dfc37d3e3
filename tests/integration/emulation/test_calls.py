import pytest

from sallyport_local.emulation.calls import Place, needs
from sallyport_local.emulation.errors import UnknownCallError

PLACE = Place("eu-west-1", "123456789012")
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/ledger"
MODEL = "foundation-model/amazon.nova-lite-v1:0"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "needed"),
    [
        ("dynamodb", "Query", {"TableName": "ledger"}, [("dynamodb:Query", TABLE)]),
        (
            "dynamodb",
            "TransactWriteItems",
            {
                "TransactItems": [
                    {kind: {"TableName": "ledger"}} for kind in ("Put", "Update", "Delete", "ConditionCheck")
                ]
            },
            [
                ("dynamodb:PutItem", TABLE),
                ("dynamodb:UpdateItem", TABLE),
                ("dynamodb:DeleteItem", TABLE),
                ("dynamodb:ConditionCheckItem", TABLE),
            ],
        ),
        ("comprehend", "DetectPiiEntities", {"Text": "x"}, [("comprehend:DetectPiiEntities", "*")]),
        (
            "bedrock-runtime",
            "ApplyGuardrail",
            {"guardrailIdentifier": "abc123"},
            [("bedrock:ApplyGuardrail", "arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc123")],
        ),
        (
            "s3",
            "PutObject",
            {"Bucket": "content", "Key": "answer/acme/one"},
            [("s3:PutObject", "arn:aws:s3:::content/answer/acme/one")],
        ),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/overdue", "DelaySeconds": 345},
            [("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:overdue")],
        ),
        (
            "sqs",
            "DeleteMessageBatch",
            {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/settle"},
            [("sqs:DeleteMessage", "arn:aws:sqs:eu-west-1:123456789012:settle")],
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            {"SecretId": "sallyport/openai"},
            [
                (
                    "secretsmanager:GetSecretValue",
                    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sallyport/openai-AbCdEf",
                )
            ],
        ),
        (
            "bedrock-runtime",
            "Converse",
            {"modelId": "amazon.nova-lite-v1:0"},
            [("bedrock:InvokeModel", f"arn:aws:bedrock:eu-west-1::{MODEL}")],
        ),
        (
            "bedrock-runtime",
            "Converse",
            {"modelId": "eu.amazon.nova-lite-v1:0"},
            [
                (
                    "bedrock:InvokeModel",
                    "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0",
                ),
                ("bedrock:InvokeModel", f"arn:aws:bedrock:eu-west-1::{MODEL}"),
                ("bedrock:InvokeModel", f"arn:aws:bedrock:another-region::{MODEL}"),
            ],
        ),
    ],
)
def test_asks_for_every_permission_of_a_call(service, operation, parameters, needed):
    assert [(need.action, need.resource) for need in needs(service, operation, parameters, PLACE)] == needed


def test_asks_kms_in_the_encryption_context_of_the_call():
    context = {"tenant": "acme", "purpose": "answer"}
    (need,) = needs("kms", "Decrypt", {"KeyId": "arn:the-key", "EncryptionContext": context}, PLACE)
    assert need.context == {"kms:EncryptionContext:tenant": "acme", "kms:EncryptionContext:purpose": "answer"}


def test_a_call_nobody_wrote_down_is_an_error_and_not_allowed():
    with pytest.raises(UnknownCallError, match="DeleteTable of dynamodb"):
        needs("dynamodb", "DeleteTable", {"TableName": "ledger"}, PLACE)
