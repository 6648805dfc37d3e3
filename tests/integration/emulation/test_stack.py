import pytest

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.stack import Stack
from sallyport_local.template import read_template

ROLE = {"Type": "AWS::IAM::Role", "Properties": {}}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}


def stack(operator, resources, parameters=None, **rest):
    return Stack({"Resources": resources} | rest, parameters or {}, operator)


def function(**properties):
    plain = {
        "Handler": "handler.lambda_handler",
        "Runtime": "python3.13",
        "CodeUri": "functions/settle",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Timeout": 30,
    }
    return {"Type": "AWS::Serverless::Function", "Properties": plain | properties}


def test_deploys_the_template_of_this_project(operator):
    deployed = Stack(read_template(), {}, operator)
    functions = deployed.functions
    assert functions.keys() >= {"authenticate", "edge", "authorize", "redact", "infer", "settle", "audit"}
    assert all(deployed.permissions[function.role_arn] for function in functions.values())
    (machine,) = deployed.machines
    assert machine.substitutions["InferFunctionArn"] == functions["infer"].arn
    assert {source.function for source in deployed.event_sources} == {"audit", "overdue", "settle"}


def test_makes_each_resource_after_those_that_it_names(operator):
    variables = {"Variables": {"QUEUE": {"Ref": "Queue"}}}
    deployed = stack(operator, {"Settle": function(Environment=variables), "Role": ROLE, "Queue": QUEUE})
    url = deployed.functions["settle"].environment["QUEUE"]
    assert url in operator.client("sqs").list_queues()["QueueUrls"]


def test_makes_nothing_whose_condition_does_not_hold(operator):
    conditions = {"Production": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
    parameters = {"Stage": {"Type": "String", "Default": "dev"}}
    resources = {"Queue": QUEUE | {"Condition": "Production"}}
    stack(operator, resources, Conditions=conditions, Parameters=parameters)
    assert "QueueUrls" not in operator.client("sqs").list_queues()
    # The same resources again, with the parameter that makes the condition hold.
    stack(operator, resources, {"Stage": "prod"}, Conditions=conditions, Parameters=parameters)
    assert len(operator.client("sqs").list_queues()["QueueUrls"]) == 1


@pytest.mark.parametrize(("given", "listed"), [("", [""]), ("a", ["a"]), ("a,b", ["a", "b"])])
def test_a_parameter_that_is_a_list_comes_as_one(operator, given, listed):
    roles = {"Roles": {"Type": "CommaDelimitedList", "Default": ""}}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": {"Ref": "Roles"}}
    own = {"Policies": [{"PolicyName": "own", "PolicyDocument": {"Statement": [statement]}}]}
    resources = {"Role": ROLE | {"Properties": own}}
    deployed = stack(operator, resources, {"Roles": given} if given else None, Parameters=roles)
    (permissions,) = deployed.permissions.values()
    assert [permission.resource for permission in permissions] == listed


def test_a_role_has_its_own_statements_and_those_of_the_stacks_managed_policies(operator):
    def document(action):
        return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}

    managed = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document("xray:PutTraceSegments")}}
    own = [{"PolicyName": "own", "PolicyDocument": document("kms:Sign")}]
    role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [{"Ref": "Tracing"}], "Policies": own}}
    deployed = stack(operator, {"Role": role, "Tracing": managed, "Settle": function()})
    permissions = deployed.permissions[deployed.functions["settle"].role_arn]
    assert [permission.action for permission in permissions] == ["xray:PutTraceSegments", "kms:Sign"]


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {"One": QUEUE | {"DependsOn": "Two"}, "Two": QUEUE | {"DependsOn": ["One"]}},
            "wait for each other: .*One",
        ),
        ({"Settle": function(Role={"Fn::GetAtt": ["Rolle", "Arn"]}), "Role": ROLE}, "Rolle is neither"),
        (
            {"Role": ROLE | {"Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}},
            "AdministratorAccess, whose text is not here",
        ),
        (
            {
                "Role": ROLE,
                "Queue": QUEUE,
                "Settle": function(
                    Events={
                        "Completed": {
                            "Type": "SQS",
                            "Properties": {"Queue": {"Fn::GetAtt": ["Queue", "Arn"]}, "BatchSize": 11},
                        }
                    }
                ),
            },
            "settle: Lambda takes more than 10 messages only with a batching window",
        ),
    ],
)
def test_refuses_what_would_fail_at_deployment(operator, resources, message):
    with pytest.raises(TemplateError, match=message):
        stack(operator, resources)


def test_refuses_a_parameter_that_the_template_does_not_have(operator):
    with pytest.raises(TemplateError, match="no parameter Stge"):
        stack(operator, {"Queue": QUEUE}, {"Stge": "prod"}, Parameters={"Stage": {"Type": "String", "Default": "dev"}})


def test_asks_for_a_parameter_without_a_default(operator):
    with pytest.raises(TemplateError, match="Stage has no default"):
        stack(operator, {"Queue": QUEUE}, Parameters={"Stage": {"Type": "String"}})
