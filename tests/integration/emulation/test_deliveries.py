import pytest

from sallyport_local.emulation.deliveries import check_deliveries
from sallyport_local.emulation.errors import TemplateError

SUBSCRIPTION = {"TopicArn": "topic", "Endpoint": "queue", "RedrivePolicy": {"deadLetterTargetArn": "dead"}}
ARNS = {"url of queue": "queue", "url of dead": "dead"}


def policy(*urls, **different):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": "topic"}},
    }
    return {"Queues": list(urls), "PolicyDocument": {"Statement": [statement | different]}}


def test_a_topic_may_send_where_the_queues_policies_say_so():
    check_deliveries({"S": SUBSCRIPTION}, [policy("url of queue"), policy("url of dead")], ARNS)


@pytest.mark.parametrize(
    ("policies", "queue"),
    [
        ([], "queue"),
        ([policy("url of queue")], "dead"),
        ([policy("url of dead")], "queue"),
        ([policy("url of queue", "url of dead", Effect="Deny")], "queue"),
        ([policy("url of queue", "url of dead", Action="sqs:ReceiveMessage")], "queue"),
        ([policy("url of queue", "url of dead", Principal={"Service": "s3.amazonaws.com"})], "queue"),
        ([policy("url of queue", "url of dead", Condition={"ArnEquals": {"aws:SourceArn": "other"}})], "queue"),
        ([policy("url of queue", "url of dead", Condition={"StringEquals": {"aws:SourceAccount": "1"}})], "queue"),
    ],
)
def test_names_the_queue_that_would_take_nothing(policies, queue):
    with pytest.raises(TemplateError, match=f"S: {queue} takes no message from topic"):
        check_deliveries({"S": SUBSCRIPTION}, policies, ARNS)
