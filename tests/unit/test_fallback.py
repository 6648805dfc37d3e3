"""sallyport.fallback: the next target, or the end."""

import pytest

from sallyport.attempts import Attempt
from sallyport.choosing import DEFAULT_RETRY_AFTER, choose_target
from sallyport.contracts import Failure, FallbackRequest, Hold, Portion, Privacy, Route, RouteTarget
from sallyport.errors import (
    DeadlineExceededError,
    NoHealthyPrivateTargetError,
    NoPrivateTargetError,
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitedError,
    RoomNeededError,
    StoreUnavailableError,
)
from sallyport.fallback import LONGEST_WAIT_SECONDS, REFUSALS, decide, no_room
from sallyport.inference import LEAST_SECONDS
from sallyport.redaction.judge import Sensitivity
from tests.unit.doubles import CANARY, a_route

NOW = 1000.0


def decided(
    error,
    *,
    name=None,
    route=None,
    attempts=(),
    sensitivity=Sensitivity.PUBLIC,
    deadline=NOW + 60,
    cause=None,
    room=no_room,
):
    request = FallbackRequest(
        request_id="req_12345678",
        route=route or a_route("gpt", "claude", "house!"),
        sensitivity=sensitivity,
        attempts=attempts,
        failure=Failure(error=name or type(error).__name__, cause=cause or str(error)),
        deadline=deadline,
    )
    return decide(request, NOW, room)


@pytest.mark.parametrize(
    "error",
    [
        ProviderThrottledError,
        ProviderTimeoutError,
        ProviderUnavailableError,
        ProviderReplyError,
        ProviderDeniedError,
    ],
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


def test_what_no_other_target_can_help_ends_with_the_providers_verdict():
    with pytest.raises(ProviderRejectedError, match="The model says no") as end:
        decided(ProviderRejectedError("The model says no.", target="gpt", status=400, code="x"))
    assert end.value.details["code"] == "x"
    why = "ProviderRejectedError; no other target could help"
    said = {"target": "gpt", "error": "ProviderRejectedError", "reason": why, "status": 400, "code": "x"}
    assert end.value.details["attempts"] == [said]


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
    with pytest.raises(ProviderUnavailableError):
        decided(
            ProviderUnavailableError("Down.", target="large"),
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


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_of_content_is_told_unless_the_route_says_otherwise(code):
    refused = ProviderRejectedError("Refused.", target="gpt", status=400, code=code)
    with pytest.raises(ProviderRejectedError, match="Refused"):
        decided(refused)
    willing = a_route("gpt", "claude").model_copy(update={"on_refusal": "next_target"})
    assert decided(refused, route=willing).target == "claude"
    with pytest.raises(ProviderRejectedError):
        decided(ProviderRejectedError("Invalid.", target="gpt", status=400, code="invalid_value"), route=willing)


@pytest.mark.parametrize(
    ("error", "retry_after"),
    [
        (ProviderThrottledError("Wait.", target="house", status=429, retry_after=4.0), 4.0),
        (ProviderThrottledError("Wait.", target="house", status=429), 9.0),
        (ProviderTimeoutError("Too slow.", target="house"), 9.0),
        (ProviderUnavailableError("Down.", target="house", status=500), 9.0),
        (ProviderReplyError("Nonsense.", target="house"), 9.0),
        (ProviderDeniedError("Denied.", target="house", status=401), None),
    ],
)
def test_when_every_target_failed_the_last_error_is_told_as_itself(error, retry_after):
    first = Attempt(target="gpt", error="ProviderThrottledError", retry_after=9.0)
    second = decided(ProviderUnavailableError("Down.", target="claude"), attempts=(first,))
    assert [attempt.target for attempt in second.attempts] == ["gpt", "claude"]
    assert second.target == "house"
    with pytest.raises(type(error), match=error.message) as end:
        decided(error, attempts=second.attempts)
    assert end.value.retry_after == retry_after
    assert [attempt["target"] for attempt in end.value.details["attempts"]] == ["gpt", "claude", "house"]
    assert end.value.details["attempts"][-1]["reason"] == f"{type(error).__name__}; no other target is left"


def test_nobody_says_when_so_a_little_later():
    with pytest.raises(ProviderUnavailableError) as end:
        decided(ProviderUnavailableError("Down.", target="gpt"), route=a_route("gpt"))
    assert end.value.retry_after == DEFAULT_RETRY_AFTER


THROTTLED = ProviderThrottledError("Wait.", target="gpt", status=429, retry_after=2.0)


def test_a_throttle_that_the_caller_can_outwait_is_asked_again_once():
    again = decided(THROTTLED, route=a_route("gpt"))
    [attempt] = again.attempts
    assert again.target == "gpt"
    assert 2.0 < attempt.again_after < 2.3
    assert choose_target(a_route("gpt"), Sensitivity.PUBLIC, again.attempts, {"gpt": 1.0}) == "gpt"
    with pytest.raises(ProviderThrottledError) as end:
        decided(THROTTLED, route=a_route("gpt"), attempts=again.attempts)
    assert [each["target"] for each in end.value.details["attempts"]] == ["gpt", "gpt"]


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (ProviderThrottledError("Wait.", target="gpt"), {}),
        (ProviderThrottledError("Wait.", target="gpt", retry_after=LONGEST_WAIT_SECONDS), {}),
        (ProviderThrottledError("Wait.", target="gpt", retry_after=2.0, spent=True), {}),
        (THROTTLED, {"deadline": NOW + 2.2}),
        (ProviderUnavailableError("Down.", target="gpt", retry_after=2.0), {}),
    ],
    ids=["no hint", "too long", "too many", "the deadline", "no throttle"],
)
def test_nothing_else_is_asked_again(error, fields):
    with pytest.raises(type(error)) as end:
        decided(error, route=a_route("gpt"), **fields)
    assert len(end.value.details["attempts"]) == 1


def test_a_second_target_is_better_than_a_wait():
    assert decided(THROTTLED).target == "claude"
    second = ProviderThrottledError("Wait.", target="claude", retry_after=2.0)
    with pytest.raises(ProviderThrottledError):
        decided(second, route=a_route("gpt", "claude"), attempts=decided(THROTTLED).attempts)


def test_unhealthy_targets_come_last_or_not_at_all():
    def failed(**avoid):
        return ProviderUnavailableError("Down.", target="gpt", avoid=avoid)

    assert decided(failed(claude=0.0)).target == "house"
    assert decided(failed(claude=0.0, house=0.0)).target == "claude"
    assert decided(failed(claude=9.0, house=0.0)).target == "house"
    with pytest.raises(ProviderUnavailableError) as end:
        decided(failed(claude=9.0, house=9.0))
    assert "avoid" not in end.value.details


def test_no_further_target_is_asked_when_too_many_were():
    with pytest.raises(ProviderUnavailableError) as end:
        decided(ProviderUnavailableError("Down.", target="gpt", spent=True))
    assert "failed lately" in end.value.details["attempts"][0]["reason"]
    assert "spent" not in end.value.details


@pytest.mark.parametrize("sensitivity", [Sensitivity.CONFIDENTIAL, Sensitivity.RESTRICTED])
def test_refuses_rather_than_downgrade(sensitivity):
    with pytest.raises(NoHealthyPrivateTargetError):
        decided(ProviderTimeoutError("Too slow.", target="house"), sensitivity=sensitivity)
    with pytest.raises(NoPrivateTargetError):
        decided(
            ProviderTimeoutError("Too slow.", target="gpt"), sensitivity=sensitivity, route=a_route("gpt", "claude")
        )


@pytest.mark.parametrize(
    ("error", "retry_after"),
    [
        (ProviderThrottledError("Slow down.", target="house", status=429, code="rate_limited", retry_after=70.0), 70.0),
        (ProviderTimeoutError("Too slow.", target="house"), DEFAULT_RETRY_AFTER),
        (ProviderUnavailableError("Down.", target="house", status=500), DEFAULT_RETRY_AFTER),
        (ProviderReplyError("Garbage.", target="house"), DEFAULT_RETRY_AFTER),
        (ProviderDeniedError("No.", target="house", status=401), DEFAULT_RETRY_AFTER),
        (ProviderUnavailableError("Down.", target="house", spent=True), DEFAULT_RETRY_AFTER),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_fails_confidential_content_hears_that_no_private_target_is_healthy(error, retry_after):
    with pytest.raises(NoHealthyPrivateTargetError, match="confidential and is not sent to a cloud model") as end:
        decided(error, sensitivity=Sensitivity.CONFIDENTIAL)
    assert end.value.retry_after == retry_after
    assert set(end.value.details) == {"retry_after", "attempts"}
    assert [each["error"] for each in end.value.details["attempts"]] == [type(error).__name__]


@pytest.mark.parametrize(
    ("error", "deadline"),
    [
        (ProviderRejectedError("No such field.", target="house"), NOW + 60),
        (ProviderTimeoutError("Too slow.", target="house"), NOW),
    ],
    ids=["a request that no target takes", "a caller who waits no longer"],
)
def test_what_is_not_the_private_targets_fault_is_told_as_it_is(error, deadline):
    with pytest.raises((ProviderRejectedError, DeadlineExceededError)):
        decided(error, sensitivity=Sensitivity.CONFIDENTIAL, deadline=deadline)


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
    with pytest.raises(ProviderUnavailableError):
        decided(ProviderUnavailableError("Down.", target="gpt"), **late)
    with pytest.raises(ProviderTimeoutError):
        decided(ProviderTimeoutError("Too slow.", target="gpt"), route=a_route("gpt"))


HOLD = Hold(scope="target/x|requests|minute|2026-11-20T18:00", limit=9, amount=1)
PORTION = Portion(total=HOLD, own=HOLD, lent=HOLD)


def limited(*names, reserved=()):
    """A route of `a_route` whose targets all have limits of their own."""
    route = a_route(*names)
    targets = (
        each.model_copy(update={"portions": (PORTION,), "reserved": each.name in reserved}) for each in route.targets
    )
    return route.model_copy(update={"targets": tuple(targets)})


class Rooms:
    """Which targets have room, and which were asked for it."""

    def __init__(self, *names, unreached=()):
        self.names = names
        self.unreached = unreached
        self.asked = []

    def __call__(self, target):
        self.asked.append(target.name)
        if target.name in self.unreached:
            raise StoreUnavailableError("The ledger is out of reach.")
        return target.model_copy(update={"reserved": True}) if target.name in self.names else None


THREE = limited("gpt", "claude", "house!", reserved=["gpt"])
FAILED = ProviderUnavailableError("Gone.", target="gpt")
WAITS = RoomNeededError("No room was taken.", target="claude")


def order(route):
    return [(each.name, each.reserved) for each in route.targets]


@pytest.mark.parametrize("error", [FAILED, WAITS], ids=["after a failure", "before the first call"])
def test_room_is_taken_before_a_target_is_asked_instead(error):
    attempts = () if error is FAILED else (Attempt(target="gpt", error="ProviderUnavailableError"),)
    fallback = decided(error, route=THREE, room=Rooms("claude", "house"), attempts=attempts)
    assert fallback.target == "claude"
    assert order(fallback.route) == [("claude", True), ("gpt", True), ("house", False)]
    assert [each.target for each in fallback.attempts] == ["gpt"]
    following = choose_target(fallback.route, Sensitivity.PUBLIC, fallback.attempts)
    assert following == "claude"


def test_targets_without_room_are_passed_over():
    fallback = decided(FAILED, route=THREE, room=Rooms("house"))
    assert (fallback.target, order(fallback.route)[-1]) == ("house", ("claude", False))


@pytest.mark.parametrize("unreached", [(), ("claude",)], ids=["full", "out of reach"])
def test_without_room_anywhere_the_last_error_is_told(unreached):
    with pytest.raises(ProviderUnavailableError) as told:
        decided(FAILED, route=THREE, room=Rooms(unreached=unreached))
    assert told.value.details["attempts"][-1]["reason"].endswith("no other target is left")


def test_who_was_not_asked_for_want_of_room_may_come_again_in_the_next_minute():
    with pytest.raises(RateLimitedError) as told:
        decided(WAITS, route=limited("claude", "house!"), room=Rooms())
    assert told.value.retry_after == 60 - NOW % 60


def test_limits_that_cannot_be_asked_admit_nobody():
    with pytest.raises(StoreUnavailableError):
        decided(WAITS, route=limited("claude", "house!"), room=Rooms(unreached=["claude"]))


def test_room_is_taken_within_the_walls_that_the_content_may_not_leave():
    rooms = Rooms("gpt", "claude", "house")
    waits = RoomNeededError("No room was taken.", target="house")
    assert decided(waits, route=THREE, room=rooms, sensitivity=Sensitivity.CONFIDENTIAL).target == "house"
    assert rooms.asked == ["house"]


def test_a_private_target_without_room_is_no_reason_to_leave_the_walls():
    waits = RoomNeededError("No room was taken.", target="house")
    with pytest.raises(RateLimitedError):
        decided(waits, route=THREE, room=Rooms("gpt", "claude"), sensitivity=Sensitivity.CONFIDENTIAL)


def test_who_comes_too_late_takes_no_room():
    rooms = Rooms("claude")
    with pytest.raises(DeadlineExceededError):
        decided(FAILED, route=limited("gpt", "claude"), room=rooms, deadline=NOW + LEAST_SECONDS / 2)
    assert rooms.asked == []
