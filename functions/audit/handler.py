"""Audit: seal a batch of records and append it to the log."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.batches import all_messages
from sallyport.composition import services
from sallyport.contracts import Completed
from sallyport.observability import guarded, logger, metrics, tracer


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write what can be read as one batch; a message that cannot be is reported alone, for the dead-letter queue."""
    here = services()

    def append(batch: list[Completed]) -> None:
        written = here.audit_log.append([completed.ticket for completed in batch], here.now())
        logger.info("audited", messages=len(batch), written=written)
        metrics.add_metric(name="Audited", unit=MetricUnit.Count, value=written)

    return all_messages(event, append)
