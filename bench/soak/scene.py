"""Who asks, which targets there are, and what goes wrong meanwhile."""

from sallyport_local.fleet.script import Fault, Latency, Quota, Script

GREEDY = "gamma"
"""The tenant that asks for more than its limit of requests has room for."""

TENANTS = ("alpha", "beta", GREEDY)

MODELS = ("spread", "sharded", "chat", "layered")

GREEDY_REQUESTS = 10
"""A minute. So few that a run of seconds has more, too."""

_CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"
_TARGETS = {
    "profile": ("bedrock", f"us.{_CLAUDE}", 'region = "us-east-1"'),
    "east": ("bedrock", _CLAUDE, 'region = "us-east-1"'),
    "west": ("bedrock", _CLAUDE, 'region = "us-west-2"'),
    "other-account": (
        "bedrock",
        _CLAUDE,
        'region = "us-east-1"\naccount_role = "arn:aws:iam::210987654321:role/models"',
    ),
    "gpt": ("openai", "gpt-4.1-mini", 'secret = "fleet/main"'),
    "spare": ("openai", "gpt-4.1-nano", 'secret = "fleet/main"'),
}
PRICES = {
    "profile": (3.3, 16.5),
    "east": (3.0, 15.0),
    "west": (3.0, 15.0),
    "other-account": (3.0, 15.0),
    "gpt": (0.4, 1.6),
    "spare": (0.1, 0.4),
}
"""Dollars for a million tokens, in and out."""

_ROUTES = {
    "spread": 'targets = ["profile", "spare"]',
    "sharded": 'targets = ["east", "other-account", "west"]\nstrategy = "weighted"',
    "chat": 'targets = ["gpt", "spare"]',
    "layered": 'targets = ["east", "west", "gpt"]',
}


def seed(fleet_url: str) -> str:
    """A seed file for `sallyport up`. Hanging targets are given up after 2 s."""
    lines = []
    for tenant in TENANTS:
        requests = GREEDY_REQUESTS if tenant == GREEDY else 1_000_000
        limits = f'[{{ per = "minute", requests = {requests} }}, {{ per = "month", dollars = 100000 }}]'
        lines += [f"[tenants.{tenant}]", f"limits = {limits}"]
        lines += ["[[keys]]", f'name = "{tenant}"', f'tenant = "{tenant}"', 'project = "soak"']
    lines += ["[routing]", 'version = "soak"']
    for name, (provider, model, more) in _TARGETS.items():
        base = fleet_url if provider == "bedrock" else f"{fleet_url}/v1"
        lines += [f"[routing.targets.{name}]", f'provider = "{provider}"', f'model = "{model}"', f'base_url = "{base}"']
        lines += [more, 'privacy = "cloud"', "timeout_seconds = 2", "idle_seconds = 2"]
        lines.append(f"price = {{ input = {PRICES[name][0]}, output = {PRICES[name][1]} }}")
    for name, route in _ROUTES.items():
        lines += [f"[routing.routes.{name}]", route, "cache_ttl_seconds = 0"]
    return "\n".join(lines) + "\n"


def script(seconds: float) -> Script:
    """Every minute a Region is out for 10 s and another slow; some calls fail, hang or break off all the time."""
    faults = [
        Fault(kind="fail", share=0.03, status=500),
        Fault(kind="cut", share=0.03, words=7),
        Fault(kind="hang", share=0.005),
        Fault(kind="error", share=0.01, words=3),
    ]
    for minute in range(int(seconds // 60) + 2):
        begins = 60.0 * minute
        faults += [
            Fault(kind="fail", region="us-east-1", begins=begins + 15, ends=begins + 25),
            Fault(kind="slow", region="us-west-2", begins=begins + 30, ends=begins + 40, seconds=0.5),
            Fault(kind="fail", provider="openai", status=429, retry_after=2, begins=begins + 45, ends=begins + 50),
        ]
    return Script(
        seed=4,
        latency=Latency(median=40, p99=400),
        pace=5,
        words=20,
        quotas=(Quota(account="210987654321", requests=15), Quota(model="gpt-4.1-mini", tokens=20_000)),
        faults=tuple(reversed(faults)),
    )
