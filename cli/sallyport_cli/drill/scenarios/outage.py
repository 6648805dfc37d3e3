"""A Region goes down in the middle: the next target answers, and no client sees it."""

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, route
from sallyport_local.fleet.script import Fault, Script

REQUESTS = 20
RECOVERY_SECONDS = 5.0
"""After which a target that was skipped is probed again, even if one probe failed."""
_MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"


def _figures(played: Played) -> list[Figure]:
    return [
        exactly("answered by us-east-1 before", played.answered("before", target="outage-east"), REQUESTS),
        exactly("answered by us-west-2 during the outage", played.answered("outage", target="outage-west"), REQUESTS),
        Figure("answered by us-east-1 afterwards", played.answered("afterwards", target="outage-east"), 1, REQUESTS),
        exactly("failed", played.failed(), 0),
    ]


SCENARIO = Scenario(
    name="outage",
    title="Outage of a Region",
    shows="us-east-1 answers 503 to everything for a while: us-west-2 answers until it is back, and none fails.",
    targets={"outage-east": on_bedrock(_MODEL, "us-east-1"), "outage-west": on_bedrock(_MODEL, "us-west-2")},
    routes={"outage": route("outage-east", "outage-west")},
    phases=(
        Phase("before", (Asks("outage", REQUESTS),), Script()),
        Phase("outage", (Asks("outage", REQUESTS),), Script(faults=(Fault(kind="fail", region="us-east-1"),))),
        Phase("afterwards", (Asks("outage", REQUESTS, at_once=2),), Script(), wait=RECOVERY_SECONDS),
    ),
    figures=_figures,
)
