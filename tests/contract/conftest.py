"""The official SDK on one side, a scripted provider on the other, and the embedded gateway between them, on sockets."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.seed import read_seed, sow
from tests.contract.claude import Claude
from tests.contract.provider import Provider
from tests.contract.wire import Wire, check
from tests.e2e.running import Running, serving

SEED = """
[tenants.full]
limits = [{{ per = "day", requests = 0 }}]
[tenants.hasty]
limits = [{{ per = "month", dollars = 1000 }}]
[[keys]]
name = "full"
tenant = "full"
project = "web"
[[keys]]
name = "hasty"
tenant = "hasty"
project = "web"

[routing]
version = "contract"
[routing.targets.echo]
provider = "openai"
base_url = "{url}"
model = "echo-1"
privacy = "cloud"
timeout_seconds = 30
price = {{ input = 2.0, output = 8.0 }}
[routing.targets.vectors]
provider = "openai"
operation = "embed"
base_url = "{url}"
model = "vectors-1"
privacy = "cloud"
price = {{ input = 2.0 }}
[routing.targets.hashed]
provider = "simulated"
operation = "embed"
model = "simulated-embedding-1"
privacy = "private"
[routing.targets.busy-vectors]
provider = "simulated"
operation = "embed"
model = "simulated-fail-503-after-1s"
privacy = "private"
[routing.targets.claude]
provider = "anthropic"
base_url = "{claude}"
model = "claude-sonnet-4-5"
secret = "anthropic/main"
privacy = "cloud"
timeout_seconds = 30
[routing.targets.simulated]
provider = "simulated"
model = "simulated-1"
privacy = "private"
[routing.targets.busy]
provider = "simulated"
model = "simulated-fail-503-after-1s"
privacy = "private"
[routing.targets.hanging]
provider = "simulated"
model = "simulated-fail-hang"
privacy = "private"
[routing.routes.echo]
targets = ["echo"]
cache_ttl_seconds = 0
[routing.routes.vectors]
targets = ["vectors"]
cache_ttl_seconds = 0
[routing.routes.hashed]
targets = ["hashed"]
[routing.routes.busy-vectors]
targets = ["busy-vectors"]
[routing.routes.claude]
targets = ["claude"]
cache_ttl_seconds = 0
[routing.routes.cached]
targets = ["echo"]
[routing.routes.simulated]
targets = ["simulated"]
cache_ttl_seconds = 0
[routing.routes.busy]
targets = ["busy"]
[routing.routes.hanging]
targets = ["hanging", "simulated"]
[routing.routes.alone]
targets = ["hanging"]
"""

CLAUDES_KEY = "sk-ant-0001"

type Clients = Callable[..., openai.OpenAI]


@pytest.fixture(scope="session")
def served_provider() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.close()


@pytest.fixture(scope="session")
def served_claude() -> Iterator[Claude]:
    server = Claude()
    yield server
    server.close()


@pytest.fixture(scope="session")
def gateway(
    served_provider: Provider, served_claude: Claude, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Keys are those of the end-to-end seed and two more; the routes are this suite's own."""
    folder = Path(tmp_path_factory.mktemp("contract")) / "data"
    opened = EmbeddedGateway.open(folder, {**os.environ, "SALLYPORT_SECRET_ANTHROPIC_MAIN": CLAUDES_KEY})
    with serving("embedded", opened, served_provider.url, folder) as running:
        seed = read_seed(SEED.format(url=served_provider.url, claude=served_claude.url), "the contract's seed")
        running.keys.update(sow(seed, running.gateway.backend))
        yield running


@pytest.fixture
def provider(served_provider: Provider) -> Iterator[Provider]:
    """Nothing heard yet, and at the end nothing left to say."""
    served_provider.requests.clear()
    served_provider.replies.clear()
    yield served_provider
    assert not served_provider.replies, "replies that nobody asked for"


@pytest.fixture
def claude(served_claude: Claude) -> Iterator[Claude]:
    """Nothing heard yet, and at the end nothing left to say."""
    served_claude.requests.clear()
    served_claude.headers.clear()
    served_claude.replies.clear()
    yield served_claude
    assert not served_claude.replies, "replies that nobody asked for"


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Whatever a test is about, all that the gateway said during it must fit the SDK's types."""
    recorded = Wire()
    yield recorded
    assert recorded.asked_at, "nothing went over the wire"
    for response in recorded.responses:
        check(response)


@pytest.fixture
def clients(gateway: Running, wire: Wire) -> Iterator[Clients]:
    """Makes a client for a key by its name; it does not retry unless it is told to."""
    with openai.DefaultHttpxClient(event_hooks=wire.sync_hooks()) as http:

        def make(key: str = "app", **options: Any) -> openai.OpenAI:
            given = {"base_url": f"{gateway.url}/v1", "api_key": gateway.keys.get(key, key), "max_retries": 0}
            return openai.OpenAI(http_client=http, **(given | options))

        yield make


@pytest.fixture
def client(clients: Clients) -> openai.OpenAI:
    return clients()
