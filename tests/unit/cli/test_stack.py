"""The same commands on a stack, on moto. moto is not the truth: it knows neither IAM here nor real credentials."""

import json
import re
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from sallyport_cli.stack import VARIABLE_OF, StackError, open_stack

TEMPLATE = Path(__file__).parents[3] / "template.yaml"
CHAT_ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:prod-chat"
TABLES = (
    "KeysTableName",
    "ConfigurationTableName",
    "UsageTableName",
    "AuditIndexTableName",
    "LedgerTableName",
    "HealthTableName",
)
KEYS = {
    "ContentKeyArn": ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
    "ApiKeyMacKeyArn": ("HMAC_256", "GENERATE_VERIFY_MAC"),
    "CacheMacKeyArn": ("HMAC_256", "GENERATE_VERIFY_MAC"),
    "AuditSigningKeyArn": ("ECC_NIST_P256", "SIGN_VERIFY"),
}


@pytest.fixture
def credentials(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.fixture
def described(monkeypatch):
    """CloudFormation as the command sees it: what describe_stacks answers, by the stack's name."""
    stacks = {}

    def describe(client, operation, arguments):
        if operation != "DescribeStacks":
            return call(client, operation, arguments)
        if arguments["StackName"] not in stacks:
            message = f"Stack with id {arguments['StackName']} does not exist"
            raise client.exceptions.ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)
        answer = stacks[arguments["StackName"]]
        if isinstance(answer, str):
            raise client.exceptions.ClientError({"Error": {"Code": answer, "Message": "secret words"}}, operation)
        return {"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in answer.items()]}]}

    from botocore.client import BaseClient

    call = BaseClient._make_api_call
    monkeypatch.setattr(BaseClient, "_make_api_call", describe)
    return stacks


@pytest.fixture
def stack(credentials, described):
    """The resources that the commands use of a deployed gateway."""
    outputs = dict.fromkeys(VARIABLE_OF, "unused") | {"ChatWorkflowArn": CHAT_ARN, "ApiUrl": "https://unused"}
    with mock_aws():
        dynamodb, kms = boto3.client("dynamodb"), boto3.client("kms")
        for name in TABLES:
            outputs[name] = f"prod-{name}"
            dynamodb.create_table(
                TableName=outputs[name],
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("partition", "sort")],
                KeySchema=[
                    {"AttributeName": "partition", "KeyType": "HASH"},
                    {"AttributeName": "sort", "KeyType": "RANGE"},
                ],
            )
        outputs["AuditBucketName"] = "prod-audit"
        boto3.client("s3").create_bucket(
            Bucket="prod-audit", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        for name, (spec, usage) in KEYS.items():
            outputs[name] = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
        described["prod"] = outputs
        yield outputs


@pytest.fixture
def run(invoke):
    def on_the_stack(*arguments, text=None):
        return invoke(*arguments, "--stack", "prod", text=text)

    return on_the_stack


def test_an_operator_manages_keys_and_policies(run, stack):
    made = run("keys", "create", "--tenant", "acme", "--project", "fraud", "--json")
    assert made.exit_code == 0, made.stderr
    assert "policies set --tenant acme --stack prod" in made.stderr
    key_id = json.loads(made.stdout)["key_id"]
    assert run("policies", "set", "--tenant", "acme", "-", text='models = ["demo"]').exit_code == 0
    assert 'models = ["demo"]' in run("policies", "show", "--tenant", "acme").stdout
    assert run("keys", "revoke", key_id).exit_code == 0
    [listed] = json.loads(run("keys", "list", "--json").stdout)
    assert (listed["key_id"], listed["status"]) == (key_id, "revoked")


def test_reads_usage_and_audit(run, stack, ticket, monkeypatch):
    from sallyport.composition import Services
    from sallyport.settlement import usage_of

    backend, _ = open_stack("prod", None, None)
    Services(backend).audit_log.append([ticket(1)], 0.0)
    bill = usage_of(ticket(1))
    backend.records("usage").put("acme|2026-11-20", bill.request_id, bill.to_json())

    november = ("--from", "2026-11-01", "--to", "2026-11-30")
    told = json.loads(run("usage", *november, "--json").stdout)
    assert told["total"]["cost_dollars"] == 0.0015
    [listed] = json.loads(run("audit", "list", "--tenant", "acme", "--day", "2026-11-20", "--json").stdout)
    assert listed["request_id"] == "request-1"
    assert "1 EMAIL masked" in run("audit", "show", "request-1").stdout
    verified = json.loads(run("audit", "verify", "--json").stdout)
    # moto signs the hash of the digest, KMS the digest: no signature of moto's is one of KMS's.
    assert verified["records"] == 1
    assert [each for each in verified["problems"] if "not signed" not in each] == []


def test_a_trace_is_in_the_console(run, stack):
    shown = run("trace", "request-1")
    assert shown.exit_code == 0
    assert "\n  request-1\n" in shown.stdout
    told = json.loads(run("trace", "request-1", "--json").stdout)
    assert told["execution_name"] == "request-1"
    assert told["console"].startswith("https://eu-west-1.console.aws.amazon.com/states/")
    assert told["console"].endswith(CHAT_ARN)


def test_dead_letters_are_in_the_queues(run, stack):
    result = run("dead-letters", "list")
    assert result.exit_code == 1
    assert "start-message-move-task" in result.stderr


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "There is no stack prod"),
        ({"ApiUrl": "https://unused"}, "no gateway of this version"),
        ({name: "x" for name in VARIABLE_OF if name != "UsageTableName"}, "UsageTableName"),
        ("AccessDenied", "cloudformation:DescribeStacks"),
        ("ExpiredToken", "aws sso login"),
        ("InvalidClientTokenId", "aws sso login"),
        ("Throttling", "Throttling"),
    ],
    ids=["no such stack", "another stack", "an older one", "forbidden", "expired", "unknown credentials", "throttled"],
)
def test_a_stack_that_cannot_be_used_says_why(answer, said, run, credentials, described):
    if answer is not None:
        described["prod"] = answer
    result = run("keys", "list")
    assert result.exit_code == 1
    assert said in result.stderr
    assert "secret words" not in result.stderr
    assert result.stdout == ""


def test_asks_for_the_region(run):
    assert "--region" in run("keys", "list").stderr


def test_asks_for_credentials(run):
    result = run("keys", "list", "--region", "eu-west-1")
    assert result.exit_code == 1
    assert "no AWS credentials" in result.stderr


def test_a_profile_that_does_not_exist_is_named():
    with pytest.raises(StackError, match="no AWS profile ops"):
        open_stack("prod", None, "ops")


def test_what_the_credentials_may_not_do_is_said(run, stack, monkeypatch):
    from botocore.client import BaseClient

    call = BaseClient._make_api_call

    def forbid(client, operation, arguments):
        if operation == "Scan":
            error = {"Error": {"Code": "AccessDeniedException", "Message": "secret words"}}
            raise client.exceptions.ClientError(error, operation)
        return call(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", forbid)
    result = run("keys", "list")
    assert result.exit_code == 1
    assert "may not do that (AccessDeniedException)" in result.stderr
    assert "secret words" not in result.stderr


def test_the_template_has_every_output_under_that_name():
    outputs = TEMPLATE.read_text().split("\nOutputs:\n")[1]
    assert set(VARIABLE_OF) <= set(re.findall(r"^  (\w+):", outputs, re.MULTILINE))


def test_the_backend_gets_every_variable_that_it_reads():
    source = Path(__import__("sallyport.aws.backend", fromlist=["_"]).__file__).read_text()
    assert set(re.findall(r'"([A-Z_]+_(?:ARN|TABLE|BUCKET))"', source)) == set(VARIABLE_OF.values())
