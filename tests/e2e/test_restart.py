"""What a data folder keeps when its gateway stops, and what it refuses to start with."""

import os
from pathlib import Path

import pytest

from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.folder import DataFolderError
from tests.e2e.conftest import SECRET
from tests.e2e.running import Running, serving
from tests.e2e.upstream import Upstream

ENVIRONMENT = {**os.environ, "SALLYPORT_SECRET_OPENAI_MAIN": SECRET}


def test_keys_limits_cache_usage_and_audit_survive_a_restart(tmp_path: Path, upstream: Upstream):
    with serving("first", EmbeddedGateway.open(tmp_path, ENVIRONMENT), upstream.url, tmp_path) as first:
        keys = first.keys
        answered = first.ask("What is kept?")
        limited = [first.ask(f"Number {number}", key="small").status_code for number in range(3)]
    with serving("second", EmbeddedGateway.open(tmp_path, ENVIRONMENT), upstream.url, tmp_path) as second:
        assert second.keys == {}, "the seed makes no key twice"
        again = Running("second", second.gateway, second.url, keys, tmp_path)
        hit = again.ask("What is kept?")
        fourth = again.ask("Number 4", key="small")
        ticket = again.audited(answered.headers["x-request-id"])
        assert ticket is not None
        bill = again.billed(answered.headers["x-request-id"], ticket)

    assert limited == [200, 200, 200]
    assert hit.headers["x-sallyport-cache"] == "hit"
    assert fourth.status_code == 429
    assert bill is not None
    assert bill.cost > 0


def test_a_second_server_on_the_same_folder_is_told_so(tmp_path: Path):
    gateway = EmbeddedGateway.open(tmp_path, ENVIRONMENT)
    gateway.start()
    with pytest.raises(DataFolderError, match=r"in use|another"):
        EmbeddedGateway.open(tmp_path, ENVIRONMENT)
    gateway.stop()


def test_a_damaged_folder_is_refused_with_what_to_do(tmp_path: Path):
    gateway = EmbeddedGateway.open(tmp_path, ENVIRONMENT)
    gateway.start()
    gateway.stop()
    database = tmp_path / "sallyport.db"
    database.write_bytes(b"not a database at all" * 100)

    with pytest.raises(DataFolderError, match="backup"):
        EmbeddedGateway.open(tmp_path, ENVIRONMENT)
