"""sallyport.fallback: the next target, or the end."""

import pytest

from sallyport.attempts import Attempt
from sallyport.contracts import Failure, FallbackRequest, Privacy, Route, RouteTarget
from sallyport.errors import (
    DeadlineExceededError,
    NoPrivateTargetError,
    NoTargetLeftError,
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.fallback import decide
from sallyport.inference import LEAST_SECONDS
from sallyport.redaction.judge import Sensitivity
from tests.unit.doubles import CANARY, a_route

NOW = 1000.0


def decided(
    error, *, name=None, route=None, attempts=(), sensitivity=Sensitivity.PUBLIC, deadline=NOW + 60, cause=None
):
    request = FallbackRequest(
        request_id="req_12345678",
        route=route or a_route("gpt", "claude", "house!"),
        sensitivity=sensitivity,
        attempts=attempts,
        failure=Failure(error=name or type(error).__name__, cause=cause or str(error)),
        deadline=deadline,
    )
    return decide(request, NOW)


@pytest.mark.parametrize(
    "error", [ProviderThrottledError, ProviderTimeoutError, ProviderUnavailableError, ProviderReplyError]
)
def test_another_target_may_help(error):
    fallback = decided(error("Failed.", target="gpt", status=500, retry_after=2.0, latency_ms=12))
    assert fallback.target == "claude"
    assert fallback.attempts == (
        Attempt(
            target="gpt",
            error=error.__name__,
            reason=f"{error.__name__}; claude is next",
            status=500,
            retry_after=2.0,
            latency_ms=12,
        ),
    )
    assert fallback.reason == f"gpt failed with {error.__name__}; claude is next"


@pytest.mark.parametrize("error", [ProviderRejectedError, ProviderDeniedError])
def test_what_no_other_target_can_help_ends_with_the_providers_verdict(error):
    with pytest.raises(error, match="The model says no") as end:
        decided(error("The model says no.", target="gpt", status=400, code="x"))
    assert end.value.details["code"] == "x"
    why = f"{error.__name__}; no other target could help"
    [attempt] = end.value.details["attempts"]
    assert attempt == {"target": "gpt", "error": error.__name__, "code": "x", "reason": why, "status": 400}


def test_what_one_target_cannot_honour_another_may():
    rejected = ProviderRejectedError("This model takes no images.", target="gpt", param="messages")
    assert decided(rejected).target == "claude"
    with pytest.raises(ProviderRejectedError, match="takes no images") as end:
        decided(rejected, route=a_route("gpt"))
    assert end.value.details["param"] == "messages"


def sized(**contexts):
    targets = tuple(
        RouteTarget(name=name, privacy=Privacy.CLOUD, context_tokens=tokens) for name, tokens in contexts.items()
    )
    return Route(alias="demo", targets=targets, cache_ttl_seconds=0, table_version="1")


TOO_LONG = ProviderRejectedError("Too long.", target="small", status=400, code="context_length_exceeded")


def test_what_is_too_long_for_one_goes_to_a_larger_one_only():
    fallback = decided(TOO_LONG, route=sized(small=8, equal=8, smaller=4, large=9))
    assert fallback.target == "large"
    assert fallback.attempts[0].code == "context_length_exceeded"
    with pytest.raises(NoTargetLeftError):
        decided(
            ProviderThrottledError("Wait.", target="large"),
            route=sized(small=8, equal=8, large=9),
            attempts=fallback.attempts,
        )


@pytest.mark.parametrize(
    "route", [sized(small=8, equal=8, smaller=4), sized(small=9, other=8), sized(small=0, other=0)]
)
def test_what_is_too_long_for_the_largest_is_the_clients_to_shorten(route):
    with pytest.raises(ProviderRejectedError, match="Too long") as end:
        decided(TOO_LONG, route=route)
    assert end.value.details["code"] == "context_length_exceeded"
    assert end.value.details["attempts"][0]["reason"] == "ProviderRejectedError; no other target is left"


def test_attempts_add_up_to_the_end():
    first = Attempt(target="gpt", error="ProviderThrottledError", retry_after=9.0)
    second = decided(ProviderThrottledError("Wait.", target="claude", retry_after=4.0), attempts=(first,))
    assert [attempt.target for attempt in second.attempts] == ["gpt", "claude"]
    assert second.target == "house"
    with pytest.raises(NoTargetLeftError) as end:
        decided(ProviderTimeoutError("Too slow.", target="house"), attempts=second.attempts)
    assert end.value.retry_after == 4.0
    assert [attempt["target"] for attempt in end.value.details["attempts"]] == ["gpt", "claude", "house"]


@pytest.mark.parametrize("sensitivity", [Sensitivity.CONFIDENTIAL, Sensitivity.RESTRICTED])
def test_refuses_rather_than_downgrade(sensitivity):
    with pytest.raises(NoTargetLeftError):
        decided(ProviderTimeoutError("Too slow.", target="house"), sensitivity=sensitivity)
    with pytest.raises(NoPrivateTargetError):
        decided(
            ProviderTimeoutError("Too slow.", target="gpt"), sensitivity=sensitivity, route=a_route("gpt", "claude")
        )


def test_a_function_that_died_failed_the_target_that_it_would_have_chosen():
    first = Attempt(target="gpt", error="ProviderTimeoutError")
    fallback = decided(None, name="States.Timeout", cause=CANARY, attempts=(first,))
    assert fallback.attempts[1] == Attempt(
        target="claude", error="States.Timeout", reason="States.Timeout; house is next"
    )
    assert fallback.target == "house"
    assert CANARY not in str(fallback)


def test_nothing_is_tried_after_the_deadline():
    failure = ProviderTimeoutError("Too slow.", target="gpt")
    assert decided(failure, deadline=NOW + LEAST_SECONDS).target == "claude"
    with pytest.raises(DeadlineExceededError) as end:
        decided(failure, deadline=NOW + LEAST_SECONDS - 0.001)
    assert [attempt["target"] for attempt in end.value.details["attempts"]] == ["gpt"]


def test_the_last_target_ran_out_of_the_callers_time_not_of_its_own():
    late = {"route": a_route("gpt"), "deadline": NOW + LEAST_SECONDS - 0.001}
    with pytest.raises(DeadlineExceededError) as end:
        decided(ProviderTimeoutError("Too slow.", target="gpt"), **late)
    assert [attempt["target"] for attempt in end.value.details["attempts"]] == ["gpt"]
    with pytest.raises(DeadlineExceededError):
        decided(None, name="States.Timeout", cause=CANARY, **late)
    with pytest.raises(NoTargetLeftError):
        decided(ProviderUnavailableError("Down.", target="gpt"), **late)
    with pytest.raises(NoTargetLeftError):
        decided(ProviderTimeoutError("Too slow.", target="gpt"), route=a_route("gpt"))
