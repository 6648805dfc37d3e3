"""A fleet that serves from a thread, for clients of its providers."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from sallyport_local.fleet.app import App
from sallyport_local.fleet.fleet import Fleet
from sallyport_local.fleet.script import Script
from sallyport_local.server import bind


@dataclass(frozen=True)
class Serving:
    fleet: Fleet
    url: str

    def load(self, **script: Any) -> None:
        assert httpx.put(f"{self.url}/fleet/script", json=script).status_code == 200

    def calls(self) -> list[dict[str, Any]]:
        """Those that have ended by now."""
        return list(httpx.get(f"{self.url}/fleet/calls").json()["calls"])


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    fleet = Fleet(Script(), time.monotonic)
    listening = bind("127.0.0.1", 0)
    config = uvicorn.Config(App(fleet), lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    uvicorn_server = uvicorn.Server(config)
    thread = threading.Thread(target=uvicorn_server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield Serving(fleet, f"http://127.0.0.1:{listening.getsockname()[1]}")
    uvicorn_server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def serving(server: Serving) -> Serving:
    server.load()
    return server
