"""Overdue: a stream that should have ended by now and was never recorded is lost, and is recorded as that."""

import json
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.batches import each_message
from sallyport.composition import services
from sallyport.contracts import Completed
from sallyport.observability import guarded, logger, metrics, tracer
from sallyport.overdue import is_recorded, lost


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Report the messages that failed, and only those, for another delivery."""
    here = services()
    usage, audit_index = here.backend.records("usage"), here.backend.records("audit_index")

    def look_after(left: Completed) -> None:
        if is_recorded(left.ticket, usage, audit_index):
            logger.info("recorded", request_id=left.ticket.request_id)
            return
        authorization = left.ticket.authorization
        version = authorization.route.table_version if authorization else ""
        event = lost(left, here.configuration.table_named(version))
        here.backend.events.publish(json.dumps(event.to_json(), separators=(",", ":")))
        logger.warning("lost", request_id=event.ticket.request_id, tenant=event.ticket.caller.tenant)
        metrics.add_metric(name="StreamLost", unit=MetricUnit.Count, value=1)

    return each_message(event, look_after)
