"""May the topic send to the queues that subscribe to it? moto would; AWS would drop every message without a word."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sallyport_local.emulation.errors import TemplateError

type Properties = Mapping[str, Any]


def check_deliveries(
    subscriptions: Mapping[str, Properties], policies: Sequence[Properties], queue_arns: Mapping[str, str]
) -> None:
    """Raise TemplateError for a subscription, by logical id, whose queue or dead-letter queue lets nothing in.

    `queue_arns` are by URL, which is how a queue's policy names its queues.
    """
    open_to = set(_open_to(policies, queue_arns))
    for logical_id, subscription in subscriptions.items():
        topic = subscription["TopicArn"]
        dead_letters = subscription.get("RedrivePolicy", {}).get("deadLetterTargetArn")
        for queue in filter(None, (subscription["Endpoint"], dead_letters)):
            if (queue, topic) not in open_to:
                raise TemplateError(
                    f"{logical_id}: {queue} takes no message from {topic}. Give it a QueuePolicy that allows "
                    "sns.amazonaws.com to sqs:SendMessage where aws:SourceArn is the topic."
                )


def _open_to(policies: Sequence[Properties], queue_arns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Queue and topic, for each statement of the one form that is understood here."""
    for policy in policies:
        for statement in policy["PolicyDocument"]["Statement"]:
            topic = statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn")
            expected = {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "*",
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
            if statement == expected:
                yield from ((queue_arns[url], topic) for url in policy["Queues"])
