"""Pattern 5 of 5, isolation of tenants: who asks for too much is refused, and nobody else notices."""

from sallyport.policy import Policy
from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, route
from sallyport_local.fleet.script import Script

REQUESTS, LIMIT = 5, 3


def _policy(requests: int) -> Policy:
    return Policy.model_validate({"limits": [{"per": "minute", "requests": requests}]})


def _figures(played: Played) -> list[Figure]:
    return [
        exactly(f"consumer {name}, answered", 100 * played.answered(tenant=f"consumer-{name}") / REQUESTS, share, "%")
        for name, share in (("A", 100 * LIMIT / REQUESTS), ("B", 100), ("C", 100))
    ]


SCENARIO = Scenario(
    name="isolation",
    title="Isolation of tenants",
    shows="Three consumers with 5 requests each. A's limit is 3 a minute: it gets 60 %, B and C all of theirs.",
    targets={"isolation": on_bedrock("amazon.nova-micro-v1:0", "us-east-1")},
    routes={"isolation": route("isolation")},
    tenants={"consumer-A": _policy(LIMIT), "consumer-B": _policy(100), "consumer-C": _policy(100)},
    phases=(Phase("all at once", tuple(Asks("isolation", REQUESTS, f"consumer-{name}") for name in "ABC"), Script()),),
    figures=_figures,
    by_the_minute=True,
)
