import json
from pathlib import Path

import pytest

from sallyport_local.emulation.iam import permissions_of
from sallyport_local.emulation.recorder import Principal
from sallyport_local.emulation.resources import Maker
from sallyport_local.emulation.sessions import RefusedError
from sallyport_local.emulation.stack import Machine
from sallyport_local.emulation.workflows import Workflow

DEFINITION = """
QueryLanguage: JSONata
TimeoutSeconds: 10
StartAt: Work
States:
  Work:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Arguments: {FunctionName: "${WorkArn}", Payload: "{% $states.input.ticket %}"}
    Assign: {ticket: "{% $states.result.Payload %}"}
    Next: Send
  Send:
    Type: Task
    Resource: arn:aws:states:::sqs:sendMessage
    Arguments: {QueueUrl: "${QueueUrl}", DelaySeconds: "{% 10 + 5 %}", MessageBody: {later: "{% $ticket %}"}}
    Next: Publish
  Publish:
    Type: Task
    Resource: arn:aws:states:::sns:publish
    Arguments: {TopicArn: "${TopicArn}", Message: {ticket: "{% $ticket %}"}}
    Next: Done
  Done: {Type: Succeed, Output: "{% $ticket %}"}
"""
KEY = "arn:aws:kms:eu-west-1:123456789012:key/workflows"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:stack-chat"
WORK = "arn:aws:lambda:eu-west-1:123456789012:function:stack-work"
IN_CONTEXT = {"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": MACHINE}}

OF_WORKFLOW = {
    "lambda": {"Action": "lambda:InvokeFunction", "Resource": WORK},
    "sns": {"Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:123456789012:completed"},
    "sqs": {"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:overdue"},
    "generate": {"Action": "kms:GenerateDataKey", "Resource": KEY, "Condition": IN_CONTEXT},
    "decrypt": {"Action": "kms:Decrypt", "Resource": KEY, "Condition": IN_CONTEXT},
}


class Stage:
    """One workflow whose function adds `worked` to its ticket, and what was observed of it."""

    def __init__(self, sessions, recorder, root: Path) -> None:
        maker = Maker("stack", sessions.operator())
        topic = maker.made_of("Topic", "AWS::SNS::Topic", {"TopicName": "completed"}).ref
        self._queue = maker.made_of("Queue", "AWS::SQS::Queue", {"QueueName": "overdue"}).ref
        self._operator = sessions.operator().client("sqs")
        (root / "chat.asl.yaml").write_text(DEFINITION)
        self._machine = Machine(
            MACHINE,
            "chat.asl.yaml",
            {"WorkArn": WORK, "TopicArn": topic, "QueueUrl": self._queue},
            "arn:aws:iam::1:role/ChatRole",
            KEY,
        )
        self._sessions, self._recorder, self._root = sessions, recorder, root
        self.observed: list[tuple[str, dict]] = []

    def principal(self, name: str, *statements: dict) -> Principal:
        allowed = [{"Effect": "Allow", **statement} for statement in statements]
        return Principal(name, f"{name}-role", tuple(permissions_of(name, {"Statement": allowed})), self._recorder)

    def run(self, *missing: str, caller: Principal | None = None) -> dict:
        workflow = self.principal("chat", *(each for name, each in OF_WORKFLOW.items() if name not in missing))

        def invoke(function, payload):
            assert function == WORK
            return payload | {"worked": True}

        def observe(execution, ticket):
            self.observed.append((execution.status, ticket))

        started = {"name": "one", "input": json.dumps({"ticket": {"id": 1}}), "stateMachineArn": MACHINE}
        running = Workflow(self._machine, self._root, workflow, self._sessions.of(workflow), invoke, observe)
        return running.start_sync(caller or self.principal("edge", OF_WORKFLOW["decrypt"]), started)

    def delayed(self) -> int:
        name = "ApproximateNumberOfMessagesDelayed"
        attributes = self._operator.get_queue_attributes(QueueUrl=self._queue, AttributeNames=[name])["Attributes"]
        return int(attributes[name])


@pytest.fixture
def stage(sessions, recorder, tmp_path) -> Stage:
    return Stage(sessions, recorder, tmp_path)


def test_answers_as_start_sync_execution_does(stage):
    answer = stage.run()
    assert (answer["status"], json.loads(answer["output"])) == ("SUCCEEDED", {"id": 1, "worked": True})
    assert answer["executionArn"] == "arn:aws:states:eu-west-1:123456789012:express:stack-chat:one:emulated"


def test_the_console_is_told_the_ticket_as_it_was_published(stage):
    stage.run()
    assert stage.observed == [("SUCCEEDED", {"id": 1, "worked": True})]


def test_what_is_sent_for_later_waits_in_its_queue(stage):
    stage.run()
    assert stage.delayed() == 1


@pytest.mark.parametrize(
    ("missing", "error"),
    [
        ("lambda", "Lambda.AccessDeniedException"),
        ("sns", "SNS.AuthorizationErrorException"),
        ("sqs", "SQS.AmazonSQSException"),
    ],
)
def test_a_task_that_its_role_does_not_allow_fails_the_execution(stage, missing, error):
    answer = stage.run(missing)
    assert (answer["status"], answer["error"]) == ("FAILED", error)
    assert "output" not in answer
    assert [status for status, _ in stage.observed] == ["FAILED"]


@pytest.mark.parametrize("missing", ["generate", "decrypt"])
def test_nothing_runs_without_the_key_that_encrypts_it(stage, missing):
    with pytest.raises(RefusedError, match="chat may not kms:"):
        stage.run(missing)
    assert stage.observed == []


def test_the_caller_must_be_able_to_decrypt_what_it_gets(stage):
    with pytest.raises(RefusedError, match="edge may not kms:Decrypt"):
        stage.run(caller=stage.principal("edge"))
