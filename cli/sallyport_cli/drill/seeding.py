"""The seed file of the gateway that scenarios are played on."""

from collections.abc import Iterable

from sallyport.routing import Alias, RoutingTable, Target
from sallyport_cli.drill.scenario import DRILL, Scenario
from sallyport_cli.toml import to_toml
from sallyport_local.seed import Seed, SeedKey, SeedTenant


def seed_of(scenarios: Iterable[Scenario], fleet_url: str) -> str:
    """TOML: all their targets at this fleet, and a key for each of their tenants, by its name."""
    tenants = {DRILL: SeedTenant()}
    targets: dict[str, Target] = {}
    routes: dict[str, Alias] = {}
    for scenario in scenarios:
        tenants |= {name: SeedTenant.model_validate(policy.to_json()) for name, policy in scenario.tenants.items()}
        targets |= {name: _at(target, fleet_url) for name, target in scenario.targets.items()}
        routes |= scenario.routes
    seed = Seed(
        tenants=tenants,
        keys=tuple(SeedKey(name=name, tenant=name, project=DRILL) for name in tenants),
        routing=RoutingTable(version=DRILL, targets=targets, routes=routes),
    )
    return to_toml(seed.model_dump(mode="json", exclude_defaults=True))


def _at(target: Target, fleet_url: str) -> Target:
    """Where each provider's paths begin is its client's business."""
    return target.model_copy(update={"base_url": fleet_url if target.provider == "bedrock" else f"{fleet_url}/v1"})
