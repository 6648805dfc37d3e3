import pytest
from botocore.exceptions import ClientError

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.resources import Maker

KEYED = {
    "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def maker(operator) -> Maker:
    return Maker("stack", operator)


def test_a_table_has_its_key_and_its_time_to_live(maker, operator):
    expiry = {"AttributeName": "expires_at", "Enabled": True}
    table = maker.made_of("Cache", "AWS::DynamoDB::Table", KEYED | {"TimeToLiveSpecification": expiry})
    dynamodb = operator.client("dynamodb")
    described = dynamodb.describe_table(TableName=table.ref)["Table"]
    assert (described["TableArn"], described["KeySchema"]) == (table.attributes["Arn"], KEYED["KeySchema"])
    lifetime = dynamodb.describe_time_to_live(TableName=table.ref)["TimeToLiveDescription"]
    assert (lifetime["TimeToLiveStatus"], lifetime["AttributeName"]) == ("ENABLED", "expires_at")


@pytest.mark.parametrize(
    ("properties", "spec"),
    [
        ({}, "SYMMETRIC_DEFAULT"),
        ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, "HMAC_256"),
        ({"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}, "ECC_NIST_P256"),
    ],
)
def test_a_key_is_of_its_kind(maker, operator, properties, spec):
    key = maker.made_of("Key", "AWS::KMS::Key", properties)
    assert operator.client("kms").describe_key(KeyId=key.attributes["Arn"])["KeyMetadata"]["KeySpec"] == spec


def test_nobody_deletes_what_lies_in_a_locked_bucket(maker, operator):
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": retention}
    properties = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": lock,
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    bucket = maker.made_of("Audit", "AWS::S3::Bucket", properties).ref
    s3 = operator.client("s3")
    version = s3.put_object(Bucket=bucket, Key="audit/1", Body=b"record")["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="audit/1", VersionId=version)


def test_a_message_reaches_the_queue_as_it_was_published(maker, operator):
    dead = maker.made_of("Dead", "AWS::SQS::Queue", {"MessageRetentionPeriod": 1209600})
    redrive = {"deadLetterTargetArn": dead.attributes["Arn"], "maxReceiveCount": 5}
    queue = maker.made_of("Queue", "AWS::SQS::Queue", {"VisibilityTimeout": 60, "RedrivePolicy": redrive})
    topic = maker.made_of("Topic", "AWS::SNS::Topic", {"TopicName": "completed"})
    subscription = {
        "TopicArn": topic.ref,
        "Protocol": "sqs",
        "Endpoint": queue.attributes["Arn"],
        "RawMessageDelivery": True,
        "RedrivePolicy": {"deadLetterTargetArn": dead.attributes["Arn"]},
    }
    maker.made_of("Subscription", "AWS::SNS::Subscription", subscription)
    operator.client("sns").publish(TopicArn=topic.ref, Message="sealed")
    (message,) = operator.client("sqs").receive_message(QueueUrl=queue.ref)["Messages"]
    assert message["Body"] == "sealed"


def test_what_is_only_noted_can_be_referred_to(maker):
    role = maker.made_of("EdgeRole", "AWS::IAM::Role", {})
    assert role.attributes["Arn"] == "arn:aws:iam::123456789012:role/stack-EdgeRole-EMULATED"
    function = maker.made_of("Edge", "AWS::Lambda::Function", {"FunctionName": "stack-edge"})
    assert function.attributes["Arn"] == "arn:aws:lambda:eu-west-1:123456789012:function:stack-edge"


def test_refuses_a_type_that_nobody_taught_it(maker):
    with pytest.raises(TemplateError, match="Stream is a AWS::Kinesis::Stream"):
        maker.made_of("Stream", "AWS::Kinesis::Stream", {})


def test_refuses_a_property_that_nobody_taught_it(maker):
    with pytest.raises(TemplateError, match=r"Cache \(AWS::DynamoDB::Table\) has GlobalSecondaryIndexes"):
        maker.made_of("Cache", "AWS::DynamoDB::Table", KEYED | {"GlobalSecondaryIndexes": []})
