from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from sallyport_local.emulation import EmulatedGateway, TemplateError
from sallyport_local.seed import DEMO, read_seed, sow
from sallyport_local.template import read_template

BEDROCK = """
[tenants.demo]

[[keys]]
name = "demo"
tenant = "demo"
project = "playground"

[routing]
version = "1"
targets = { nova = { provider = "bedrock", model = "amazon.nova-lite-v1:0", region = "us-east-1", privacy = "cloud" } }
routes = { demo = { targets = ["nova"] } }
"""


class Opened:
    """A gateway and a client that has a key."""

    def __init__(self, gateway: EmulatedGateway, seed: str) -> None:
        self.gateway = gateway
        key = sow(read_seed(seed, "the test"), gateway.backend)["demo"]
        self._client = TestClient(gateway.app, headers={"Authorization": f"Bearer {key}"})

    def ask(self):
        body = {"model": "demo", "messages": [{"role": "user", "content": "Write to ann@example.com"}]}
        return self._client.post("/v1/chat/completions", json=body)


@pytest.fixture
def opened() -> Iterator[Callable[..., Opened]]:
    gateways = []

    def open_one(template=None, seed=DEMO, **options):
        gateway = EmulatedGateway.open(template=template, **options)
        gateways.append(gateway)
        return Opened(gateway, seed)

    yield open_one
    for gateway in gateways:
        gateway.stop()


def without(role: str, action: str, resource: str):
    """The project's template, but for a role's statements on this action and on what this word names."""
    template = read_template()
    document = template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]
    before = document["Statement"]
    document["Statement"] = [
        each for each in before if each["Action"] != action or resource not in str(each["Resource"])
    ]
    assert len(document["Statement"]) < len(before)
    return template


def test_answers_as_the_deployment_would_and_shows_how(opened):
    here = opened()
    response = here.ask()
    assert response.status_code == 200
    assert "ann@example.com" in response.json()["choices"][0]["message"]["content"]
    assert list(here.gateway.recorder.denied) == []
    assert here.gateway.recorder.calls("edge", "states:StartSyncExecution") == 1


def test_settles_behind_the_answer(opened):
    here = opened()
    here.gateway.start()
    request_id = here.ask().headers["x-request-id"]
    here.gateway.drain(20)
    assert [record.sort for record in here.gateway.backend.records("usage").scan()] == [request_id]


def test_says_when_not_everything_could_be_delivered(opened):
    here = opened()
    here.ask()  # nobody polls: the gateway was not started
    assert here.gateway.drain(0.1) is False


@pytest.mark.parametrize(
    ("role", "action", "resource", "status", "code"),
    [
        ("AuthenticateRole", "dynamodb:GetItem", "KeysTable", 503, "store_unavailable"),
        ("EdgeRole", "kms:Decrypt", "ContentKey", 503, "vault_unavailable"),
        ("EdgeRole", "states:StartSyncExecution", "ChatWorkflow", 503, "store_unavailable"),
        ("AuthorizeRole", "dynamodb:UpdateItem", "LedgerTable", 503, "store_unavailable"),
        ("RedactRole", "kms:GenerateDataKey", "ContentKey", 503, "vault_unavailable"),
        ("CacheLookupRole", "dynamodb:GetItem", "CacheTable", 200, None),  # open on speed
    ],
)
def test_a_missing_permission_is_the_error_that_is_documented(opened, role, action, resource, status, code):
    here = opened(without(role, action, resource))
    response = here.ask()
    assert (response.status_code, response.json().get("error", {}).get("code")) == (status, code)
    assert [denied.need.action for denied in here.gateway.recorder.denied] == [action]


def test_no_model_of_bedrock_answers_unless_one_stands_in(opened):
    here = opened(seed=BEDROCK)
    assert here.ask().status_code == 429, "as its only target does, without saying for how long"

    def converse(parameters):
        said = parameters["messages"][-1]["content"][0]["text"]
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": f"The model was told: {said}"}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7},
            "metrics": {"latencyMs": 1},
        }

    here.gateway.converse = converse
    response = here.ask()
    assert response.json()["choices"][0]["message"]["content"] == "The model was told: Write to ann@example.com"


def test_a_secret_lies_where_the_function_that_needs_it_may_read(opened):
    here = opened(secrets={"openai/main": "sk-1"})
    prefix = here.gateway.stack.functions["infer"].environment["SECRETS_PREFIX"]
    stored = here.gateway.operator.client("secretsmanager").get_secret_value(SecretId=f"{prefix}openai/main")
    assert stored["SecretString"] == "sk-1"


def test_there_is_one_at_a_time(opened):
    opened()
    with pytest.raises(RuntimeError, match="Stop that one first"):
        EmulatedGateway.open()


def test_a_template_that_cannot_be_deployed_leaves_nothing_open(opened):
    wrong = read_template()
    wrong["Resources"]["KeysTable"]["Type"] = "AWS::DynamoDB::Tabel"
    with pytest.raises(TemplateError, match="KeysTable is a AWS::DynamoDB::Tabel"):
        EmulatedGateway.open(template=wrong)
    assert opened().ask().status_code == 200
