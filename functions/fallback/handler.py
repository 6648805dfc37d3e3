"""Fallback: after a failed attempt, the next target or the end."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.composition import services
from sallyport.contracts import FallbackRequest
from sallyport.errors import SallyportError
from sallyport.fallback import decide
from sallyport.observability import count_exhausted, guarded, logger, metrics, tracer
from sallyport.quotas import take_instead


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context(correlation_id_path="request_id")
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Raise the last error when every target was tried, or the verdict that another target cannot help."""
    request = FallbackRequest.model_validate(event)
    try:
        here = services()
        now = here.now()
        fallback = decide(request, now, lambda target: take_instead(request, target, here.backend.ledger, now))
    except SallyportError as error:
        count_exhausted(error)
        raise
    logger.warning("falling back", target=fallback.target, attempts=len(fallback.attempts), reason=fallback.reason)
    metrics.add_metric(name="FellBack", unit=MetricUnit.Count, value=1)
    return fallback.to_json()
