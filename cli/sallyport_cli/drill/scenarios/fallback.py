"""Pattern 3 of 5, model fallback: what the primary model does not admit, another one answers."""

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, route
from sallyport_local.fleet.script import Quota, Script

REQUESTS, ADMITTED = 10, 3
_PRIMARY = "anthropic.claude-sonnet-4-5-20250929-v1:0"


def _figures(played: Played) -> list[Figure]:
    return [
        exactly("answered by the primary", played.answered(target="fallback-primary"), ADMITTED),
        exactly("answered by the fallback", played.answered(target="fallback-second"), REQUESTS - ADMITTED),
        exactly("failed", played.failed(), 0),
    ]


SCENARIO = Scenario(
    name="fallback",
    title="Model fallback",
    shows="10 requests for a primary model that admits 3 a minute: another model answers the other 7.",
    targets={
        "fallback-primary": on_bedrock(_PRIMARY, "us-east-1"),
        "fallback-second": on_bedrock("amazon.nova-lite-v1:0", "us-east-1"),
    },
    routes={"fallback": route("fallback-primary", "fallback-second")},
    phases=(
        Phase(
            "10 requests",
            (Asks("fallback", REQUESTS),),
            Script(quotas=(Quota(model=_PRIMARY, requests=ADMITTED),)),
        ),
    ),
    figures=_figures,
)
