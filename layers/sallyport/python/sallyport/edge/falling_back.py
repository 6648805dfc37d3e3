"""What a stream does after a failed attempt, as the workflow's state Fallback does it for other requests."""

from sallyport.composition import Services
from sallyport.contracts import Fallback, FallbackRequest
from sallyport.errors import SallyportError, StoreUnavailableError, from_failure
from sallyport.fallback import decide, no_room
from sallyport.observability import count_exhausted, logger, metrics


def fall_back(here: Services, request: FallbackRequest) -> Fallback:
    """The errors of `decide`. Where room at a target may have to be taken, the function fallback decides: edge may not
    write the counters of limits. When it is out of reach, targets with limits of their own are passed over.
    """
    if any(target.needs_room for target in request.route.targets):
        try:
            ended = here.backend.workflows.fall_back(request.to_json())
        except StoreUnavailableError as error:
            logger.warning("no room can be taken", request_id=request.request_id, reason=error.message)
        else:
            if ended.output is None:
                raise from_failure(ended.error or "Unknown", ended.cause)
            return Fallback.model_validate(dict(ended.output))
    try:
        fallback = decide(request, here.now(), no_room)
    except SallyportError as ended:
        count_exhausted(ended)
        raise
    logger.warning(
        "falling back", request_id=request.request_id, target=fallback.target, attempts=len(fallback.attempts)
    )
    metrics.add_metric(name="FellBack", unit="Count", value=1)
    return fallback
