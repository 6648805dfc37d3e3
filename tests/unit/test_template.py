"""template.yaml: names agree, every role says exactly what, and nothing asynchronous is without a dead-letter queue."""

import json
import re
from pathlib import Path

import pytest
import yaml

from sallyport.authorization import EXPIRY_MARGIN_SECONDS
from sallyport.contracts import Purpose
from sallyport.edge.context import MOST_SECONDS
from sallyport.errors import FACTS
from sallyport.redaction.foreign import GUARDRAIL
from sallyport_local.template import read_template
from sallyport_local.workflows import SUBSTITUTIONS

ROOT = Path(__file__).parents[2]
TEMPLATES = [ROOT / "template.yaml", *sorted(ROOT.glob("ops/*.yaml"))]
TEMPLATE = read_template(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
CONCERNS = sorted(path.name for path in ROOT.glob("functions/*") if (path / "handler.py").exists())
SOURCES = "\n".join(path.read_text() for path in (ROOT / "layers/sallyport/python").rglob("*.py"))

# What Lambda, its layers and extensions read by themselves, and not our code.
NOT_OURS = ("AWS_", "POWERTOOLS_")
SERVICES = {"dynamodb", "kms", "s3", "sqs", "states", "bedrock", "secretsmanager", "logs", "sns", "lambda"}


def of_type(kind):
    return {name: resource for name, resource in RESOURCES.items() if resource["Type"] == kind}


def resource_of(concern):
    return "".join(word.capitalize() for word in concern.split("_"))


def properties(name):
    return RESOURCES[name]["Properties"]


def statements(role):
    return [statement for policy in properties(role)["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def purposes(concern, action):
    """The purposes of data keys for which a function's role may do this."""
    found = set()
    for statement in statements(f"{resource_of(concern)}Role"):
        if statement["Action"] == action and statement["Resource"] == {"Fn::GetAtt": ["ContentKey", "Arn"]}:
            purpose = statement["Condition"]["StringEquals"]["kms:EncryptionContext:purpose"]
            found |= set(purpose) if isinstance(purpose, list) else {purpose}
    return found


def environment(concern):
    return properties(f"{resource_of(concern)}Function").get("Environment", {}).get("Variables", {})


@pytest.mark.parametrize("concern", CONCERNS)
def test_state_folder_resource_role_and_log_group_share_one_name(concern):
    name = resource_of(concern)
    function = properties(f"{name}Function")

    assert function["CodeUri"] == f"functions/{concern}"
    assert function["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{concern}"}
    assert function["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}LogGroup"}}
    assert properties(f"{name}LogGroup")["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{concern}"}
    assert properties(f"{name}LogGroup")["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_there_is_no_function_without_a_folder():
    assert sorted(of_type("AWS::Serverless::Function")) == sorted(f"{resource_of(each)}Function" for each in CONCERNS)


def test_the_workflow_invokes_the_functions_of_its_states():
    chat = yaml.safe_load((ROOT / "workflows/chat.asl.yaml").read_text())
    named = set(re.findall(r"\$\{(\w+)\}", (ROOT / "workflows/chat.asl.yaml").read_text()))
    invoked = {
        state: values["Arguments"]["FunctionName"]
        for state, values in chat["States"].items()
        if values.get("Resource") == "arn:aws:states:::lambda:invoke"
    }
    allowed = {
        statement["Resource"]["Fn::GetAtt"][0]
        for statement in statements("ChatRole")
        if statement["Action"] == "lambda:InvokeFunction"
    }

    assert set(properties("ChatWorkflow")["DefinitionSubstitutions"]) == named
    assert invoked == {state: f"${{{state}FunctionArn}}" for state in invoked}
    assert allowed == {f"{state}Function" for state in invoked}


def test_a_lost_stream_is_recorded_before_its_reservation_ends():
    deployed = int(properties("ChatWorkflow")["DefinitionSubstitutions"]["OverdueMarginSeconds"])

    assert deployed == int(SUBSTITUTIONS["OverdueMarginSeconds"]) < EXPIRY_MARGIN_SECONDS
    assert MOST_SECONDS + deployed <= 900, "SQS delays no message for longer"


def test_executions_show_no_data_and_are_encrypted_with_a_key_of_ours():
    chat = properties("ChatWorkflow")

    assert chat["StateMachineType"] == "EXPRESS"
    assert chat["LoggingConfiguration"]["Level"] == "ERROR"
    assert chat["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert chat["EncryptionConfiguration"]["KmsKeyId"] == {"Fn::GetAtt": ["WorkflowKey", "Arn"]}


@pytest.mark.parametrize(
    ("concern", "opens", "seals"),
    [
        ("authenticate", set(), set()),
        ("edge", {Purpose.PSEUDONYMS, Purpose.ANSWER, Purpose.REDACTED}, {Purpose.CONTENT, Purpose.ANSWER}),
        ("authorize", set(), set()),
        (
            "redact",
            {Purpose.CONTENT, Purpose.CONVERSATION},
            {Purpose.REDACTED, Purpose.PSEUDONYMS, Purpose.CONVERSATION},
        ),
        ("cache_lookup", {Purpose.REDACTED}, set()),
        ("infer", {Purpose.REDACTED}, {Purpose.ANSWER}),
        ("fallback", set(), set()),
        ("overdue", set(), set()),
        ("probe", set(), set()),
        ("settle", set(), set()),
        ("audit", set(), {Purpose.AUDIT}),
    ],
)
def test_a_function_opens_and_seals_only_its_own_purposes(concern, opens, seals):
    assert purposes(concern, "kms:Decrypt") == opens
    assert purposes(concern, "kms:GenerateDataKey") == seals


@pytest.mark.parametrize("concern", CONCERNS)
def test_a_statement_is_one_action_on_one_resource(concern):
    for statement in statements(f"{resource_of(concern)}Role"):
        assert isinstance(statement["Action"], str)
        assert isinstance(statement["Resource"], dict), f"a wildcard or a literal: {statement}"
        assert statement["Action"].split(":")[0] in SERVICES
        assert "*" not in statement["Action"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_wildcard_says_why(path):
    """On the line above its statement, or above its own line."""
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        if not re.search(r'Resource: "\*"', line):
            continue
        start = next(above for above in range(number, 0, -1) if lines[above].lstrip().startswith("- "))
        while not re.match(r" *- (\{?Effect|Sid)", lines[start]):
            start -= 1
        assert lines[start - 1].lstrip().startswith("#"), f"{path.name}:{number + 1}"


@pytest.mark.parametrize("concern", CONCERNS)
def test_a_variable_is_one_that_the_code_reads(concern):
    for name in environment(concern):
        assert name.startswith(NOT_OURS) or f'"{name}"' in SOURCES, f"nothing reads {name}"


def test_roles_write_to_their_own_log_group_only():
    for concern in CONCERNS:
        name = resource_of(concern)
        written = [each["Resource"] for each in statements(f"{name}Role") if each["Action"].startswith("logs:")]
        assert written == [{"Fn::GetAtt": [f"{name}LogGroup", "Arn"]}] * 2


def test_nobody_is_asked_for_a_second_opinion_unless_the_operator_says_whom():
    def of_service(word):
        return {each.get("Condition") for each in RESOURCES.values() if word in json.dumps(each["Properties"])}

    assert TEMPLATE["Parameters"]["SecondOpinion"]["Default"] == "none"
    assert environment("redact")["SECOND_OPINION"] == {"Ref": "SecondOpinion"}
    assert of_service("comprehend:") == {"AsksComprehend"}
    assert of_service("bedrock:ApplyGuardrail") == {"AsksGuardrail"}
    guardrails = {**of_type("AWS::Bedrock::Guardrail"), **of_type("AWS::Bedrock::GuardrailVersion")}
    assert {each["Condition"] for each in guardrails.values()} == {"AsksGuardrail"}


def test_the_guardrail_looks_for_every_type_that_there_is():
    policy = properties("OpinionGuardrail")["SensitiveInformationPolicyConfig"]["PiiEntitiesConfig"]

    assert {each["Type"] for each in policy} == set(GUARDRAIL)


def test_every_queue_waits_six_times_as_long_as_its_function_and_gives_up_into_another():
    sources = {
        event["Properties"]["Queue"]["Fn::GetAtt"][0]: function["Properties"]
        for function in of_type("AWS::Serverless::Function").values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "SQS"
    }
    queues = of_type("AWS::SQS::Queue")
    last = {
        queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in queues.values()
        if "RedrivePolicy" in queue["Properties"]
    }

    assert sources
    assert set(sources) | last == set(queues)
    for name, function in sources.items():
        queue = queues[name]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
        (event,) = function["Events"].values()
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    for queue in queues.values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True


def test_queues_get_the_event_as_it_was_published():
    subscriptions = [
        each for each in of_type("AWS::SNS::Subscription").values() if each["Properties"]["Protocol"] == "sqs"
    ]

    assert subscriptions
    for subscription in subscriptions:
        assert subscription["Properties"]["RawMessageDelivery"] is True
        assert "deadLetterTargetArn" in subscription["Properties"]["RedrivePolicy"]


def test_what_cannot_be_made_again_outlives_the_stack():
    kept = ("AWS::KMS::Key", "AWS::S3::Bucket", "AWS::DynamoDB::Table")
    for name, resource in RESOURCES.items():
        if resource["Type"] in kept and name not in ("CacheTable", "AnswersTable", "ConversationsTable"):
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain", name


def test_tables_can_be_restored_to_any_moment_but_the_cache():
    """A backup of the cache would keep answers beyond their end."""
    restorable = {
        name
        for name, table in of_type("AWS::DynamoDB::Table").items()
        if "PointInTimeRecoverySpecification" in table["Properties"]
    }

    assert restorable == set(of_type("AWS::DynamoDB::Table"))


def test_every_bucket_is_private_encrypted_and_reached_over_tls_only():
    policies = of_type("AWS::S3::BucketPolicy").values()
    over_tls = {
        policy["Properties"]["Bucket"]["Ref"]
        for policy in policies
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }

    assert over_tls == set(of_type("AWS::S3::Bucket"))
    for name in over_tls:
        assert set(properties(name)["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in properties(name)


def test_s3_itself_lets_nobody_write_an_audit_batch_twice():
    written = properties("AuditBucketPolicy")["PolicyDocument"]["Statement"]
    [once] = [statement for statement in written if statement["Action"] == "s3:PutObject"]

    assert (once["Effect"], once["Principal"]) == ("Deny", "*")
    assert once["Condition"]["Null"] == {"s3:if-none-match": "true"}
    assert properties("AuditBucket")["VersioningConfiguration"]["Status"] == "Enabled"
    assert properties("AuditBucket")["ObjectLockEnabled"] is True


def test_api_gateways_own_errors_have_the_shape_of_openais_and_of_anthropics():
    responses = properties("Api")["GatewayResponses"]

    assert {"UNAUTHORIZED", "AUTHORIZER_FAILURE", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(responses)
    for response in responses.values():
        body = json.loads(response["ResponseTemplates"]["application/json"])
        error = body.pop("error")
        assert body == {"type": "error"}
        assert set(error) == {"message", "type", "param", "code"}
        headers = response["ResponseParameters"]["Headers"]
        assert headers["x-request-id"] == headers["request-id"] == "context.requestId"
    assert responses["AUTHORIZER_FAILURE"]["StatusCode"] == 503
    assert "Retry-After" in responses["AUTHORIZER_FAILURE"]["ResponseParameters"]["Headers"]


def test_only_health_is_open_to_everybody():
    events = properties("EdgeFunction")["Events"].values()
    opened = [event["Properties"]["Path"] for event in events if "Auth" in event["Properties"]]

    assert properties("Api")["Auth"]["DefaultAuthorizer"] == "Authenticate"
    assert opened == ["/healthz"]


@pytest.mark.parametrize("name", ["SallyportLayer", "DependenciesLayer"])
def test_layers_are_compiled_by_the_python_that_runs_them(name):
    """Byte code of another one would be left aside in silence."""
    layer = RESOURCES[name]
    makefile = (ROOT / layer["Properties"]["ContentUri"] / "Makefile").read_text()
    runtime = TEMPLATE["Globals"]["Function"]["Runtime"]

    assert layer["Metadata"]["BuildMethod"] == "makefile"
    assert layer["Properties"]["CompatibleRuntimes"] == [runtime]
    assert set(re.findall(r"python(?:-version )?([0-9.]+)", makefile)) == {runtime.removeprefix("python")}
    assert "-m compileall" in makefile


@pytest.mark.parametrize("architecture", TEMPLATE["Parameters"]["Architecture"]["AllowedValues"])
def test_dependencies_are_built_for_every_architecture_in_a_folder_of_its_own(architecture):
    metadata = RESOURCES["DependenciesLayer"]["Metadata"]
    folder = ROOT / metadata["WorkingDirectory"]["Fn::Sub"].replace("${Architecture}", architecture)
    machine = {"arm64": "aarch64"}.get(architecture, architecture)

    assert metadata["BuildArchitecture"] == {"Ref": "Architecture"}  # sam's cache knows one build from another by it
    assert (folder / "wheels.txt").read_text() == f"manylinux2014_{machine}\n"


def test_no_alarm_adds_up_more_metrics_than_cloudwatch_takes():
    """User guide, 'Limits that apply to alarms based on metric math expressions': ten, and no quota to be raised."""
    alarms = read_template(ROOT / "ops/alarms.yaml")["Resources"].values()
    metrics = [each["Properties"]["Metrics"] for each in alarms if "Metrics" in each["Properties"]]

    assert metrics
    assert all(sum("MetricStat" in each for each in summed) <= 10 for summed in metrics)


def test_alarms_watch_metrics_that_the_gateway_writes():
    """A name of an error is one, too: each that is told is counted under its own."""
    alarms = read_template(ROOT / "ops/alarms.yaml")["Resources"].values()
    watched = [each["Properties"] for each in alarms if each["Properties"].get("Namespace") == "Sallyport"]
    sources = [*ROOT.glob("functions/*/handler.py"), ROOT / "layers/sallyport/python/sallyport/observability.py"]
    code = "".join(source.read_text() for source in sources)
    written = {*re.findall(r'"([A-Z][A-Za-z]+)"', code), *(error.__name__ for error in FACTS)}

    assert len(watched) >= 6
    assert {each["MetricName"] for each in watched} <= written
    assert all(each["Dimensions"] == [{"Name": "service", "Value": "sallyport"}] for each in watched)


def test_alarms_watch_every_function_and_every_dead_letter_queue():
    alarms = (ROOT / "ops/alarms.yaml").read_text()

    dimensions = [
        metric["MetricStat"]["Metric"]["Dimensions"]
        for each in read_template(ROOT / "ops/alarms.yaml")["Resources"].values()
        for metric in each["Properties"].get("Metrics", ())
        if metric.get("MetricStat", {}).get("Metric", {}).get("MetricName") == "Throttles"
    ]
    assert sorted(one["Value"]["Fn::Sub"] for [one] in dimensions) == [f"${{System}}-{each}" for each in CONCERNS]
    for queue in of_type("AWS::SQS::Queue").values():
        name = queue["Properties"]["QueueName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        if name.endswith("-dead-letters"):
            assert f"${{System}}-{name}" in alarms
