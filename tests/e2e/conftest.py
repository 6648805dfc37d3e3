import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.emulation import EmulatedGateway
from tests.e2e.running import Running, serving
from tests.e2e.upstream import Upstream

SECRET = "provider-credential-0001"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    yield server
    server.close()


@pytest.fixture(scope="module")
def embedded(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = Path(tmp_path_factory.mktemp("embedded")) / "data"
    environment = {**os.environ, "SALLYPORT_SECRET_OPENAI_MAIN": SECRET}
    with serving("embedded", EmbeddedGateway.open(folder, environment), upstream.url, folder) as running:
        yield running


@pytest.fixture(scope="module")
def emulated(upstream: Upstream) -> Iterator[Running]:
    """Whatever a module asks of it, no function may be refused a call by its own role."""
    gateway = EmulatedGateway.open(secrets={"openai/main": SECRET})
    with serving("emulated", gateway, upstream.url, None) as running:
        yield running
    assert not gateway.recorder.denied


@pytest.fixture(scope="module", params=["embedded", "emulated"])
def running(request: pytest.FixtureRequest) -> Running:
    """Every case runs on both backends."""
    gateway: Running = request.getfixturevalue(request.param)
    return gateway


@pytest.fixture(autouse=True)
def well_again(request: pytest.FixtureRequest) -> None:
    """What failed in one test is not skipped in the next."""
    if "running" in request.fixturenames:
        running: Running = request.getfixturevalue("running")
        running.forget_health()
