"""Both advisers through botocore's own client, before a server that says what a test tells it to."""

import json
from collections.abc import Callable

import boto3
import pytest

from sallyport.aws.advisers import adviser_of
from sallyport.aws.clients import Clients
from sallyport.ports import Adviser
from sallyport.settings import Settings
from tests.integration.providers.conftest import Act, Upstream, hangs, resets, says, upstream

__all__ = ["hangs", "resets", "says", "upstream"]

SETTINGS = {
    "comprehend": {"SECOND_OPINION": "comprehend"},
    "guardrail": {
        "SECOND_OPINION": "guardrail",
        "GUARDRAIL_ID": "abc123",
        "GUARDRAIL_VERSION": "7",
        "GUARDRAIL_REGIONS": "eu-west-1, eu-central-1",
    },
}
TYPES = {"comprehend": "application/x-amz-json-1.1", "guardrail": "application/json"}
UNITS = ("topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits",
         "sensitiveInformationPolicyFreeUnits", "contextualGroundingPolicyUnits")  # fmt: skip


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests, because it keeps the service models that take a client 0.3 s to read."""
    return boto3.Session("testing", "testing", region_name="eu-west-1")


@pytest.fixture
def adviser(session, upstream: Upstream, monkeypatch) -> Callable[[str], Adviser]:
    """The one of this name, whose service is the server here."""
    address = upstream.url.removesuffix("/v1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_COMPREHEND", address)
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", address)

    def make(name: str) -> Adviser:
        made = adviser_of(Settings(SETTINGS[name]), Clients(session))
        assert made is not None
        return made

    return make


@pytest.fixture
def replies(says) -> Callable[..., Act]:
    """A complete reply of either service: `entities` as (type, match, text), of Comprehend with its offsets."""

    def make(name: str, text: str, *entities: tuple[str, str], units: int = 1) -> Act:
        if name == "comprehend":
            body = {
                "Entities": [
                    {"Type": type_, "Score": 0.75, "BeginOffset": text.index(match),
                     "EndOffset": text.index(match) + len(match)}
                    for type_, match in entities
                ]
            }  # fmt: skip
        else:
            found = [{"type": type_, "match": match, "action": "ANONYMIZED"} for type_, match in entities]
            body = a_verdict(piiEntities=found, units=units)
        return says(200, json.dumps(body).encode(), f"content-type: {TYPES[name]}")

    return make


def a_verdict(*, piiEntities=(), regexes=(), units=1, **more):
    usage = dict.fromkeys(UNITS, 0) | {"sensitiveInformationPolicyUnits": units} | more
    assessed = {"sensitiveInformationPolicy": {"piiEntities": list(piiEntities), "regexes": list(regexes)}}
    return {
        "action": "GUARDRAIL_INTERVENED" if piiEntities or regexes else "NONE",
        "usage": usage,
        "outputs": [{"text": "not looked at"}],
        "assessments": [assessed],
    }
