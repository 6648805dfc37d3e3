"""sallyport.quotas: which target has room for a request, and what it is charged in the end."""

from dataclasses import replace

import pytest

from sallyport.attempts import Attempt, Inference, Usage
from sallyport.contracts import Failure, FallbackRequest, Hold, Reservation
from sallyport.errors import RateLimitedError
from sallyport.ports import Granted, Refused
from sallyport.quotas import EXPIRY_MARGIN_SECONDS, divided, reserve, settling, take_instead
from sallyport.redaction.judge import Sensitivity
from sallyport.routing import parse_table
from sallyport.shares import Askers
from tests.unit.doubles import a_plan, a_ticket, an_authorization

NOW = 1_795_197_600.0  # 18:00:00
MINUTE = "minute|2026-11-20T18:00"
MINE = Hold(scope=f"tenant/acme|requests|{MINUTE}", limit=100, amount=1)


class Full:
    """A ledger in which some scopes have no room, and which notes what is asked of it."""

    def __init__(self, *scopes):
        self.scopes = scopes
        self.asked = []

    def reserve(self, reservation, *, now):
        self.asked.append([hold.scope.partition("|")[0] for hold in reservation.holds])
        for hold in reservation.holds:
            if hold.scope.partition("|")[0] in self.scopes:
                return Refused(hold.scope, hold.limit, hold.limit)
        return Granted()


def table(**limits):
    """One target for each, in a route of their order, with those limits."""
    target = {"provider": "simulated", "model": "simulated-1", "privacy": "private"}
    targets = {name: target | ({"limits": limit} if limit else {}) for name, limit in limits.items()}
    return parse_table({"version": "1", "targets": targets, "routes": {"demo": {"targets": list(targets)}}})


def route(of, *unhealthy, **ticket):
    planned = a_plan(of, "demo", **ticket)
    ill = {each.place: 0.0 for each in planned.targets if each.name in unhealthy}
    asked = a_ticket(received_at=NOW, **ticket)
    return divided(planned, of, asked, 100, 1.0, lambda _: Askers(), lambda places: ill)


def taken(ledger, of, *unhealthy, holds=(MINE,)):
    reservation = Reservation(request_id="request-1", holds=holds, expires_at=int(NOW) + 60)
    return reserve(reservation, route(of, *unhealthy), ledger, NOW + 18)


def names(taken):
    return [each.name for each in taken.route.targets]


def test_a_route_whose_targets_have_no_limits_costs_nothing_more():
    ledger = Full()
    answer = taken(ledger, table(a=None, b=None))
    assert ledger.asked == [["tenant/acme"]]
    assert (answer.reservation.holds, [each.portions for each in answer.route.targets]) == ((MINE,), [(), ()])


def test_without_any_limit_nobody_is_asked():
    ledger = Full()
    assert taken(ledger, table(a=None), holds=()).answer == Granted()
    assert ledger.asked == []


@pytest.mark.parametrize(
    ("full", "asked"),
    [
        ([], [["tenant/acme", "target/a", "target/a/tenant/acme"]]),
        (
            ["target/a/tenant/acme"],
            [["tenant/acme", "target/a", "target/a/tenant/acme"], ["tenant/acme", "target/a", "target/a/lent"]],
        ),
    ],
    ids=["its own part has room", "what is lent has"],
)
def test_the_callers_limits_and_the_targets_are_taken_in_one_call(full, asked):
    ledger = Full(*full)
    answer = taken(ledger, table(a={"requests": 9}, b=None))
    assert ledger.asked == asked
    assert [hold.scope.partition("|")[0] for hold in answer.reservation.holds] == asked[-1]
    assert (names(answer), [each.reserved for each in answer.route.targets]) == (["a", "b"], [True, False])


@pytest.mark.parametrize("full", ["target/a", "target/a/lent"], ids=["the whole", "what is lent"])
def test_a_target_without_room_comes_last_and_the_trace_says_why(full):
    answer = taken(Full(full, "target/a/tenant/acme"), table(a={"requests": 9}, b=None, c=None))
    assert (answer.answer, names(answer)) == (Granted(), ["b", "c", "a"])
    assert answer.route.reason == "ordered: a, b, c; at their limits: a"


def test_when_no_target_has_room_the_request_may_come_again_in_the_next_minute():
    with pytest.raises(RateLimitedError) as refused:
        taken(Full("target/a", "target/b"), table(a={"requests": 9}, b={"requests": 9}))
    assert refused.value.retry_after == 42.0
    assert refused.value.details["shares"] == {"targets": ["a", "b"], "weight": 1.0}


def test_a_caller_without_room_is_refused_whatever_targets_have():
    ledger = Full("tenant/acme")
    assert taken(ledger, table(a={"requests": 9}, b=None)).answer == Refused(MINE.scope, 100, 100)
    assert len(ledger.asked) == 1


def test_room_is_taken_where_a_request_will_be_answered():
    answer = taken(Full(), table(a={"requests": 9}, b={"requests": 9}), "a")
    assert (names(answer), answer.route.targets[0].reserved) == (["b", "a"], True)


@pytest.mark.parametrize(
    ("ticket", "tokens"),
    [({"input_tokens": 70}, 170), ({"input_tokens": 70, "choices": 3}, 370)],
    ids=["an answer", "three answers"],
)
def test_tokens_are_counted_as_input_and_what_may_come_out(ticket, tokens):
    [portion] = route(table(a={"tokens": 10**6}), **ticket).targets[0].portions
    assert portion.total.amount == tokens


def settled(of, *, asked=(), answered=None, holds=(MINE,), full=(), instead=None):
    """What a request came to that asked some targets in vain, and one that answered with 50 tokens: by level."""
    answer = taken(Full(*full), of, holds=holds)
    usage = Usage(input_tokens=30, output_tokens=20)
    inference = answered and Inference(
        target=answered, provider="x", model="m", usage=usage, stop_reason="end", latency_ms=1, cost=0, reason="best"
    )
    attempts = tuple(Attempt(target=name, error="ProviderError", reason="it failed") for name in asked)
    if instead:
        answer = replace(answer, route=moved(answer.route, instead))
    authorization = an_authorization(route=answer.route).model_copy(update={"reservation": answer.reservation})
    ticket = a_ticket(attempts=attempts, inference=inference or None)
    return {
        "|".join(hold.scope.split("|")[:2]): (hold.amount, came_to)
        for reservation, actual in settling(ticket, authorization, [7] * len(answer.reservation.holds))
        for hold, came_to in zip(reservation.holds, actual, strict=True)
    }


BOTH = {"requests": 9, "tokens": 1000}


def test_the_target_that_answered_is_charged_what_was_used():
    came_to = settled(table(a=BOTH), answered="a")
    assert came_to == {
        "tenant/acme|requests": (1, 7),
        "target/a|requests": (1, 1),
        "target/a/tenant/acme|requests": (1, 1),
        "target/a|tokens": (110, 50),
        "target/a/tenant/acme|tokens": (110, 50),
    }


def test_one_that_failed_has_seen_a_request_and_no_tokens():
    came_to = settled(table(a=BOTH, b=None), asked=["a"], answered="b")
    assert (came_to["target/a|requests"], came_to["target/a|tokens"]) == ((1, 1), (110, 0))


def test_one_that_was_never_asked_gets_everything_back():
    """As when the cache had the answer."""
    came_to = settled(table(a=BOTH))
    assert (came_to["target/a|requests"], came_to["target/a|tokens"]) == ((1, 0), (110, 0))


def instead_of(planned, name, ledger):
    [target] = [each for each in planned.targets if each.name == name]
    request = FallbackRequest(
        request_id="req_12345678",
        route=planned,
        sensitivity=Sensitivity.PUBLIC,
        attempts=(),
        failure=Failure(error="ProviderUnavailableError"),
        deadline=NOW + 60.5,
    )
    return take_instead(request, target, ledger, NOW)


def moved(planned, name):
    """The route after Fallback took room at a target."""
    taken = instead_of(planned, name, Full())
    return planned.model_copy(
        update={"targets": tuple(taken if each.name == name else each for each in planned.targets)}
    )


@pytest.mark.parametrize(
    ("full", "took"),
    [
        ([], ["target/b", "target/b/tenant/acme"]),
        (["target/b/tenant/acme"], ["target/b", "target/b/lent"]),
        (["target/b"], None),
        (["target/b/tenant/acme", "target/b/lent"], None),
    ],
    ids=["its own part has room", "what is lent has", "the whole has none", "neither part has"],
)
def test_room_is_taken_at_a_target_that_is_asked_instead(full, took):
    taken = instead_of(route(table(a=None, b={"requests": 9})), "b", Full(*full))
    assert (taken and [hold.scope.partition("|")[0] for hold in taken.instead.holds]) == took
    assert taken is None or (taken.reserved and taken.instead.expires_at == NOW + 60 + EXPIRY_MARGIN_SECONDS)


def test_each_target_has_a_reservation_of_its_own_which_asking_again_does_not_change():
    planned = route(table(a=None, b={"requests": 9}, c={"requests": 9}))
    names = [instead_of(planned, name, Full()).instead.request_id for name in "bcb"]
    assert (len(set(names)), names[0]) == (2, names[2])


@pytest.mark.parametrize("holds", [(MINE,), ()], ids=["a caller with limits", "one without"])
def test_one_that_was_asked_instead_is_charged_what_was_used(holds):
    came_to = settled(table(a=None, b=BOTH), asked=["a"], answered="b", holds=holds, instead="b")
    assert {scope: pair for scope, pair in came_to.items() if scope.startswith("target/")} == {
        "target/b|requests": (1, 1),
        "target/b/tenant/acme|requests": (1, 1),
        "target/b|tokens": (110, 50),
        "target/b/tenant/acme|tokens": (110, 50),
    }


def test_room_that_was_not_used_is_given_back():
    """As when a client left before the target was asked."""
    came_to = settled(table(a=None, b=BOTH), asked=["a"], instead="b")
    assert (came_to["target/b|requests"], came_to["target/b|tokens"]) == ((1, 0), (110, 0))
