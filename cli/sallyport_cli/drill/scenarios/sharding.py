"""Pattern 2 of 5, account sharding: a second account adds its quota."""

from sallyport_cli.drill.scenario import Asks, Figure, Phase, Played, Scenario, exactly, on_bedrock, route
from sallyport_local.fleet.script import Quota, Script

REQUESTS, PER_ACCOUNT = 20, 5
_MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"
_ACCOUNTS = ("111111111111", "222222222222")
_SCRIPT = Script(quotas=(Quota(provider="bedrock", requests=PER_ACCOUNT),))


def _figures(played: Played) -> list[Figure]:
    one, two = played.answered("one account"), played.answered("two accounts")
    shares = [played.answered("two accounts", target=f"sharding-{name}") for name in ("b", "c")]
    return [
        exactly("admitted with one account", one, PER_ACCOUNT),
        exactly("admitted with two accounts", two, 2 * PER_ACCOUNT, note=f"{shares[0]} and {shares[1]}"),
        exactly("admitted rate, two accounts to one", two / one if one else 0.0, 2, "x"),
    ]


SCENARIO = Scenario(
    name="sharding",
    title="Account sharding",
    shows="20 requests, and accounts that admit 5 a minute each: two accounts admit twice as many.",
    targets={
        "sharding-a": on_bedrock(_MODEL, "us-east-1", account=_ACCOUNTS[0]),
        "sharding-b": on_bedrock(_MODEL, "us-east-1", account=_ACCOUNTS[0]),
        "sharding-c": on_bedrock(_MODEL, "us-east-1", account=_ACCOUNTS[1]),
    },
    routes={
        "sharding-one": route("sharding-a"),
        "sharding-two": route("sharding-b", "sharding-c", strategy="weighted"),
    },
    phases=(
        Phase("one account", (Asks("sharding-one", REQUESTS),), _SCRIPT),
        Phase("two accounts", (Asks("sharding-two", REQUESTS),), _SCRIPT),
    ),
    figures=_figures,
)
