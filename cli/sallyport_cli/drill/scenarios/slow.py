"""A model that is too slow is given up at its timeout, and the next one answers within the caller's patience."""

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, on_openai, route
from sallyport_local.fleet.script import Fault, Script

REQUESTS, TIMEOUT, SLOW, PATIENCE = 10, 0.5, 20.0, 5.0


def _figures(played: Played) -> list[Figure]:
    return [
        exactly("answered by the slow target", played.answered(target="slow-gpt"), 0),
        exactly("answered by the other", played.answered(target="slow-other"), REQUESTS),
        exactly("failed", played.failed(), 0),
        Figure("slowest answer", max(each.seconds for each in played.answers), 0, PATIENCE, "s"),
    ]


SCENARIO = Scenario(
    name="slow",
    title="A slow model",
    shows="A model takes 20 s, and its target has half a second: another answers all 10 requests within 5 s.",
    targets={
        "slow-gpt": on_openai("gpt-4.1", timeout_seconds=TIMEOUT),
        "slow-other": on_bedrock("amazon.nova-lite-v1:0", "us-east-2"),
    },
    routes={"slow": route("slow-gpt", "slow-other")},
    phases=(
        Phase(
            "10 requests",
            (Asks("slow", REQUESTS),),
            Script(faults=(Fault(kind="slow", provider="openai", seconds=SLOW),)),
        ),
    ),
    figures=_figures,
)
