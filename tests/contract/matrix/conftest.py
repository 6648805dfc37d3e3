"""One embedded gateway before all providers, which say again what was recorded; and what passed, cell by cell."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.seed import read_seed, sow
from tests.contract.matrix.cells import Cell
from tests.contract.matrix.dialects import PATHS, question
from tests.contract.matrix.document import FEATURES, RECORDED
from tests.contract.matrix.recordings import Replaying
from tests.e2e.running import serving

SEED = """
[tenants.acme]
explain_placeholders = false
[[keys]]
name = "matrix"
tenant = "acme"
project = "web"

[routing]
version = "matrix"
[routing.targets.openai]
provider = "openai"
base_url = "{url}/v1"
model = "local-1"
privacy = "cloud"
[routing.targets.bedrock]
provider = "bedrock"
base_url = "{url}"
region = "eu-west-1"
model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
privacy = "cloud"
[routing.targets.anthropic]
provider = "anthropic"
base_url = "{url}"
model = "claude-sonnet-4-5-20250929"
privacy = "cloud"
[routing.targets.simulated]
provider = "simulated"
model = "simulated-1"
privacy = "private"
[routing.routes.openai]
targets = ["openai"]
cache_ttl_seconds = 0
[routing.routes.bedrock]
targets = ["bedrock"]
cache_ttl_seconds = 0
[routing.routes.anthropic]
targets = ["anthropic"]
cache_ttl_seconds = 0
[routing.routes.simulated]
targets = ["simulated"]
cache_ttl_seconds = 0
"""

type Ask = Callable[[str, str, bool, dict[str, Any]], httpx.Response]


@pytest.fixture(scope="session")
def replaying() -> Iterator[Replaying]:
    server = Replaying()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs what Bedrock is sent; nobody checks."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture(scope="session")
def asking(replaying: Replaying, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks in a dialect for a provider, whole or as a stream."""
    folder = tmp_path_factory.mktemp("matrix") / "data"
    gateway = EmbeddedGateway.open(folder, os.environ)
    with serving("embedded", gateway, replaying.url, folder) as running:
        keys = sow(read_seed(SEED.format(url=replaying.url), "the matrix's seed"), gateway.backend)
        headers = {"authorization": f"Bearer {keys['matrix']}"}
        with httpx.Client(base_url=running.url, headers=headers, timeout=30) as client:

            def ask(dialect: str, provider: str, stream: bool, fields: dict[str, Any]) -> httpx.Response:
                return client.post(PATHS[dialect], json=question(dialect, provider, stream, fields))

            yield ask


PASSED = pytest.StashKey[set[Cell]]()
ASKED = pytest.StashKey[set[Cell]]()
"""The cells of the tests that were chosen for this run."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PASSED], config.stash[ASKED] = set(), set()


def cell_of(item: pytest.Item) -> Cell | None:
    return item.callspec.params.get("cell") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The document comes last, when it is known what passed."""
    config.stash[ASKED] |= {cell for item in items if (cell := cell_of(item))}
    items.sort(key=lambda item: "passed_cells" in getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "call" and report.passed and (cell := cell_of(item)):
        item.config.stash[PASSED].add(cell)
    return report


@pytest.fixture
def passed_cells(request: pytest.FixtureRequest) -> set[Cell]:
    """Of the whole matrix: it is no result when only a part of it was chosen."""
    left_out = {*FEATURES, *RECORDED} - request.config.stash[ASKED]
    if left_out:
        pytest.skip(f"{len(left_out)} cells of the matrix were not chosen, so what passed is no whole table")
    return request.config.stash[PASSED]
