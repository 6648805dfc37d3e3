"""What Lambda does between a queue and its function: receive, hand over as a batch, delete what was dealt with."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.stack import EventSource

type Invoke = Callable[[dict[str, Any]], Any]

_MOST_AT_ONCE = 10
"""Messages that SQS takes or gives in one call."""

_IDLE_SECONDS = 0.5
_LOOK_AGAIN_SECONDS = 0.02
_DEPTHS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")

_log = logging.getLogger(__name__)


class Poller:
    """One event source, served by one thread between `start` and `stop`."""

    def __init__(self, source: EventSource, sqs: Any, operator: Any, invoke: Invoke, *, function_timeout: int) -> None:
        """`sqs` is a client of the function's role, which receives and deletes; `operator` looks at what is left.

        Raise TemplateError when Lambda would not take the queue: a message must stay hidden for as long as the
        function may run (`function_timeout`, seconds).
        """
        self._source = source
        self._sqs = sqs
        self._operator = operator
        self._invoke = invoke
        self._url = _url(sqs, source.queue_arn)
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"poller-{source.function}", daemon=True)
        hidden = int(_attributes(sqs, self._url, "VisibilityTimeout")["VisibilityTimeout"])
        if hidden < function_timeout:
            raise TemplateError(
                f"The queue of {source.function} hides a message for {hidden} s, its function may run for "
                f"{function_timeout} s. Lambda refuses that: raise VisibilityTimeout."
            )

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something was published: look now."""
        self._wake.set()

    def hurry(self, on: bool) -> None:
        """Wait for no batch to fill."""
        if on:
            self._hurry.set()
            self._wake.set()
        else:
            self._hurry.clear()

    def is_empty(self) -> bool:
        """Nothing waits, and nothing is hidden because it is being dealt with or has failed."""
        return not any(int(depth) for depth in _attributes(self._operator, self._url, *_DEPTHS).values())

    def stop(self) -> None:
        """Finish the batch in hand."""
        self._stopping.set()
        self.hurry(True)
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def poll(self) -> int:
        """Receive one batch and hand it over, in this thread; tell how many messages that were."""
        messages = self._receive()
        deadline = time.monotonic() + self._source.window_seconds
        while messages and len(messages) < self._source.batch_size and time.monotonic() < deadline:
            if self._hurry.wait(_LOOK_AGAIN_SECONDS):
                break
            messages += self._receive(self._source.batch_size - len(messages))
        if messages:
            self._hand_over(messages)
        return len(messages)

    def _receive(self, at_most: int = _MOST_AT_ONCE) -> list[dict[str, Any]]:
        received = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(at_most, self._source.batch_size, _MOST_AT_ONCE),
            MessageSystemAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = received.get("Messages", [])
        return messages

    def _hand_over(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """What failed stays in the queue, hidden, until it is shown again or becomes a dead letter."""
        try:
            response = self._invoke({"Records": [_record(self._source.queue_arn, each) for each in messages]})
            failed = self._failed(response, {each["MessageId"] for each in messages})
        except Exception as error:  # whatever it was, these messages were not dealt with
            _log.warning("%s failed on a batch of %d: %s", self._source.function, len(messages), type(error).__name__)
            return
        done = [each for each in messages if each["MessageId"] not in failed]
        for start in range(0, len(done), _MOST_AT_ONCE):
            entries = [
                {"Id": str(index), "ReceiptHandle": each["ReceiptHandle"]}
                for index, each in enumerate(done[start : start + _MOST_AT_ONCE])
            ]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def _failed(self, response: Any, known: set[str]) -> set[str]:
        """As Lambda reads a response: an identifier that is missing or unknown fails the whole batch."""
        if not self._source.reports_item_failures:
            return set()
        named = {each.get("itemIdentifier") for each in (response or {}).get("batchItemFailures") or ()}
        return named if named <= known else known

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if self.poll():
                    continue
            except Exception as error:  # the next look may succeed, and then this thread must still be there
                _log.error("the queue of %s cannot be read: %s", self._source.function, type(error).__name__)
            self._wake.wait(_LOOK_AGAIN_SECONDS if self._hurry.is_set() else _IDLE_SECONDS)


def _attributes(sqs: Any, url: str, *names: str) -> dict[str, str]:
    attributes: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]
    return attributes


def _url(sqs: Any, queue_arn: str) -> str:
    """As SQS forms it from account and name: asking for it would need a permission that Lambda does not need."""
    account, name = queue_arn.rsplit(":", 2)[1:]
    return f"{sqs.meta.endpoint_url}/{account}/{name}"


def _record(queue_arn: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """As Lambda's event has it, with SNS's raw message delivery."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
