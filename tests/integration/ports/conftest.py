"""The implementations that the contract suites run on: moto in process, SQLite and files, and a real Redis.

moto is not the truth. Where it is known to differ from AWS and a port depends on it, this file makes up for it:
- its conditional writes are not safe between threads, so its calls are serialised;
- its KMS signs the hash of a digest where it should sign the digest, so signing is replaced.
What stays untested by it: DynamoDB's own conflicts between transactions, its time to live, and IAM.
"""

import functools
import threading
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.client import BaseClient
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from moto import mock_aws
from moto.kms.models import KmsBackend
from moto.kms.utils import generate_private_key

from bench.contended_dynamo import ContendedDynamo
from bench.redis_server import RedisServer
from sallyport import redis_cache
from sallyport.aws.backend import AwsBackend
from sallyport.aws.ledger import DynamoLedger
from sallyport.composition import Backend
from sallyport.ports import Cache, Ledger
from sallyport.redis_cache import RedisCache
from sallyport.redis_ledger import RedisLedger
from sallyport_local.backend import EmbeddedBackend

SECRETS = {"openai/main": "sk-test-1", "vllm": "token-2"}

RECORDS = {
    "KEYS_TABLE": "sallyport-keys",
    "CONFIGURATION_TABLE": "sallyport-configuration",
    "USAGE_TABLE": "sallyport-usage",
    "AUDIT_INDEX_TABLE": "sallyport-audit-index",
    "ANSWERS_TABLE": "sallyport-answers",
    "CONVERSATIONS_TABLE": "sallyport-conversations",
    "HEALTH_TABLE": "sallyport-health",
    "LEDGER_TABLE": "sallyport-ledger",
}
BUCKETS = {"CONTENT_BUCKET": "sallyport-content", "AUDIT_BUCKET": "sallyport-audit"}
KEYS = {
    "CONTENT_KEY_ARN": ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
    "API_KEY_MAC_ARN": ("HMAC_256", "GENERATE_VERIFY_MAC"),
    "CACHE_MAC_ARN": ("HMAC_256", "GENERATE_VERIFY_MAC"),
    "AUDIT_SIGNING_KEY_ARN": ("ECC_NIST_P256", "SIGN_VERIFY"),
}
PATIENCE_SECONDS = 20.0
CHAT_ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:chat"


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests, because it keeps the service models that take a client 0.3 s to read."""
    return boto3.Session("testing", "testing", region_name="eu-west-1")


# moto makes an RSA key for every key of KMS, of whatever kind, in up to 0.3 s. One of each kind will do for all tests.
private_key = functools.cache(generate_private_key)


@pytest.fixture
def moto_session(session, monkeypatch) -> Iterator[boto3.Session]:
    lock = threading.Lock()
    call = BaseClient._make_api_call

    def one_at_a_time(client, operation, arguments):
        with lock:
            return call(client, operation, arguments)

    def sign_digest(backend, key_id, message, signing_algorithm):
        key = backend.describe_key(key_id)
        signature = key.private_key.private_key.sign(message, ec.ECDSA(utils.Prehashed(SHA256())))
        return key.arn, signature, signing_algorithm

    monkeypatch.setattr(BaseClient, "_make_api_call", one_at_a_time)
    monkeypatch.setattr(KmsBackend, "sign", sign_digest)
    monkeypatch.setattr("moto.kms.models.generate_private_key", private_key)
    with mock_aws():
        yield session


def create_table(dynamodb, name: str, *key: str) -> None:
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in key],
        KeySchema=[
            {"AttributeName": each, "KeyType": kind} for each, kind in zip(key, ("HASH", "RANGE"), strict=False)
        ],
    )


@pytest.fixture
def aws_settings(moto_session) -> dict[str, str]:
    """A function's environment, and the resources that it names."""
    settings = RECORDS | BUCKETS | {"CACHE_TABLE": "sallyport-cache", "CHAT_WORKFLOW_ARN": CHAT_ARN}
    dynamodb, s3, kms = (moto_session.client(service) for service in ("dynamodb", "s3", "kms"))
    for name in RECORDS.values():
        create_table(dynamodb, name, "partition", "sort")
    create_table(dynamodb, "sallyport-cache", "key")
    for bucket in BUCKETS.values():
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for variable, (spec, usage) in KEYS.items():
        settings[variable] = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
    settings["COMPLETED_TOPIC_ARN"] = moto_session.client("sns").create_topic(Name="completed")["TopicArn"]
    for name, value in SECRETS.items():
        moto_session.client("secretsmanager").create_secret(Name=name, SecretString=value)
    return settings


@pytest.fixture
def aws(aws_settings, moto_session) -> AwsBackend:
    return AwsBackend(aws_settings, moto_session)


@pytest.fixture
def embedded(tmp_path) -> Iterator[EmbeddedBackend]:
    environment = {"SALLYPORT_SECRET_OPENAI_MAIN": "sk-test-1", "SALLYPORT_SECRET_VLLM": "token-2"}
    backend = EmbeddedBackend.open(tmp_path / "data", environment=environment)
    yield backend
    backend.close()


@pytest.fixture(params=["aws", "embedded"])
def backend(request) -> Backend:
    """Both real backends, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["aws", "embedded", "redis"])
def cache(request, monkeypatch) -> Cache:
    """What they keep, however long a busy machine takes: that a slow Redis is done without, its own tests show."""
    if request.param == "redis":
        monkeypatch.setattr(redis_cache, "CONNECT_SECONDS", PATIENCE_SECONDS)
        monkeypatch.setattr(redis_cache, "READ_SECONDS", PATIENCE_SECONDS)
        return RedisCache(request.getfixturevalue("redis_server").url)
    return request.getfixturevalue(request.param).cache


@pytest.fixture(params=["aws", "aws in conflict", "embedded", "redis"])
def ledger(request) -> Ledger:
    if request.param == "redis":
        return RedisLedger(request.getfixturevalue("redis_server").url)
    if request.param == "aws in conflict":
        return DynamoLedger(ContendedDynamo(0.004), "ledger")
    return request.getfixturevalue(request.param).ledger


@pytest.fixture
def unreachable_aws(session, monkeypatch) -> AwsBackend:
    """Every endpoint is a port on which nobody listens."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    names = [*RECORDS, *BUCKETS, *KEYS, "CACHE_TABLE", "CHAT_WORKFLOW_ARN", "COMPLETED_TOPIC_ARN"]
    values = {name: f"arn:aws:test:eu-west-1:123456789012:{name}" for name in names} | BUCKETS
    return AwsBackend(values, session)


@pytest.fixture
def redis_server(tmp_path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def at_once() -> Callable[..., list]:
    """Call one function with each argument, every call in a thread of its own, all started together."""

    def run(function, arguments):
        results = [None] * len(arguments)
        start = threading.Barrier(len(arguments))

        def one(index, argument):
            start.wait()
            results[index] = function(argument)

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(arguments)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return run
