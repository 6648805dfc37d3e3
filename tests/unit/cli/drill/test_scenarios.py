"""The scenarios as data: what they ask for is there, no two of them meet, and their bounds are right."""

import math
from itertools import combinations, pairwise

import pytest

from sallyport_cli.drill.scenario import DRILL, Scenario
from sallyport_cli.drill.scenarios import SCENARIOS
from sallyport_cli.drill.scenarios.balance import REQUESTS, WEIGHTS, bounds

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda each: each.name)


@each_scenario
def test_asks_for_models_and_tenants_that_it_brings(scenario: Scenario):
    for phase in scenario.phases:
        assert {asks.model for asks in phase.asks} <= scenario.routes.keys()
        assert {asks.tenant for asks in phase.asks} <= {DRILL, *scenario.tenants}
    assert {name for route in scenario.routes.values() for name in route.targets} == scenario.targets.keys()


@each_scenario
def test_begins_with_a_script_so_that_nothing_is_left_of_the_one_before(scenario: Scenario):
    assert scenario.phases[0].script is not None
    names = [phase.name for phase in scenario.phases]
    assert len(set(names)) == len(names)


@each_scenario
def test_says_what_it_shows_in_a_line(scenario: Scenario):
    assert scenario.shows.endswith(".")
    assert len(scenario.shows) <= 120


@pytest.mark.parametrize("what", ["targets", "routes", "tenants"])
def test_no_two_scenarios_share_what_could_carry_over(what: str):
    for one, other in combinations(SCENARIOS.values(), 2):
        assert not getattr(one, what).keys() & getattr(other, what).keys()


@pytest.mark.parametrize(("draws", "share"), [(400, 0.6), (400, 0.1), (50, 0.5)])
def test_bounds_leave_out_less_than_is_rare_on_either_side_and_no_more_than_they_must(draws: int, share: float):
    def between(first: int, last: int) -> float:
        return sum(math.comb(draws, n) * share**n * (1 - share) ** (draws - n) for n in range(first, last + 1))

    least, most = bounds(draws, share, rare=0.01)
    assert between(0, least - 1) < 0.005 <= between(0, least)
    assert between(most + 1, draws) < 0.005 <= between(most, draws)


def test_a_share_that_another_weight_would_give_is_not_within_the_bounds():
    shares = sorted(WEIGHTS.values())
    for share, next_one in pairwise(shares):
        assert bounds(REQUESTS, share)[1] < REQUESTS * next_one
        assert bounds(REQUESTS, next_one)[0] > REQUESTS * share
