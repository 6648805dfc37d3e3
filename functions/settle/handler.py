"""Settle: the real cost replaces the reservation, usage is written, the answer is kept."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.batches import each_message
from sallyport.composition import services
from sallyport.contracts import Completed
from sallyport.observability import guarded, logger, metrics, tracer
from sallyport.settlement import settle


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Report the messages that failed, and only those, for another delivery."""
    here = services()
    usage = here.backend.records("usage")

    def settle_one(completed: Completed) -> None:
        bill = settle(completed, here.backend.ledger, usage, here.backend.cache, here.now())
        logger.info("settled", request_id=bill.request_id, outcome=bill.outcome, cost=bill.cost)
        metrics.add_metric(name="Cost", unit=MetricUnit.Count, value=bill.cost)

    return each_message(event, settle_one)
