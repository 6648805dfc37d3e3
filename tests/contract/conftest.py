"""The official SDKs on one side, a scripted provider on the other, and the embedded gateway between them, on sockets.

What is in `sdks` runs in environments without the gateway too, with other SDKs: against one that is handed over.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest

from tests.contract.claude import Claude
from tests.contract.provider import DistantProvider, Provider
from tests.contract.served import Served, handed_over
from tests.contract.wire import Wire, check

if TYPE_CHECKING:
    from tests.e2e.running import Running

# The SDKs and the frameworks read keys, addresses and much else there: whoever runs the tests may use them.
for _name in [each for each in os.environ if each.startswith(("ANTHROPIC_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_"))]:
    del os.environ[_name]

# These have an environment of their own, which test_environments starts.
collect_ignore = [] if handed_over() else ["frameworks"]

# What is compared to the letter is sent without a note, and in every script.
SEED = """
[tenants.acme]
limits = [{{ per = "month", dollars = 1000 }}]
explain_placeholders = false
unfamiliar_script = "allow"
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
[routing.targets.cut]
provider = "simulated"
model = "simulated-cut-after-2"
privacy = "private"
[routing.targets.denied]
provider = "simulated"
model = "simulated-fail-401"
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
[routing.routes.cut]
targets = ["cut"]
[routing.routes.denied]
targets = ["denied"]
"""

CLAUDES_KEY = "sk-ant-0001"

type Clients = Callable[..., openai.OpenAI]
type Messengers = Callable[..., anthropic.Anthropic]


@pytest.fixture(scope="session")
def served_provider() -> Iterator[Provider | DistantProvider]:
    there = handed_over()
    server = DistantProvider(there.provider) if there else Provider()
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
) -> "Iterator[Running]":
    """Keys are those of the end-to-end seed and two more; the routes are this suite's own."""
    # Not above: the environments of other SDKs do not have them.
    from sallyport_local.assembly import EmbeddedGateway
    from sallyport_local.seed import read_seed, sow
    from tests.e2e.running import serving

    folder = Path(tmp_path_factory.mktemp("contract")) / "data"
    opened = EmbeddedGateway.open(folder, {**os.environ, "SALLYPORT_SECRET_ANTHROPIC_MAIN": CLAUDES_KEY})
    with serving("embedded", opened, served_provider.url, folder) as running:
        seed = read_seed(SEED.format(url=served_provider.url, claude=served_claude.url), "the contract's seed")
        running.keys.update(sow(seed, running.gateway.backend))
        with pytest.MonkeyPatch.context() as patch:
            # What a provider does in one test is nothing to spare it in the next.
            patch.setattr(running.gateway.services.watch, "note", lambda target, outcome: None)
            yield running


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest) -> Served:
    """The gateway that was handed over, or this run's own."""
    if there := handed_over():
        return there
    running, provider = request.getfixturevalue("gateway"), request.getfixturevalue("served_provider")
    return Served(running.url, running.keys, provider.url)


@pytest.fixture
def provider(served_provider: Provider) -> Iterator[Provider]:
    """Nothing heard yet, and at the end nothing left to say."""
    served_provider.forget()
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
def clients(served: Served, wire: Wire) -> Iterator[Clients]:
    """Makes a client for a key by its name; it does not retry unless it is told to."""
    with openai.DefaultHttpxClient(verify=False, event_hooks=wire.sync_hooks()) as http:

        def make(key: str = "app", **options: Any) -> openai.OpenAI:
            given = {"base_url": f"{served.url}/v1", "api_key": served.keys.get(key, key), "max_retries": 0}
            return openai.OpenAI(http_client=http, **(given | options))

        yield make


@pytest.fixture
def client(clients: Clients) -> openai.OpenAI:
    return clients()


@pytest.fixture
def messengers(served: Served, wire: Wire) -> Iterator[Messengers]:
    """Like `clients`, of Anthropic's SDK."""
    with anthropic.DefaultHttpxClient(verify=False, event_hooks=wire.sync_hooks()) as http:

        def make(key: str = "app", **options: Any) -> anthropic.Anthropic:
            given = {"base_url": served.url, "api_key": served.keys.get(key, key), "max_retries": 0}
            return anthropic.Anthropic(http_client=http, **(given | options))

        yield make


@pytest.fixture
def messenger(messengers: Messengers) -> anthropic.Anthropic:
    return messengers()
