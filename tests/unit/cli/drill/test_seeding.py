"""The seed of a drill's gateway: readable by it, and with nothing but the fleet to call."""

from sallyport_cli.drill.scenario import DRILL
from sallyport_cli.drill.scenarios import SCENARIOS
from sallyport_cli.drill.seeding import seed_of
from sallyport_local.seed import read_seed

FLEET = "http://127.0.0.1:1234"


def test_the_gateway_reads_it_and_every_target_is_at_the_fleet():
    seed = read_seed(seed_of(SCENARIOS.values(), FLEET), "the drill")

    assert seed.routing is not None
    assert {target.base_url for target in seed.routing.targets.values()} == {FLEET, f"{FLEET}/v1"}
    assert {target.provider for target in seed.routing.targets.values()} == {"bedrock", "openai"}
    assert all(not route.cache_ttl_seconds for route in seed.routing.routes.values())


def test_every_tenant_has_a_key_of_its_own_name_and_its_limits():
    seed = read_seed(seed_of([SCENARIOS["isolation"]], FLEET), "the drill")

    assert {key.name for key in seed.keys} == {DRILL, "consumer-A", "consumer-B", "consumer-C"} == seed.tenants.keys()
    assert [seed.tenants[f"consumer-{name}"].limits[0].requests for name in "ABC"] == [3, 100, 100]


def test_only_what_the_scenarios_need_is_in_it():
    seed = read_seed(seed_of([SCENARIOS["fallback"]], FLEET), "the drill")
    assert seed.routing is not None
    assert seed.routing.targets.keys() == SCENARIOS["fallback"].targets.keys()
