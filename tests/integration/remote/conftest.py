"""A host with a certificate of its own, and a fetcher for which it is the internet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sallyport.remote.fetching import Fetcher
from tests.integration.remote.host import Host, Internet, certificate


@pytest.fixture(scope="session")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def host(pem: Path) -> Iterator[Host]:
    served = Host(pem)
    yield served
    served.close()


@pytest.fixture
def internet(host: Host) -> Internet:
    return Internet(host)


@pytest.fixture
def fetcher(internet: Internet) -> Fetcher:
    return Fetcher(resolve=internet.resolve, dial=internet.dial, tls=internet.tls)
