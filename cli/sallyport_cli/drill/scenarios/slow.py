"""A model that is too slow is given up at its timeout, for the next one to answer; callers are told in their time."""

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, on_openai, route
from sallyport_local.fleet.script import Fault, Script

REQUESTS, TIMEOUT, SLOW, PATIENCE = 10, 0.5, 20.0, 5.0
HURRIED, HURRY = 3, 1
"""So many callers, who wait for so many seconds."""
_LATE = 504


def _figures(played: Played) -> list[Figure]:
    answered = [each for each in played.answers if each.phase == "10 requests"]
    late = [each for each in played.answers if each.status == _LATE]
    return [
        exactly("answered by the slow target", played.answered(target="slow-gpt"), 0),
        exactly("answered by the other", played.answered(target="slow-other"), REQUESTS),
        exactly("failed", played.failed("10 requests"), 0),
        Figure("slowest answer", max(each.seconds for each in answered), 0, PATIENCE, "s"),
        exactly("told that it is late, of callers who wait 1 s", len(late), HURRIED),
        Figure("slowest of these", max((each.seconds for each in late), default=PATIENCE), 0, 3 * HURRY, "s"),
    ]


SCENARIO = Scenario(
    name="slow",
    title="A slow model",
    shows="A model takes 20 s, its target has half a second: another answers. Without one, callers are told in time.",
    targets={
        "slow-gpt": on_openai("gpt-4.1", timeout_seconds=TIMEOUT),
        "slow-alone": on_openai("gpt-4.1-nano"),
        "slow-other": on_bedrock("amazon.nova-lite-v1:0", "us-east-2"),
    },
    routes={"slow": route("slow-gpt", "slow-other"), "slow-alone": route("slow-alone")},
    phases=(
        Phase(
            "10 requests",
            (Asks("slow", REQUESTS),),
            Script(faults=(Fault(kind="slow", provider="openai", seconds=SLOW),)),
        ),
        Phase("in a hurry", (Asks("slow-alone", HURRIED, patience=HURRY),)),
    ),
    figures=_figures,
)
