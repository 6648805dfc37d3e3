import threading

import boto3
import pytest
from botocore.exceptions import ClientError

from sallyport.aws.blobs import S3Blobs
from sallyport.aws.ledger import DynamoLedger
from sallyport.aws.records import DynamoRecords
from sallyport.contracts import Hold, Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Granted
from sallyport_local.emulation.errors import UnknownCallError
from sallyport_local.emulation.iam import Need
from sallyport_local.emulation.resources import Maker
from sallyport_local.emulation.sessions import RefusedError, Sessions

TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("partition", "sort")],
    "KeySchema": [{"AttributeName": "partition", "KeyType": "HASH"}, {"AttributeName": "sort", "KeyType": "RANGE"}],
}


@pytest.fixture
def maker(operator) -> Maker:
    return Maker("stack", operator)


@pytest.fixture
def bucket(maker) -> str:
    return maker.made_of("Content", "AWS::S3::Bucket", {}).ref


@pytest.mark.parametrize(
    ("service", "call", "parameters", "code"),
    [
        ("dynamodb", "get_item", {"TableName": "t", "Key": {"key": {"S": "k"}}}, "AccessDeniedException"),
        ("kms", "decrypt", {"KeyId": "k", "CiphertextBlob": b"c"}, "AccessDeniedException"),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b""}, "AccessDenied"),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}, "AccessDeniedException"),
        ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": "m"}, "AuthorizationError"),
        ("sqs", "receive_message", {"QueueUrl": "https://q/1/q"}, "AccessDeniedException"),
    ],
)  # fmt: skip
def test_refuses_in_the_words_of_each_service(sessions, role, service, call, parameters, code):
    client = sessions.of(role("nothing:AtAll")).client(service)
    with pytest.raises(ClientError, match="assumed-role/InferRole/infer is not authorized to perform") as refused:
        getattr(client, call)(**parameters)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_refusal_reaches_the_adapter_that_translates_it(sessions, role):
    records = DynamoRecords(sessions.of(role()).client("dynamodb"), "keys")
    with pytest.raises(StoreUnavailableError) as unavailable:
        records.get("any")
    assert unavailable.value.details["cause_type"] == "AccessDeniedException"


def test_what_a_role_may_do_works(sessions, role, maker):
    table = maker.made_of("Keys", "AWS::DynamoDB::Table", TABLE).ref
    records = DynamoRecords(sessions.of(role("dynamodb:UpdateItem", "dynamodb:GetItem")).client("dynamodb"), table)
    assert records.put("one", "-", {"kept": True})
    found = records.get("one")
    assert found is not None
    assert found.body == {"kept": True}


def test_an_object_that_is_not_there_is_forbidden_to_whoever_may_not_list(sessions, role, bucket):
    """As S3 has it, so that nobody can find out names by asking."""
    allowed = S3Blobs(sessions.of(role("s3:GetObject", "s3:ListBucket")).client("s3"), bucket)
    assert allowed.get("audit/1") is None
    with pytest.raises(StoreUnavailableError):
        S3Blobs(sessions.of(role("s3:GetObject")).client("s3"), bucket).get("audit/1")


def test_an_unknown_call_is_no_refusal_that_code_could_swallow(sessions, role):
    with pytest.raises(UnknownCallError, match="ListTables"):
        sessions.of(role("*")).client("dynamodb").list_tables()


def test_an_answer_stands_in_for_what_moto_lacks(account, role):
    def answer(principal, parameters):
        return {"stopReason": "end_turn", "asked": parameters["modelId"], "by": principal.name}

    bedrock = Sessions({("bedrock-runtime", "Converse"): answer}).of(role("bedrock:InvokeModel")).client(
        "bedrock-runtime"
    )  # fmt: skip
    asked = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": "hi"}]}])
    assert (asked["asked"], asked["by"]) == ("amazon.nova-lite-v1:0", "infer")


def test_an_answer_may_refuse_too(account, role):
    def answer(principal, parameters):
        raise RefusedError(principal, Need("kms:Decrypt", "arn:key"))

    session = Sessions({("stepfunctions", "StartSyncExecution"): answer}).of(role("states:StartSyncExecution"))
    with pytest.raises(ClientError, match=r"not authorized to perform: kms:Decrypt on resource: arn:key"):
        session.client("stepfunctions").start_sync_execution(stateMachineArn="arn:m", input="{}")


def test_nothing_of_the_users_own_configuration_counts(monkeypatch, account, role):
    monkeypatch.setenv("AWS_PROFILE", "somebody-elses")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    operator: boto3.Session = Sessions({}).operator()
    assert operator.client("sqs").create_queue(QueueName="q")["QueueUrl"].startswith("https://sqs.eu-west-1.")


def test_sixty_four_at_once_against_a_limit_of_ten_let_ten_through(sessions, role, maker):
    table = maker.made_of("Ledger", "AWS::DynamoDB::Table", TABLE).ref
    actions = ("PutItem", "UpdateItem", "GetItem", "Query")
    ledger = DynamoLedger(sessions.of(role(*(f"dynamodb:{each}" for each in actions))).client("dynamodb"), table)
    through = []
    start = threading.Barrier(64)

    def reserve(number):
        hold = Hold(scope="tenant/acme|requests|minute|1", limit=10, amount=1)
        start.wait()
        refused = ledger.reserve(
            Reservation(request_id=f"request-{number}", holds=(hold,), expires_at=2_000_000_000), now=1_000_000_000
        )
        if refused == Granted():
            through.append(number)

    threads = [threading.Thread(target=reserve, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(through) == 10
