"""The scenarios that a drill can play, in the order in which it plays them."""

from collections.abc import Mapping

from sallyport_cli.drill.scenario import Scenario
from sallyport_cli.drill.scenarios import balance, fallback, isolation, outage, sharding, slow, spread, throttled

SCENARIOS: Mapping[str, Scenario] = {
    module.SCENARIO.name: module.SCENARIO
    for module in (spread, sharding, fallback, balance, isolation, outage, throttled, slow)
}
