"""Whatever AWS fails with becomes an error of ours, which says when to try again and quotes nothing."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, ReadTimeoutError

from sallyport.aws.errors import RETRY_AFTER_SECONDS, translated
from sallyport.contracts import Hold, Purpose, Reservation
from sallyport.errors import StoreUnavailableError, VaultUnavailableError

RESERVATION = Reservation(
    request_id="request-1", holds=(Hold(scope="tenant/acme", limit=10, amount=1),), expires_at=2_000_000_000
)

STORES = {
    "records.get": lambda aws: aws.records("keys").get("p"),
    "records.put": lambda aws: aws.records("configuration").put("p", "s", {}),
    "records.put expecting": lambda aws: aws.records("usage").put("p", "s", {}, expect=0),
    "records.delete": lambda aws: aws.records("audit_index").delete("p"),
    "records.query": lambda aws: aws.records("keys").query("p"),
    "records.scan": lambda aws: list(aws.records("keys").scan()),
    "ledger.reserve": lambda aws: aws.ledger.reserve(RESERVATION, now=1),
    "ledger.settle": lambda aws: aws.ledger.settle(RESERVATION, [1], now=1),
    "ledger.taken": lambda aws: aws.ledger.taken("tenant/acme"),
    "ledger.expire": lambda aws: aws.ledger.expire(now=1),
    "cache.get": lambda aws: aws.cache.get("k", now=1),
    "cache.put": lambda aws: aws.cache.put("k", b"", expires_at=2),
    "content.put": lambda aws: aws.content.put("k", b""),
    "audit.create": lambda aws: aws.audit.create("k", b""),
    "content.get": lambda aws: aws.content.get("k"),
    "audit.list": lambda aws: list(aws.audit.list("")),
    "events.publish": lambda aws: aws.events.publish("{}"),
    "workflows.chat": lambda aws: aws.workflows.chat("request-1", {}),
    "secrets.get": lambda aws: aws.secrets.get("openai/main"),
}
VAULTS = {
    "keys.generate": lambda aws: aws.keys.generate("acme", Purpose.CONTENT),
    "keys.unwrap": lambda aws: aws.keys.unwrap(b"wrapped", "acme", Purpose.CONTENT),
    "key_macs.secret": lambda aws: aws.key_macs.secret("api-keys"),
    "cache_macs.secret": lambda aws: aws.cache_macs.secret("cache/acme"),
    "signer.sign": lambda aws: aws.signer.sign(bytes(32)),
    "signer.public_key": lambda aws: aws.signer.public_key(),
}
OPERATIONS = [(StoreUnavailableError, call) for call in STORES.values()]
OPERATIONS += [(VaultUnavailableError, call) for call in VAULTS.values()]


@pytest.mark.parametrize(("error", "call"), OPERATIONS, ids=[*STORES, *VAULTS])
def test_every_operation_says_that_aws_is_out_of_reach_and_does_not_wait_for_it(error, call, unreachable_aws):
    started = time.perf_counter()
    with pytest.raises(error) as raised:
        call(unreachable_aws)
    assert raised.value.retry_after == RETRY_AFTER_SECONDS
    assert isinstance(raised.value.__cause__, BotoCoreError)
    assert time.perf_counter() - started < 2, "botocore tried again by itself"


def client_error(code):
    return ClientError({"Error": {"Code": code, "Message": "the value 4111 1111 1111 1111 is bad"}}, "Operation")


@pytest.mark.parametrize(
    ("error", "cause_type", "retry_after"),
    [
        (client_error("ProvisionedThroughputExceededException"), "ProvisionedThroughputExceededException", 2),
        (client_error("ThrottlingException"), "ThrottlingException", 2),
        (client_error("AccessDeniedException"), "AccessDeniedException", 2),
        (client_error("InvalidCiphertextException"), "InvalidCiphertextException", None),
        (client_error("IncorrectKeyException"), "IncorrectKeyException", None),
        (EndpointConnectionError(endpoint_url="https://kms.test"), "EndpointConnectionError", 2),
        (ReadTimeoutError(endpoint_url="https://kms.test"), "ReadTimeoutError", 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_keeps_the_code_for_the_operator_and_drops_the_text(error, cause_type, retry_after):
    with pytest.raises(VaultUnavailableError) as raised, translated(VaultUnavailableError, "The key service"):
        raise error
    assert raised.value.details.get("cause_type") == cause_type
    assert raised.value.retry_after == retry_after
    assert raised.value.__cause__ is error
    assert "4111" not in str(raised.value)


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyError("Item"), StoreUnavailableError("ours already")])
def test_leaves_other_errors_as_they_are(error):
    with pytest.raises(type(error)) as raised, translated(VaultUnavailableError, "The key service"):
        raise error
    assert raised.value is error


def test_a_body_that_breaks_off_while_it_is_read_is_unavailable_too(aws):
    def read():
        raise ReadTimeoutError(endpoint_url="https://s3.test")

    aws.content._s3 = SimpleNamespace(
        get_object=lambda **_: {"Body": SimpleNamespace(read=read)}, exceptions=SimpleNamespace(NoSuchKey=KeyError)
    )
    with pytest.raises(StoreUnavailableError):
        aws.content.get("k")


def test_a_table_that_is_not_there_is_unavailable(aws, moto_session):
    moto_session.client("dynamodb").delete_table(TableName="sallyport-keys")
    with pytest.raises(StoreUnavailableError) as raised:
        aws.records("keys").get("p")
    assert raised.value.details["cause_type"] == "ResourceNotFoundException"


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "OperationAborted"])
def test_a_write_under_way_elsewhere_is_not_taken_for_a_key_that_exists(code, aws):
    def conflict(**_):
        raise client_error(code)

    aws.audit._s3 = SimpleNamespace(put_object=conflict)
    with pytest.raises(StoreUnavailableError):
        aws.audit.create("chain/0001", b"x")
