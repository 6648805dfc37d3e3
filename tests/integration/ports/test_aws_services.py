"""The ports that have no state of their own on AWS, and how the backend puts them together."""

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from sallyport.aws.backend import AwsBackend
from sallyport.aws.clients import Clients
from sallyport.aws.secrets import BACK_OFF_SECONDS, MAX_AGE_SECONDS, STALE_SECONDS, SecretsManagerSecrets
from sallyport.aws.workflows import StepFunctionsWorkflows
from sallyport.composition import Backend
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Execution
from sallyport.redis_cache import RedisCache
from sallyport.redis_ledger import RedisLedger
from sallyport.settings import MissingSettingError

CHAT = "arn:aws:states:eu-west-1:123456789012:stateMachine:chat"


@pytest.fixture
def stepfunctions(session):
    """moto has no StartSyncExecution, so botocore's own stub answers, which checks both sides against the API."""
    client = Clients(session).get("stepfunctions")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


def nowhere():
    raise AssertionError("no function was to be called")


def ended(status, **rest):
    arn = CHAT.replace("stateMachine", "express") + ":request-1:1"
    return {"executionArn": arn, "startDate": 1, "stopDate": 2, "status": status} | rest


@pytest.mark.parametrize(
    ("response", "execution"),
    [
        (ended("SUCCEEDED", output='{"a": 1}'), Execution("SUCCEEDED", {"a": 1})),
        (ended("FAILED", error="E", cause="c"), Execution("FAILED", None, "E", "c")),
        (ended("FAILED", error="E"), Execution("FAILED", None, "E")),
        (ended("TIMED_OUT"), Execution("TIMED_OUT")),
    ],
    ids=lambda value: value.status if isinstance(value, Execution) else "",
)
def test_tells_how_the_workflow_ended(response, execution, stepfunctions):
    client, stub = stepfunctions
    expected = {"stateMachineArn": CHAT, "name": "request-1", "input": '{"ticket": {"model": "fast"}}'}
    stub.add_response("start_sync_execution", response, expected)
    assert StepFunctionsWorkflows(client, CHAT, nowhere).chat("request-1", {"ticket": {"model": "fast"}}) == execution


@pytest.mark.parametrize("code", ["ThrottlingException", "StateMachineDoesNotExist"])
def test_a_workflow_that_did_not_start_is_unavailable(code, stepfunctions):
    client, stub = stepfunctions
    stub.add_client_error("start_sync_execution", code)
    with pytest.raises(StoreUnavailableError):
        StepFunctionsWorkflows(client, CHAT, nowhere).chat("request-1", {})


@pytest.fixture
def functions(session):
    client = Clients(session).get("lambda")
    with Stubber(client) as stub:
        yield lambda: StepFunctionsWorkflows(None, CHAT, lambda: (client, "fallback")), stub
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("failed", "said", "execution"),
    [
        ({}, '{"target": "b"}', Execution("SUCCEEDED", {"target": "b"})),
        (
            {"FunctionError": "Unhandled"},
            '{"errorType": "RateLimitedError", "errorMessage": "{}"}',
            Execution(
                "FAILED", error="RateLimitedError", cause='{"errorType": "RateLimitedError", "errorMessage": "{}"}'
            ),
        ),
        (
            {"FunctionError": "Unhandled"},
            '{"errorMessage": "Task timed out"}',
            Execution("FAILED", error="Unknown", cause='{"errorMessage": "Task timed out"}'),
        ),
    ],
    ids=["a decision", "an error", "a function that died"],
)
def test_tells_what_the_function_fallback_said(failed, said, execution, functions):
    workflows, stub = functions
    payload = StreamingBody(io.BytesIO(said.encode()), len(said))
    expected = {"FunctionName": "fallback", "Payload": b'{"request_id": "request-1"}'}
    stub.add_response("invoke", {"StatusCode": 200, "Payload": payload, **failed}, expected)
    assert workflows().fall_back({"request_id": "request-1"}) == execution


def test_a_function_that_did_not_start_is_unavailable(functions):
    workflows, stub = functions
    stub.add_client_error("invoke", "TooManyRequestsException")
    with pytest.raises(StoreUnavailableError):
        workflows().fall_back({})


def test_waits_as_long_as_an_express_workflow_may_run_and_for_nothing_else_as_long(session):
    clients = Clients(session)
    assert clients.get("stepfunctions").meta.config.read_timeout == 300
    for service in ("dynamodb", "kms", "s3", "sns", "secretsmanager"):
        assert clients.get(service).meta.config.read_timeout <= 5
    hurried = clients.hurried("dynamodb")
    assert hurried is clients.hurried("dynamodb")
    assert hurried is not clients.get("dynamodb")
    assert (hurried.meta.config.connect_timeout, hurried.meta.config.read_timeout) == (0.5, 0.5)


def test_a_published_message_is_in_every_queue(aws, aws_settings, moto_session):
    queues = []
    sqs, sns = moto_session.client("sqs"), moto_session.client("sns")
    for name in ("audit", "settle"):
        queues.append(sqs.create_queue(QueueName=name)["QueueUrl"])
        arn = sqs.get_queue_attributes(QueueUrl=queues[-1], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(
            TopicArn=aws_settings["COMPLETED_TOPIC_ARN"],
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )
    message = json.dumps({"event": "completed", "é": "世"})
    aws.events.publish(message)
    assert [sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] for queue in queues] == [message] * 2


def test_a_rotated_secret_arrives_within_minutes(aws_settings, moto_session):
    now = 0.0
    manager = moto_session.client("secretsmanager")
    secrets = SecretsManagerSecrets(manager, clock=lambda: now)
    assert secrets.get("vllm") == "token-2"
    manager.put_secret_value(SecretId="vllm", SecretString="token-3")
    now = MAX_AGE_SECONDS - 1
    assert secrets.get("vllm") == "token-2"
    now = MAX_AGE_SECONDS
    assert secrets.get("vllm") == "token-3"


@pytest.fixture
def failing(moto_session):
    """A client that fails with the code in `code`, while there is one."""
    manager = moto_session.client("secretsmanager")
    asked = SimpleNamespace(exceptions=manager.exceptions, code=None, calls=0)

    def get_secret_value(**given):
        asked.calls += 1
        if asked.code:
            raise ClientError({"Error": {"Code": asked.code, "Message": ""}}, "GetSecretValue")
        return manager.get_secret_value(**given)

    asked.get_secret_value = get_secret_value
    return asked


def test_what_was_read_serves_for_an_hour_while_the_store_is_away_which_is_asked_now_and_then(aws_settings, failing):
    now = 0.0
    secrets = SecretsManagerSecrets(failing, clock=lambda: now)
    secrets.get("vllm")
    failing.code = "ThrottlingException"
    now = MAX_AGE_SECONDS
    assert [secrets.get("vllm") for _ in range(3)] == ["token-2"] * 3
    assert failing.calls == 2
    now += BACK_OFF_SECONDS
    secrets.get("vllm")
    assert failing.calls == 3
    now = STALE_SECONDS
    with pytest.raises(StoreUnavailableError):
        secrets.get("vllm")


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_what_an_operator_took_away_serves_no_longer(code, aws_settings, failing):
    now = 0.0
    secrets = SecretsManagerSecrets(failing, clock=lambda: now)
    secrets.get("vllm")
    now = MAX_AGE_SECONDS
    if code == "ResourceNotFoundException":

        def gone(**_):
            raise failing.exceptions.ResourceNotFoundException({"Error": {"Code": code}}, "GetSecretValue")

        failing.get_secret_value = gone
    failing.code = code
    with pytest.raises(StoreUnavailableError):
        secrets.get("vllm")


def test_a_secret_that_a_provider_refuses_is_read_again_at_once_but_not_again_and_again(aws_settings, moto_session):
    now = 0.0
    manager = moto_session.client("secretsmanager")
    secrets = SecretsManagerSecrets(manager, clock=lambda: now)
    assert secrets.get("vllm") == "token-2"
    assert secrets.instead("vllm", "token-2") is None
    manager.put_secret_value(SecretId="vllm", SecretString="token-3")
    assert secrets.instead("vllm", "token-2") is None, "it was just looked at"
    now = BACK_OFF_SECONDS
    assert secrets.instead("vllm", "token-2") == secrets.get("vllm") == "token-3"
    assert secrets.instead("vllm", "token-2") == "token-3", "others who had the old one need not look"
    assert secrets.instead("vllm", "token-3") is None


def test_a_refused_secret_whose_store_is_away_stays_refused(aws_settings, failing):
    secrets = SecretsManagerSecrets(failing, clock=lambda: 0.0)
    secrets.get("vllm")
    failing.code = "ThrottlingException"
    assert secrets.instead("vllm", "token-2") is None


def test_a_binary_secret_is_refused(aws_settings, moto_session):
    moto_session.client("secretsmanager").create_secret(Name="binary", SecretBinary=b"\x00")
    with pytest.raises(StoreUnavailableError, match="Store it as text"):
        SecretsManagerSecrets(moto_session.client("secretsmanager")).get("binary")


def test_asks_kms_once_for_each_label(aws):
    seen = []
    aws.key_macs._kms.meta.events.register("before-call.kms", lambda model, **_: seen.append(model.name))
    for label in ("api-keys", "api-keys", "cache/acme", "api-keys"):
        aws.key_macs.secret(label)
    assert seen == ["GenerateMac"] * 2


def test_every_client_comes_from_the_given_session_and_never_tries_again(aws_settings, moto_session):
    made = []

    class Watched(boto3.Session):
        def client(self, service, config):
            made.append(service)
            assert config.retries == {"total_max_attempts": 1}
            return moto_session.client(service, config=config)

    watched = Watched()
    aws = AwsBackend(aws_settings, watched)
    ports = [name for name in dir(Backend) if isinstance(getattr(Backend, name), property)]
    assert all(getattr(aws, name) is getattr(aws, name) for name in ports)
    # twice for DynamoDB: the cache's does not wait for long
    assert sorted(made) == ["dynamodb", "dynamodb", "kms", "s3", "secretsmanager", "sns", "stepfunctions"]
    assert aws.aws_session() is watched


def test_takes_redis_for_the_cache_when_a_url_names_one(aws_settings, session):
    assert not isinstance(AwsBackend(aws_settings | {"CACHE_URL": ""}, session).cache, RedisCache)
    assert isinstance(AwsBackend(aws_settings | {"CACHE_URL": "redis://127.0.0.1:1/0"}, session).cache, RedisCache)


def test_takes_redis_for_the_ledger_when_a_url_names_one(aws_settings, session):
    assert not isinstance(AwsBackend(aws_settings | {"LEDGER_URL": ""}, session).ledger, RedisLedger)
    assert isinstance(AwsBackend(aws_settings | {"LEDGER_URL": "redis://127.0.0.1:1/0"}, session).ledger, RedisLedger)


@pytest.mark.parametrize(
    ("port", "variable"),
    [
        ("keys", "CONTENT_KEY_ARN"),
        ("key_macs", "API_KEY_MAC_ARN"),
        ("cache_macs", "CACHE_MAC_ARN"),
        ("signer", "AUDIT_SIGNING_KEY_ARN"),
        ("ledger", "LEDGER_TABLE"),
        ("cache", "CACHE_TABLE"),
        ("content", "CONTENT_BUCKET"),
        ("audit", "AUDIT_BUCKET"),
        ("events", "COMPLETED_TOPIC_ARN"),
        ("workflows", "CHAT_WORKFLOW_ARN"),
    ],
)
def test_names_the_variable_that_a_function_lacks(port, variable, session):
    with pytest.raises(MissingSettingError, match=variable):
        getattr(AwsBackend({}, session), port)


def test_neither_boto3_nor_redis_is_loaded_before_a_port_is_asked_for():
    program = (
        "import sys; from sallyport.aws.backend import AwsBackend; AwsBackend({});"
        "print([name for name in ('boto3', 'redis', 'botocore.session') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"
