"""The AWS calls that one request waits for, counted on the emulated deployment: a new question, containers warm."""

import os
from collections import Counter

WARM_UP = 3

SEED = """
[tenants.bench]
limits = [{ per = "minute", requests = 1000 }, { per = "month", dollars = 1000 }]
[[keys]]
name = "bench"
tenant = "bench"
project = "bench"
"""

NOT_WAITED_FOR = frozenset({"audit", "settle"})
"""Functions behind the queues."""


SHARED = """
[routing]
version = "shared"
[routing.targets.shared]
provider = "simulated"
model = "simulated-1"
privacy = "private"
limits = { requests = 1000, tokens = 1000000 }
[routing.routes.demo]
targets = ["shared"]
"""
"""A target with limits of its own."""


def count(more: str = "") -> dict[str, int]:
    """`{"authorize TransactWriteItems": 1, ...}`: who calls what, without what runs behind the answer.

    `more` is what the seed says of targets.
    """
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
    from starlette.testclient import TestClient

    from sallyport_local.emulation import EmulatedGateway
    from sallyport_local.seed import read_seed, sow

    gateway = EmulatedGateway.open()
    try:
        key = sow(read_seed(SEED + more, "the benchmark"), gateway.backend)["bench"]
        client = TestClient(gateway.app, headers={"Authorization": f"Bearer {key}"})
        before: Counter[tuple[str, str]] = Counter()
        for number in range(WARM_UP + 1):
            before = Counter(gateway.recorder.operations)
            question = [{"role": "user", "content": f"Question {number} of ann@example.com"}]
            answer = client.post("/v1/chat/completions", json={"model": "demo", "messages": question})
            answer.raise_for_status()
        made = Counter(gateway.recorder.operations) - before
    finally:
        gateway.stop()
    return {f"{who} {call}": times for (who, call), times in sorted(made.items()) if who not in NOT_WAITED_FOR}
