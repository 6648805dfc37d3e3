"""sallyport.edge.falling_back: who decides what a stream does after a failed attempt."""

import pytest

from sallyport.contracts import Failure, Fallback, FallbackRequest, Hold, Portion
from sallyport.edge.falling_back import fall_back
from sallyport.errors import ProviderUnavailableError, RateLimitedError, StoreUnavailableError
from sallyport.ports import Execution
from sallyport.redaction.judge import Sensitivity
from tests.unit.doubles import a_route

HOLD = Hold(scope="target/second|requests|minute|2026-11-20T18:00", limit=9, amount=1)
LIMITED = a_route("first!", "second!", "third!")
LIMITED = LIMITED.model_copy(
    update={
        "targets": tuple(
            each.model_copy(
                update={"portions": (Portion(total=HOLD, own=HOLD, lent=HOLD),) if each.name == "second" else ()}
            )
            for each in LIMITED.targets
        )
    }
)


class Workflows:
    """Ends each call as it is told to."""

    def __init__(self, ends):
        self.ends = ends
        self.asked = []

    def fall_back(self, request):
        self.asked.append(FallbackRequest.model_validate(request))
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


@pytest.fixture
def fallen(services):
    def fallen(route, ends=None):
        services.backend.workflows = workflows = Workflows(ends)
        error = ProviderUnavailableError("Gone.", target="first")
        request = FallbackRequest(
            request_id="req_12345678",
            route=route,
            sensitivity=Sensitivity.PUBLIC,
            attempts=(),
            failure=Failure(error="ProviderUnavailableError", cause=str(error)),
            deadline=services.now() + 60,
        )
        try:
            return fall_back(services, request), workflows.asked
        finally:
            assert workflows.asked in ([], [request])

    return fallen


def test_where_no_target_has_limits_edge_decides_for_itself(fallen):
    fallback, asked = fallen(a_route("first!", "second!"))
    assert (fallback.target, asked) == ("second", [])


def test_where_room_has_to_be_taken_the_function_decides(fallen):
    decision = Fallback(target="second", attempts=(), route=LIMITED, reason="it has room")
    fallback, asked = fallen(LIMITED, Execution("SUCCEEDED", decision.to_json()))
    assert (fallback, len(asked)) == (decision, 1)


def test_what_the_function_raises_is_raised(fallen):
    error = RateLimitedError("It is taken.", retry_after=7.0)
    with pytest.raises(RateLimitedError) as raised:
        fallen(LIMITED, Execution("FAILED", error="RateLimitedError", cause=str(error)))
    assert raised.value.retry_after == 7.0


def test_when_the_function_is_out_of_reach_targets_with_limits_are_passed_over(fallen):
    fallback, _ = fallen(LIMITED, StoreUnavailableError("The function is out of reach."))
    assert fallback.target == "third"
