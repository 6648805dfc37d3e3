"""Authorize: may this caller use this model now? Its limits are reserved if so."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.authorization import authorize
from sallyport.composition import services
from sallyport.contracts import Ticket
from sallyport.observability import guarded, logger, metrics, tracer


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context(correlation_id_path="request_id")
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Raise the errors of `authorize`; the workflow records them and edge renders them."""
    ticket = Ticket.model_validate(event)
    here = services()
    authorization = authorize(
        ticket,
        here.configuration,
        here.backend.ledger,
        here.now(),
        lambda: here.watch.latencies(),
        lambda names: here.watch.avoid(names),
    )
    logger.info("authorized", tenant=ticket.caller.tenant, model=ticket.model, reason=authorization.reason)
    metrics.add_metric(name="Authorized", unit=MetricUnit.Count, value=1)
    return authorization.to_json()
