"""Pattern 4 of 5, load balancing: models get what their weights say."""

import math
from collections.abc import Mapping

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, on_openai, route
from sallyport_local.fleet.script import Script

REQUESTS = 400
WEIGHTS: Mapping[str, float] = {"balance-sonnet": 0.6, "balance-nova": 0.3, "balance-gpt": 0.1}
RARE = 1e-6
"""How probable it is that a share lies outside what is expected of it, if the draws are right."""


def bounds(draws: int, share: float, rare: float = RARE) -> tuple[int, int]:
    """Between which a binomial count lies, but for a chance of `rare`, half of it on either side."""
    least, most, below, above = 0, draws, 0.0, 0.0
    while (below := below + _probability(draws, share, least)) < rare / 2:
        least += 1
    while (above := above + _probability(draws, share, most)) < rare / 2:
        most -= 1
    return least, most


def _probability(draws: int, share: float, count: int) -> float:
    return math.comb(draws, count) * share**count * (1 - share) ** (draws - count)


def _figures(played: Played) -> list[Figure]:
    figures = []
    for target, share in WEIGHTS.items():
        least, most = (100 * count / REQUESTS for count in bounds(REQUESTS, share))
        observed = 100 * played.answered(target=target) / REQUESTS
        figures.append(Figure(f"share of {target}", observed, least, most, "%", f"its weight is {100 * share:.0f} %"))
    return [*figures, exactly("failed", played.failed(), 0)]


SCENARIO = Scenario(
    name="balance",
    title="Load balancing",
    shows="400 requests for three models with weights of 6, 3 and 1: each answers its share, but for chance.",
    targets={
        "balance-sonnet": on_bedrock("anthropic.claude-sonnet-4-5-20250929-v1:0", "us-west-2"),
        "balance-nova": on_bedrock("amazon.nova-lite-v1:0", "us-west-2"),
        "balance-gpt": on_openai("gpt-4.1-mini"),
    },
    routes={
        "balance": route(*WEIGHTS, strategy="weighted", weights={name: 10 * share for name, share in WEIGHTS.items()})
    },
    phases=(Phase("400 requests", (Asks("balance", REQUESTS, at_once=8),), Script()),),
    figures=_figures,
)
