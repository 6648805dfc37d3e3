"""Probe: ask targets something tiny on a schedule, so that a request is not the first to learn how they are."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.composition import services
from sallyport.observability import guarded, logger, metrics, tracer
from sallyport.probing import Prober, Round


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """What came of each target whose turn it was, by its name."""
    which = Round.model_validate(event).targets
    here = services()
    health, usage = here.backend.records("health"), here.backend.records("usage")
    prober = Prober(here.providers, here.watch, health, usage, here.now)
    probes = prober.round(here.configuration.routing_table(), which)
    for name, probe in probes.items():
        logger.info("probed", target=name, outcome=probe.outcome, latency_ms=probe.latency_ms, cost=probe.cost)
        metrics.add_metric(name="ProbeCost", unit=MetricUnit.Count, value=probe.cost)
    return {name: probe.to_json() for name, probe in probes.items()}
