"""Shares of a target's limits, at once and on every ledger: nobody's burst takes what is another's."""

import pytest

from sallyport.contracts import Failure, FallbackRequest, Reservation
from sallyport.errors import ProviderUnavailableError, RateLimitedError, SallyportError
from sallyport.fallback import decide
from sallyport.quotas import divided, reserve, take_instead
from sallyport.redaction.judge import Sensitivity
from sallyport.routing import parse_table
from sallyport.shares import Askers, Seen
from tests.unit.doubles import CALLER, a_plan, a_ticket

NOW = 1_795_197_600.0
WEIGHTS = {"a": 3.0, "b": 5.0, "c": 5.0}


def table(*, second=None, **limits):
    target = {"provider": "simulated", "model": "simulated-1", "privacy": "private"}
    targets = {"shared": target | {"limits": limits}}
    if second is not None:
        targets["second"] = target | second
    return parse_table({"version": "1", "targets": targets, "routes": {"demo": {"targets": list(targets)}}})


def seen(*tenants):
    return Askers(tenants={name: Seen(weight=WEIGHTS[name], at=NOW - 5) for name in tenants})


def behind(**limits):
    """A target with those limits behind one that has none and fails."""
    of = table(**limits)
    targets = {"broken": of.targets["shared"].model_copy(update={"limits": None}), **of.targets}
    routes = {"demo": of.routes["demo"], "spilling": of.routes["demo"].model_copy(update={"targets": tuple(targets)})}
    return of.model_copy(update={"targets": targets, "routes": routes})


@pytest.fixture
def ask(ledger):
    """Ask for a tenant; the target that has room for it, or None."""

    def ask(tenant, number, of, known):
        ticket = a_ticket(caller=CALLER.model_copy(update={"tenant": tenant}), received_at=NOW)
        route = divided(a_plan(of, "demo"), of, ticket, 100, WEIGHTS[tenant], lambda _: known, lambda _: {})
        reservation = Reservation(request_id=f"request-{tenant}-{number}", holds=(), expires_at=int(NOW) + 60)
        try:
            return reserve(reservation, route, ledger, NOW).route.targets[0].name
        except RateLimitedError:
            return None

    return ask


@pytest.fixture
def fall(ledger):
    """Fall back for a tenant; the target that has room for it, or None."""

    def fall(tenant, number, of, known):
        ticket = a_ticket(caller=CALLER.model_copy(update={"tenant": tenant}), received_at=NOW)
        route = divided(a_plan(of, "spilling"), of, ticket, 100, WEIGHTS[tenant], lambda _: known, lambda _: {})
        request = FallbackRequest(
            request_id=f"request-{tenant}-{number}-fallen",
            route=route,
            sensitivity=Sensitivity.PUBLIC,
            attempts=(),
            failure=Failure(
                error="ProviderUnavailableError", cause=str(ProviderUnavailableError("Gone.", target="broken"))
            ),
            deadline=NOW + 60,
        )
        try:
            return decide(request, NOW, lambda target: take_instead(request, target, ledger, NOW)).target
        except SallyportError:
            return None

    return fall


def admitted(answers, asked):
    return {
        tenant: [answer for (whose, _), answer in zip(asked, answers, strict=True) if whose == tenant].count("shared")
        for tenant in WEIGHTS
    }


@pytest.mark.parametrize("burst", [5, 60])
def test_one_over_its_part_gets_that_part_and_the_others_all_they_ask_for(burst, ask, at_once, ledger):
    """The figures of the article for a burst of five: three fifths, all and all."""
    of, known = table(requests=13), seen("a", "b", "c")
    asked = [("a", number) for number in range(burst)] + [(each, number) for each in "bc" for number in range(5)]
    assert admitted(at_once(lambda one: ask(*one, of, known), asked), asked) == {"a": 3, "b": 5, "c": 5}
    assert ledger.taken("target/shared|requests|minute|2026-11-20T18:00") == 13


def test_what_nobody_has_a_part_in_is_lent(ask, at_once):
    of, known = table(requests=13), seen("a")
    asked = [("a", number) for number in range(60)]
    assert admitted(at_once(lambda one: ask(*one, of, known), asked), asked) == {"a": 13, "b": 0, "c": 0}


def test_a_rest_is_lent_to_one_of_those_who_ask(ask, at_once):
    of, known = table(requests=14), seen("a", "b", "c")
    asked = [(each, number) for each in "abc" for number in range(20)]
    assert sum(admitted(at_once(lambda one: ask(*one, of, known), asked), asked).values()) == 14


def test_those_who_know_less_of_each_other_take_no_more_than_there_is(ask, at_once):
    of = table(requests=13)
    asked = [(each, number) for each in "abc" for number in range(20)]
    answers = at_once(lambda one: ask(*one, of, seen(one[0])), asked)
    assert sum(admitted(answers, asked).values()) == 13


def test_tokens_are_shared_as_requests_are(ask, at_once):
    """Each takes 110: three have room in 390 of 1,690, five in 650."""
    of, known = table(tokens=1690), seen("a", "b", "c")
    asked = [(each, number) for each in "abc" for number in range(8)]
    assert admitted(at_once(lambda one: ask(*one, of, known), asked), asked) == {"a": 3, "b": 5, "c": 5}


def test_who_finds_no_room_goes_to_the_next_target(ask, at_once):
    of, known = table(requests=13, second={}), seen("a", "b", "c")
    asked = [(each, number) for each in "abc" for number in range(5)]
    answers = at_once(lambda one: ask(*one, of, known), asked)
    assert (answers.count("shared"), answers.count("second")) == (13, 2)
    assert admitted(answers, asked) == {"a": 3, "b": 5, "c": 5}


def test_a_target_that_is_full_as_well_refuses(ask, at_once):
    of, known = table(requests=13, second={"limits": {"requests": 1}}), seen("a", "b", "c")
    answers = at_once(lambda one: ask("a", one, of, known), range(5))
    assert (answers.count("shared"), answers.count("second"), answers.count(None)) == (3, 1, 1)


@pytest.mark.parametrize("burst", [5, 60])
def test_a_burst_that_falls_back_takes_no_more_than_its_part(burst, ask, fall, at_once, ledger):
    """B and C ask the target itself at the same moment, and get all that they ask for."""
    of, known = behind(requests=13), seen("a", "b", "c")
    asked = [("a", number) for number in range(burst)] + [(each, number) for each in "bc" for number in range(5)]
    answers = at_once(lambda one: (fall if one[0] == "a" else ask)(*one, of, known), asked)
    assert admitted(answers, asked) == {"a": 3, "b": 5, "c": 5}
    assert ledger.taken("target/shared|requests|minute|2026-11-20T18:00") == 13


def test_those_who_fall_back_at_once_have_their_parts_as_well(fall, at_once):
    of, known = behind(requests=13), seen("a", "b", "c")
    asked = [(each, number) for each in "abc" for number in range(20)]
    assert admitted(at_once(lambda one: fall(*one, of, known), asked), asked) == {"a": 3, "b": 5, "c": 5}


def test_what_nobody_has_a_part_in_is_lent_to_those_who_fall_back(fall, at_once):
    of, known = behind(requests=13), seen("a")
    asked = [("a", number) for number in range(60)]
    assert admitted(at_once(lambda one: fall(*one, of, known), asked), asked) == {"a": 13, "b": 0, "c": 0}


def test_who_falls_back_twice_for_one_request_takes_room_once(fall, at_once, ledger):
    """As when the function is called again for the same state."""
    of, known = behind(requests=13), seen("a", "b", "c")
    assert at_once(lambda _: fall("a", 1, of, known), range(8)) == ["shared"] * 8
    assert ledger.taken("target/shared|requests|minute|2026-11-20T18:00") == 1
