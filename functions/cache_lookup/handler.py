"""CacheLookup: has this tenant had an answer to the same redacted question?"""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.asking import read_request
from sallyport.caching import cache_key, look_up, mac_label
from sallyport.composition import services
from sallyport.contracts import CacheLookupRequest, Purpose
from sallyport.observability import guarded, logger, metrics, tracer


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context(correlation_id_path="request_id")
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Never raise for a store that is down: that is the outcome `unavailable`."""
    request = CacheLookupRequest.model_validate(event)
    here, tenant = services(), request.caller.tenant
    content = read_request(here.vault.open(request.content, tenant, Purpose.REDACTED))
    key = cache_key(
        here.backend.cache_macs.secret(mac_label(tenant)),
        content,
        tenant=tenant,
        route=request.route,
        sensitivity=request.sensitivity,
        max_tokens=request.max_tokens,
    )
    lookup = look_up(key, request.route, request.cache_control, here.backend.cache, here.now())
    logger.info("cache looked up", outcome=lookup.decision.outcome, reason=lookup.decision.reason)
    metrics.add_metric(name=f"Cache{lookup.decision.outcome.title()}", unit=MetricUnit.Count, value=1)
    return lookup.to_json()
