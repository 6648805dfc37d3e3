"""Authenticate: who is calling? A REQUEST authorizer for API Gateway."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.authentication import policy_for
from sallyport.composition import services
from sallyport.errors import InvalidKeyError
from sallyport.observability import guarded, logger, metrics, tracer


class Unauthorized(Exception):
    """API Gateway answers 401 to an authorizer that fails with exactly this text, and 500 to any other failure."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context(correlation_id_path="requestContext.requestId")
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Raise Unauthorized for a key that is not good, StoreUnavailableError when nobody can tell."""
    try:
        return _authenticate(event, context)
    except InvalidKeyError:
        raise Unauthorized from None


@guarded()
def _authenticate(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    caller = services().authenticator.caller_of(event.get("headers") or {})
    logger.info("authenticated", tenant=caller.tenant, project=caller.project, key_id=caller.key_id)
    metrics.add_metric(name="Authenticated", unit=MetricUnit.Count, value=1)
    return policy_for(caller, event["methodArn"])
