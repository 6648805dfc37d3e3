from collections.abc import Callable

import pytest

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.poller import Poller
from sallyport_local.emulation.resources import Maker
from sallyport_local.emulation.stack import EventSource

ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


class Subscriber:
    """A function that fails on the messages it is told to, and keeps what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.answer: Callable[[dict], object] = lambda event: {"batchItemFailures": []}

    def __call__(self, event):
        self.batches.append([record["body"] for record in event["Records"]])
        return self.answer(event)


@pytest.fixture
def subscriber() -> Subscriber:
    return Subscriber()


class Queue:
    """A queue whose messages are visible again at once, with a dead-letter queue after two receives."""

    def __init__(self, operator) -> None:
        maker = Maker("stack", operator)
        self.sqs = operator.client("sqs")
        self.dead = maker.made_of("Dead", "AWS::SQS::Queue", {}).ref
        redrive = {
            "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:stack-Dead-EMULATED",
            "maxReceiveCount": 2,
        }
        made = maker.made_of("Queue", "AWS::SQS::Queue", {"RedrivePolicy": redrive, "VisibilityTimeout": 60})
        self.url, self.arn = made.ref, made.attributes["Arn"]

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def show_again(self) -> None:
        """What failed, now instead of after its minute."""
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": "0"})

    def depth(self, url: str | None = None) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=url or self.url, AttributeNames=names)["Attributes"]
        return sum(map(int, attributes.values()))


@pytest.fixture
def queue(operator) -> Queue:
    return Queue(operator)


@pytest.fixture
def poller(sessions, operator, role, queue, subscriber) -> Callable[..., Poller]:
    def make(*, batch_size=10, window_seconds=0, reports=True, timeout=30, actions=ACTIONS):
        source = EventSource(queue.arn, "infer", batch_size, window_seconds, reports)
        sqs = sessions.of(role(*actions)).client("sqs")
        return Poller(source, sqs, operator.client("sqs"), subscriber, function_timeout=timeout)

    return make


def test_a_batch_that_succeeds_is_gone(poller, queue, subscriber):
    queue.send("one", "two", "three")
    assert poller().poll() == 3
    assert [sorted(batch) for batch in subscriber.batches] == [["one", "three", "two"]]
    assert queue.depth() == 0


def test_only_what_failed_comes_again(poller, queue, subscriber):
    queue.send("good", "bad")

    def fail_bad(event):
        bad = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}

    subscriber.answer = fail_bad
    polled = poller()
    queue.show_again()
    polled.poll()
    assert queue.depth() == 1
    polled.poll()
    assert sorted(map(sorted, subscriber.batches)) == [["bad"], ["bad", "good"]]


def _raise(event):
    raise ValueError("a bug")


@pytest.mark.parametrize(
    "answer",
    [
        _raise,
        lambda event: {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        lambda event: {"batchItemFailures": [{"itemIdentifier": None}]},
        lambda event: {"batchItemFailures": [{}]},
        lambda event: "no response of this form",
    ],
)
def test_nothing_is_lost_when_the_answer_is_no_answer(poller, queue, subscriber, answer):
    queue.send("one", "two")
    subscriber.answer = answer
    poller().poll()
    assert queue.depth() == 2


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}])
def test_an_empty_answer_is_a_success(poller, queue, subscriber, answer):
    queue.send("one")
    subscriber.answer = lambda event: answer
    poller().poll()
    assert queue.depth() == 0


def test_failures_are_not_looked_at_unless_the_template_says_so(poller, queue, subscriber):
    queue.send("one")
    subscriber.answer = lambda event: {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    poller(reports=False).poll()
    assert queue.depth() == 0


def test_what_fails_too_often_becomes_a_dead_letter(poller, queue, subscriber):
    queue.send("poison")
    subscriber.answer = _raise
    polled = poller()
    queue.show_again()
    for _ in range(3):
        polled.poll()
    assert (len(subscriber.batches), queue.depth(), queue.depth(queue.dead)) == (2, 0, 1)


def test_a_batch_may_be_larger_than_one_receive(poller, queue, subscriber):
    queue.send(*map(str, range(25)))
    assert poller(batch_size=25, window_seconds=30).poll() == 25
    assert len(subscriber.batches) == 1
    assert queue.depth() == 0


def test_in_a_hurry_no_batch_waits_to_be_full(poller, queue):
    queue.send("one")
    hurried = poller(batch_size=100, window_seconds=300)
    hurried.hurry(True)
    assert hurried.poll() == 1


def test_delivers_by_itself_between_start_and_stop(poller, queue, subscriber):
    running = poller()
    running.start()
    queue.send("one")
    running.hurry(True)
    while not running.is_empty():
        pass
    running.stop()
    assert subscriber.batches == [["one"]]


def test_receives_under_the_role_of_the_function(poller, queue, recorder, subscriber):
    queue.send("one")
    cannot_delete = poller(actions=("sqs:ReceiveMessage", "sqs:GetQueueAttributes"))
    with pytest.raises(Exception, match="not authorized to perform: sqs:DeleteMessage"):
        cannot_delete.poll()
    assert [denied.need.action for denied in recorder.denied] == ["sqs:DeleteMessage"]


def test_refuses_a_queue_that_shows_a_message_while_the_function_may_still_run(poller):
    poller(timeout=60)
    with pytest.raises(TemplateError, match="hides a message for 60 s, its function may run for 61 s"):
        poller(timeout=61)
