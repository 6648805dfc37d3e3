"""The one Logger, Tracer and Metrics of the service, and the one guard around every handler.

Log lines hold decisions, counts and names. The guard turns a bug into InternalError before Lambda's runtime can log
the exception itself, whose message may quote content.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from sallyport.errors import (
    InternalError,
    NoHealthyPrivateTargetError,
    NoTargetLeftError,
    ProviderError,
    SallyportError,
    facts,
)
from sallyport.health import Health
from sallyport.redaction_decision import Opinion

logger = Logger(service="sallyport")
tracer = Tracer(service="sallyport")
metrics = Metrics(namespace="Sallyport", service="sallyport")

# Powertools' tracer writes every exception down with its traceback, those raised on purpose too. The guard says more.
logging.getLogger("aws_lambda_powertools.tracing").setLevel(logging.CRITICAL)

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def guarded(failure: type[SallyportError] = InternalError) -> Callable[[Handler], Handler]:
    """Let the gateway's own errors pass; log any other by type and place alone, and raise `failure` instead."""

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def wrapper(event: dict[str, Any], context: Any) -> dict[str, Any]:
            try:
                return handler(event, context)
            except SallyportError as error:
                log_refusal(error)
                raise
            except Exception as error:
                logger.error("bug", error=type(error).__name__, place=place_of(error))
                metrics.add_metric(name="Bug", unit=MetricUnit.Count, value=1)
                raise failure(
                    "The gateway failed on this request. Its operator finds the request id in the logs.",
                    cause_type=type(error).__name__,
                    retry_after=5.0 if failure is not InternalError else None,
                ) from None

        return wrapper

    return decorate


def log_refusal(error: SallyportError) -> None:
    """One line at the level that the error table gives; details are content-free by contract."""
    log = {"info": logger.info, "warning": logger.warning, "error": logger.error}[facts(error).level]
    log("refused", error=type(error).__name__, reason=error.message, details=error.details)
    metrics.add_metric(name=type(error).__name__, unit=MetricUnit.Count, value=1)


def log_health(place: str, health: Health) -> None:
    """One line and one count for each target that is opened or closed."""
    target = place.partition("@")[0]
    if health.open:
        logger.warning("a target is skipped", target=target, reason=health.reason, until=round(health.until, 1))
    else:
        logger.info("a target is well again", target=target, reason=health.reason)
    metrics.add_metric(name="TargetOpened" if health.open else "TargetClosed", unit=MetricUnit.Count, value=1)


def log_opinion(opinion: Opinion) -> None:
    """One line for each request about which a second opinion was wanted; whether there was any, and what it cost."""
    logger.info("second opinion", opinion=opinion.to_json())
    metrics.add_metric(name="OpinionCost", unit=MetricUnit.Count, value=opinion.cost)
    metrics.add_metric(name="OpinionMissing", unit=MetricUnit.Count, value=int(not opinion.said))


def count_exhausted(error: SallyportError) -> None:
    """A count of requests for which no target was left, under the name that it has when none could be tried at all."""
    failed = isinstance(error, ProviderError) and facts(error).retry
    if failed or isinstance(error, NoHealthyPrivateTargetError):
        metrics.add_metric(name=NoTargetLeftError.__name__, unit=MetricUnit.Count, value=1)


def place_of(error: BaseException) -> str:
    """File and line where an exception was raised, without its message or any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
