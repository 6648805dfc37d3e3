"""The fleet's STS: a role's account becomes the session's."""

from urllib.parse import urlencode

import pytest

from sallyport_local.fleet.bedrock import account_and_region
from sallyport_local.fleet.sts import assume


def test_the_key_of_a_session_tells_the_account_of_its_role():
    assumed = assume(urlencode({"Action": "AssumeRole", "RoleArn": "arn:aws:iam::210987654321:role/models"}).encode())
    assert assumed is not None
    key = assumed.decode().split("<AccessKeyId>")[1].split("<")[0]
    signed = {"authorization": f"AWS4-HMAC-SHA256 Credential={key}/20261120/eu-west-1/bedrock/aws4_request, …"}

    assert account_and_region(signed) == ("210987654321", "eu-west-1")


@pytest.mark.parametrize(
    "fields",
    [
        {"Action": "GetCallerIdentity"},
        {"Action": "AssumeRole"},
        {"Action": "AssumeRole", "RoleArn": "arn:aws:iam::21098765432:role/models"},
        {"Action": "AssumeRole", "RoleArn": "arn:aws:iam::210987654321:user/ann"},
    ],
)
def test_nothing_else_is_assumed(fields: dict):
    assert assume(urlencode(fields).encode()) is None
