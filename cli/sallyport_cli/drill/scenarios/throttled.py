"""A provider that says when it can be asked again: another answers meanwhile, and whoever has no other is told."""

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, on_openai, route
from sallyport_local.fleet.script import Quota, Script

REQUESTS, ADMITTED, SECONDS = 10, 3, 30.0
_MODEL = "gpt-4.1"


def _figures(played: Played) -> list[Figure]:
    waits = [each.retry_after or 0.0 for each in played.answers if each.phase == "no other target"]
    throttles = sum(counts.total() for counts in played.throttled.values())
    return [
        exactly("calls that were throttled", throttles, 1, note="Retry-After is obeyed"),
        exactly("answered by the throttled target", played.answered(target="throttled-gpt"), ADMITTED),
        exactly("answered by the other", played.answered(target="throttled-other"), REQUESTS - ADMITTED),
        exactly("failed of those with another target", played.failed("10 requests"), 0),
        Figure("Retry-After of those without another, least", min(waits, default=0.0), 1, SECONDS, "s"),
    ]


SCENARIO = Scenario(
    name="throttled",
    title="Throttles with Retry-After",
    shows="A provider admits 3 requests in 30 s and says when it will admit more: nothing fails that can go elsewhere.",
    targets={
        "throttled-gpt": on_openai(_MODEL),
        "throttled-other": on_bedrock("amazon.nova-lite-v1:0", "eu-central-1"),
    },
    routes={"throttled": route("throttled-gpt", "throttled-other"), "throttled-alone": route("throttled-gpt")},
    phases=(
        Phase(
            "10 requests",
            (Asks("throttled", REQUESTS, at_once=1),),
            Script(quotas=(Quota(provider="openai", requests=ADMITTED, seconds=SECONDS),)),
        ),
        Phase("no other target", (Asks("throttled-alone", 3, at_once=1),)),
    ),
    figures=_figures,
)
