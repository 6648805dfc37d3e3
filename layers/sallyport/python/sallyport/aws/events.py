"""A topic of SNS: `completed`, whose messages come into the queues of audit, settle and deliver, and `alerts`."""

from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError


class SnsEvents:
    """A message has at most 256 KiB."""

    def __init__(self, sns: Any, topic_arn: str) -> None:
        self._sns = sns
        self._topic_arn = topic_arn

    def publish(self, message: str) -> None:
        with translated(StoreUnavailableError, "The event topic"):
            self._sns.publish(TopicArn=self._topic_arn, Message=message)
