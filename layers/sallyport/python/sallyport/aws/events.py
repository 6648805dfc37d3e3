"""The `completed` topic: SNS copies each message into the queues of audit, settle and deliver."""

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
