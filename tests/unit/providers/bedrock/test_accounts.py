"""providers/bedrock/accounts: one session for each role, renewed in time, and no thread that waits for ever."""

import threading
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from sallyport.errors import (
    ProviderDeniedError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.bedrock.accounts import Accounts

ROLE = "arn:aws:iam::210987654321:role/models"
OTHER = "arn:aws:iam::310987654321:role/models"
HOUR = 3600


class Sts:
    """Gives sessions of an hour, or raises what it `fails` with; `wait` holds it up."""

    def __init__(self):
        self.now = 1_795_000_000.0
        self.asked = []
        self.regions = []
        self.fails = None
        self.reply = None
        self.wait = threading.Event()
        self.wait.set()

    def client(self, region):
        self.regions.append(region)
        return self

    def assume_role(self, **arguments):
        self.asked.append(arguments)
        self.wait.wait(10)
        if self.fails is not None:
            raise self.fails
        return self.reply or {
            "Credentials": {
                "AccessKeyId": f"key-{len(self.asked)}",
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": datetime.fromtimestamp(self.now + HOUR, UTC),
            }
        }


@pytest.fixture
def sts():
    return Sts()


@pytest.fixture
def accounts(sts):
    return Accounts(sts.client, clock=lambda: sts.now)


def refusal(code, status=403):
    said = {"Code": code, "Message": f"not authorized to perform: sts:AssumeRole on resource: {ROLE}"}
    return ClientError({"Error": said, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}}}, "AssumeRole")


def test_a_session_is_named_by_the_gateway_and_kept(sts, accounts):
    first = accounts.credentials(ROLE, "eu-west-1", 5.0)
    assert (first.key_id, first.secret, first.token) == ("key-1", "secret", "token")
    assert accounts.credentials(ROLE, "eu-west-1", 5.0) is first
    assert sts.asked == [{"RoleArn": ROLE, "RoleSessionName": "sallyport"}]
    assert sts.regions == ["eu-west-1"]
    assert "secret" not in repr(first)
    assert "token" not in repr(first).replace("token=", "")


def test_every_role_has_its_own(sts, accounts):
    assert accounts.credentials(ROLE, None, 5.0).key_id == "key-1"
    assert accounts.credentials(OTHER, None, 5.0).key_id == "key-2"
    assert accounts.credentials(ROLE, None, 5.0).key_id == "key-1"


@pytest.mark.parametrize(("after", "key_id"), [(HOUR - 301, "key-1"), (HOUR - 300, "key-2"), (HOUR + 1, "key-2")])
def test_a_session_is_renewed_before_it_expires(sts, accounts, after, key_id):
    accounts.credentials(ROLE, None, 5.0)
    sts.now += after
    assert accounts.credentials(ROLE, None, 5.0).key_id == key_id


def test_what_is_still_good_outlives_a_failure_to_renew_it(sts, accounts):
    accounts.credentials(ROLE, None, 5.0)
    sts.fails = refusal("Throttling", 400)
    sts.now += HOUR - 300
    assert [accounts.credentials(ROLE, None, 5.0).key_id for _ in range(3)] == ["key-1"] * 3
    assert len(sts.asked) == 2, "STS is left alone for a while"
    sts.now += 5
    assert accounts.credentials(ROLE, None, 5.0).key_id == "key-1"
    assert len(sts.asked) == 3
    sts.now += 300 - 5 - 29
    with pytest.raises(ProviderThrottledError):
        accounts.credentials(ROLE, None, 5.0)
    sts.fails = None
    sts.now += 5
    assert accounts.credentials(ROLE, None, 5.0).key_id == "key-5"


@pytest.mark.parametrize(
    ("fails", "error"),
    [
        (refusal("AccessDenied"), ProviderDeniedError),
        (refusal("RegionDisabledException"), ProviderDeniedError),
        (refusal("ValidationError", 400), ProviderDeniedError),
        (refusal("ExpiredToken"), ProviderDeniedError),
        (NoCredentialsError(), ProviderDeniedError),
        (refusal("ThrottlingException", 400), ProviderThrottledError),
        (refusal("InternalFailure", 500), ProviderUnavailableError),
        (EndpointConnectionError(endpoint_url="https://sts"), ProviderUnavailableError),
        (ReadTimeoutError(endpoint_url="https://sts"), ProviderTimeoutError),
    ],
)
def test_a_failure_is_told_in_our_words_and_not_repeated_at_once(sts, accounts, fails, error):
    sts.fails = fails
    for _ in range(3):
        with pytest.raises(error) as failed:
            accounts.credentials(ROLE, None, 5.0)
        assert ROLE not in str(failed.value)
        assert failed.value.__cause__ is None
    assert len(sts.asked) == 1
    sts.fails = None
    sts.now += 5
    assert accounts.credentials(ROLE, None, 5.0).key_id == "key-2"


@pytest.mark.parametrize("reply", [{"Other": 1}, {"Credentials": {"AccessKeyId": "k", "Expiration": None}}])
def test_a_reply_without_credentials_is_none(sts, accounts, reply):
    sts.reply = reply
    with pytest.raises(ProviderUnavailableError):
        accounts.credentials(ROLE, None, 5.0)


def test_many_at_once_ask_once(sts, accounts):
    sts.wait.clear()
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(accounts.credentials(ROLE, None, 10.0).key_id)) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    sts.wait.set()
    for thread in threads:
        thread.join()
    assert got == ["key-1"] * 16
    assert len(sts.asked) == 1


def test_nobody_waits_longer_than_it_can_for_another(sts, accounts):
    sts.wait.clear()
    asking = threading.Thread(target=accounts.credentials, args=(ROLE, None, 10.0))
    asking.start()
    try:
        while not sts.asked:
            pass
        with pytest.raises(ProviderTimeoutError):
            accounts.credentials(ROLE, None, 0.0)
    finally:
        sts.wait.set()
        asking.join()
