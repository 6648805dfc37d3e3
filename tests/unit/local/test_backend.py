"""Every port on one folder."""

import os
import stat
import subprocess
import sys

import pytest

from sallyport.composition import Services
from sallyport.contracts import Hold, Purpose, Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.redis_cache import RedisCache
from sallyport.redis_ledger import RedisLedger
from sallyport.settings import WrongSettingError
from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.backend import EmbeddedBackend
from sallyport_local.folder import DataFolderError


@pytest.fixture
def backend(tmp_path):
    backend = EmbeddedBackend.open(tmp_path / "data", serving=True)
    yield backend
    backend.close()


def test_everything_survives_a_restart(tmp_path):
    hold = Hold(scope="rpm", limit=10, amount=3)
    with_before = EmbeddedBackend.open(tmp_path)
    with_before.records("keys").put("acme", "k1", {"name": "key"})
    with_before.ledger.reserve(Reservation(request_id="request-1", holds=(hold,), expires_at=2000), now=1000)
    with_before.cache.put("key", b"answer", expires_at=2**40)
    address = with_before.content.put("content/acme/1", b"sealed")
    with_before.audit.create("audit/1", b"batch")
    with_before.events.publish("completed")
    sealed = Services(with_before).vault.seal(b"prompt", "acme", Purpose.CONTENT, name="request-1")
    secrets = with_before.key_macs.secret("api-keys"), with_before.cache_macs.secret("cache/acme")
    key_id = with_before.signer.key_id
    with_before.close()

    after = EmbeddedBackend.open(tmp_path, serving=True)
    assert after.records("keys").get("acme", "k1").body == {"name": "key"}
    assert after.ledger.taken("rpm") == 3
    assert after.cache.get("key", now=1000) == b"answer"
    assert (after.content.get(address), after.audit.get("audit/1")) == (b"sealed", b"batch")
    assert [each.body for each in after.events.waiting("settle", 10)] == ["completed"]
    assert Services(after).vault.open(sealed, "acme", Purpose.CONTENT) == b"prompt"
    assert (after.key_macs.secret("api-keys"), after.cache_macs.secret("cache/acme")) == secrets
    assert after.signer.key_id == key_id
    after.close()


def test_a_second_server_is_refused_and_the_command_line_is_not(backend):
    with pytest.raises(DataFolderError, match=f"process {os.getpid()}"):
        EmbeddedBackend.open(backend.folder.path, serving=True)
    beside = EmbeddedBackend.open(backend.folder.path)
    beside.records("keys").put("acme", "k1", {})
    beside.close()
    assert backend.records("keys").get("acme", "k1")


def test_a_refused_server_leaves_the_folder_to_the_next(tmp_path):
    EmbeddedBackend.open(tmp_path).close()
    whole = (tmp_path / "sallyport.db").read_bytes()
    (tmp_path / "sallyport.db").write_bytes(b"\xa5" * len(whole))
    with pytest.raises(DataFolderError, match="damaged"):
        EmbeddedBackend.open(tmp_path, serving=True)
    (tmp_path / "sallyport.db").write_bytes(whole)
    EmbeddedBackend.open(tmp_path, serving=True).close()


def test_a_passphrase_protects_the_folder(tmp_path):
    protected = {"SALLYPORT_PASSPHRASE": "correct horse"}
    EmbeddedBackend.open(tmp_path, environment=protected).close()
    EmbeddedBackend.open(tmp_path, environment=protected).close()
    with pytest.raises(DataFolderError, match="Set SALLYPORT_PASSPHRASE"):
        EmbeddedBackend.open(tmp_path)


def test_only_the_owner_may_enter(backend):
    folder = backend.folder
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.path, folder.keyring, folder.database)]
    assert modes == [0o700, 0o600, 0o600]


def test_the_cache_is_redis_when_an_address_says_so(tmp_path):
    backend = EmbeddedBackend.open(tmp_path, environment={"CACHE_URL": "redis://127.0.0.1:1"})
    assert isinstance(backend.cache, RedisCache)
    backend.close()


def test_the_ledger_is_redis_when_an_address_says_so(tmp_path):
    backend = EmbeddedBackend.open(tmp_path, environment={"LEDGER_URL": "redis://127.0.0.1:1"})
    assert isinstance(backend.ledger, RedisLedger)
    backend.close()


def test_credentials_come_from_the_environment_it_was_given(tmp_path):
    backend = EmbeddedBackend.open(tmp_path, environment={"SALLYPORT_SECRET_OPENAI_MAIN": "sk-1"})
    assert backend.secrets.get("openai/main") == "sk-1"
    backend.close()


def test_workflows_run_only_where_somebody_runs_them(backend):
    with pytest.raises(RuntimeError, match="assign `workflows`"):
        _ = backend.workflows
    engine = object()
    backend.workflows = engine
    assert backend.workflows is engine


def test_tidying_gives_back_what_expired_and_deletes_yesterdays_content(backend):
    held = Reservation(request_id="request-1", holds=(Hold(scope="rpm", limit=10, amount=3),), expires_at=1_000_000)
    backend.ledger.reserve(held, now=999_000)
    old, young = backend.content.put("content/old", b"sealed"), backend.content.put("content/young", b"sealed")
    os.utime(backend.folder.content / "content" / "old", (1_000_000, 1_000_000))
    backend.audit.create("audit/1", b"batch")
    os.utime(backend.folder.audit / "audit" / "1", (1_000_000, 1_000_000))
    backend.tidy(now=1_000_000 + 86_401)
    assert backend.ledger.taken("rpm") == 0
    assert (backend.content.get(old), backend.content.get(young)) == (None, b"sealed")
    assert backend.audit.get("audit/1") == b"batch"


def test_after_closing_every_store_is_unavailable(tmp_path):
    backend = EmbeddedBackend.open(tmp_path)
    backend.close()
    with pytest.raises(StoreUnavailableError):
        backend.events.publish("completed")
    with pytest.raises(StoreUnavailableError):
        backend.records("keys").get("acme", "k1")


@pytest.mark.parametrize("setting", [{}, {"SECOND_OPINION": ""}, {"SECOND_OPINION": "none"}])
def test_asks_nobody_for_a_second_opinion_unless_told(setting, tmp_path):
    backend = EmbeddedBackend.open(tmp_path, environment=setting)
    assert backend.adviser is None
    backend.close()


def test_a_gateway_whose_second_opinion_cannot_be_asked_does_not_start_and_frees_its_folder(tmp_path):
    with pytest.raises(WrongSettingError, match="SECOND_OPINION is none, comprehend or guardrail"):
        EmbeddedGateway.open(tmp_path, {"SECOND_OPINION": "yes"})
    EmbeddedBackend.open(tmp_path, serving=True).close()


def test_who_asks_nobody_loads_nothing_for_it(tmp_path):
    program = (
        "import sys, pathlib, sallyport.opinion; from sallyport_local.backend import EmbeddedBackend; "
        f"assert EmbeddedBackend.open(pathlib.Path({str(tmp_path)!r})).adviser is None; "
        "assert not {'botocore', 'sallyport.aws.advisers'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
