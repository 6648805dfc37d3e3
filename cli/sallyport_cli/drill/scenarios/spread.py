"""Pattern 1 of 5, cross-Region inference: a profile has the room of all its Regions."""

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, route
from sallyport_local.fleet.script import Quota, Script

REQUESTS, PER_REGION, REGIONS = 10, 3, 4
_MODEL = "amazon.nova-pro-v1:0"
_SCRIPT = Script(quotas=(Quota(provider="bedrock", requests=PER_REGION),))


def _figures(played: Played) -> list[Figure]:
    spread = played.served["a cross-Region profile"]
    told = ", ".join(f"{region} {count}" for region, count in sorted(spread.items()))
    return [
        exactly("answered in one Region, which admits 3", played.answered("one Region"), PER_REGION),
        exactly("answered through the profile", played.answered("a cross-Region profile"), REQUESTS),
        exactly("Regions that answered", len(spread), REGIONS, note=told),
        Figure("most answers by one Region", max(spread.values(), default=0), 1, PER_REGION),
    ]


SCENARIO = Scenario(
    name="spread",
    title="Cross-Region inference",
    shows="10 requests, and Regions that admit 3 a minute each: one Region is not enough, a profile of four is.",
    targets={
        "spread-one": on_bedrock(_MODEL, "us-east-1"),
        "spread-profile": on_bedrock(f"us.{_MODEL}", "us-east-1"),
    },
    routes={"spread-one": route("spread-one"), "spread-profile": route("spread-profile")},
    phases=(
        Phase("one Region", (Asks("spread-one", REQUESTS),), _SCRIPT),
        Phase("a cross-Region profile", (Asks("spread-profile", REQUESTS),), _SCRIPT),
    ),
    figures=_figures,
)
