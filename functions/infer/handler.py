"""Infer: choose a target and call it, once."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.asking import read_request
from sallyport.composition import services
from sallyport.contracts import Answered, InferRequest, Purpose
from sallyport.inference import infer
from sallyport.observability import guarded, logger, metrics, tracer
from sallyport.reporting import reported


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context(correlation_id_path="request_id")
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Raise a ProviderError for Fallback, or NoPrivateTargetError, which nothing may answer."""
    request = InferRequest.model_validate(event)
    here, tenant = services(), request.caller.tenant
    content = read_request(here.vault.open(request.content, tenant, Purpose.REDACTED))
    here.vault.prepare(tenant, Purpose.ANSWER)  # what could not be sealed is not asked for
    answer, inference = infer(
        content,
        here.configuration.table_named(request.route.table_version),
        here.providers,
        here.watch,
        route=request.route,
        sensitivity=request.sensitivity,
        attempts=request.attempts,
        max_tokens=request.max_tokens,
        seconds_left=request.deadline - here.now(),
    )
    inference = reported(inference, answer, request.route, request.redaction, content)
    sealed = here.vault.seal(answer.model_dump_json().encode(), tenant, Purpose.ANSWER, name=request.request_id)
    logger.info(
        "inferred", target=inference.target, model=inference.model, cost=inference.cost, reason=inference.reason
    )
    metrics.add_metric(name="ModelLatency", unit=MetricUnit.Milliseconds, value=inference.latency_ms)
    return Answered(decision=inference, answer=sealed).to_json()
