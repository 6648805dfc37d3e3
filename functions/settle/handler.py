"""Settle: the real cost replaces the reservation, usage is written, the answer is kept; canary, alerts, shares."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.batches import each_message
from sallyport.composition import Services, services
from sallyport.contracts import Completed, Ticket
from sallyport.observability import guarded, logger, metrics, place_of, tracer
from sallyport.settlement import settle
from sallyport.trial import observe


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context
@guarded()
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Report the messages that failed, and only those, for another delivery."""
    here = services()
    usage = here.backend.records("usage")
    billed: list[Ticket] = []

    def settle_one(completed: Completed) -> None:
        bill, new = settle(completed, here.backend.ledger, usage, here.backend.cache, here.now())
        if new:
            billed.append(completed.ticket)
        logger.info("settled", request_id=bill.request_id, outcome=bill.outcome, cost=bill.cost)
        metrics.add_metric(name="Cost", unit=MetricUnit.Count, value=bill.cost)

    response = each_message(event, settle_one)
    for follow in (_follow_the_canary, _alert, _note_askers):
        try:
            follow(here, billed)
        except Exception as error:
            # The messages are settled and need not come again for it.
            logger.warning("left out", what=follow.__name__, error=type(error).__name__, place=place_of(error))
            metrics.add_metric(name="LeftOut", unit=MetricUnit.Count, value=1)
    return response


def _alert(here: Services, billed: list[Ticket]) -> None:
    for alert in here.alerts.after(billed, here.now()):
        logger.warning("a budget reached a part that is told", alert=alert.to_json(), summary=alert.summary)
        metrics.add_metric(name="BudgetAlert", unit=MetricUnit.Count, value=1)
        if here.backend.alerts is not None:
            here.backend.alerts.publish(alert.message())


def _follow_the_canary(here: Services, billed: list[Ticket]) -> None:
    change = observe(billed, here.configuration, here.backend.records("configuration"), here.now())
    if change is not None:
        logger.warning("the canary was rolled back", change=change.number, reason=change.comment)
        metrics.add_metric(name="CanaryRolledBack", unit=MetricUnit.Count, value=1)


def _note_askers(here: Services, billed: list[Ticket]) -> None:
    here.roster.note(billed, here.now())
