"""Every handler in process on the embedded backend, with what the sample events rest on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.samples import place
from sallyport.composition import Services
from sallyport_local.backend import EmbeddedBackend
from sallyport_local.functions import Functions


@pytest.fixture(scope="session")
def loaded() -> Callable[[Services], Functions]:
    """The functions, loaded once; each test gives them its own services."""
    current: list[Services] = []
    functions = Functions(lambda name: current[-1])

    def on(services: Services) -> Functions:
        current[:] = [services]
        return functions

    return on


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    backend = EmbeddedBackend.open(tmp_path / "data")
    services = Services(backend)
    place(services)
    yield services
    backend.close()


@pytest.fixture
def invoke(services: Services, loaded: Callable[[Services], Functions], load_event: Any) -> Callable[..., Any]:
    """Call a function with a sample event, `function/case`, some of whose fields are changed."""

    def invoke(name: str, **changes: Any) -> Any:
        return loaded(services).invoke(name.partition("/")[0], load_event(name) | changes)

    return invoke
