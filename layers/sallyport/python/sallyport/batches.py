"""Batches of `completed` events from SQS, with partial batch responses."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from sallyport.attempts import Attempt
from sallyport.contracts import Completed
from sallyport.errors import SallyportError, from_failure
from sallyport.observability import log_refusal, logger, place_of


def each_message(event: dict[str, Any], handle: Callable[[Completed], None]) -> dict[str, Any]:
    """Handle messages one by one; what fails comes again, and ends in the dead-letter queue if it keeps failing."""
    failed = []
    for record in event["Records"]:
        completed = _read(record)
        if completed is None or not _succeeds(handle, completed):
            failed.append(record["messageId"])
    return _response(failed)


def all_messages(event: dict[str, Any], handle: Callable[[list[Completed]], None]) -> dict[str, Any]:
    """Handle all readable messages at once. If that fails, all of them come again; but a bug that one of them brings
    out costs the others nothing: each is then handled alone.
    """
    read = [(record["messageId"], _read(record)) for record in event["Records"]]
    readable = [(name, completed) for name, completed in read if completed is not None]
    failed = [name for name, completed in read if completed is None]
    try:
        if readable:
            handle([completed for _, completed in readable])
    except SallyportError as error:
        log_refusal(error)
        failed += [name for name, _ in readable]
    except Exception as error:
        logger.error("bug", error=type(error).__name__, place=place_of(error))
        failed += [name for name, completed in readable if not _succeeds(lambda one: handle([one]), completed)]
    return _response(failed)


def _read(record: dict[str, Any]) -> Completed | None:
    try:
        return _with_last_attempts(Completed.model_validate_json(record["body"]))
    except ValidationError:
        logger.error("a message is no completed event", message_id=record["messageId"])
        return None


def _with_last_attempts(completed: Completed) -> Completed:
    """When Fallback gives up, the attempts lie in its error: the ticket in the books has them in their place."""
    failure = completed.ticket.failure
    attempts = from_failure(failure.error, failure.cause).details.get("attempts") if failure else None
    if not attempts:
        return completed
    tried = tuple(Attempt.model_validate(attempt) for attempt in attempts)
    return completed.model_copy(update={"ticket": completed.ticket.model_copy(update={"attempts": tried})})


def _succeeds[Value](handle: Callable[[Value], None], value: Value) -> bool:
    try:
        handle(value)
    except SallyportError as error:
        log_refusal(error)
        return False
    except Exception as error:
        # A bug that one message brings out must not take the others to the dead-letter queue with it.
        logger.error("bug", error=type(error).__name__, place=place_of(error))
        return False
    return True


def _response(failed: list[str]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
