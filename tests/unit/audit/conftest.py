"""A log on a real data folder, and tickets to write into it."""

from collections.abc import Callable, Iterator

import pytest

from sallyport.audit.log import AuditLog
from sallyport.composition import Services
from sallyport.contracts import Caller, Ticket
from sallyport_local.backend import EmbeddedBackend

NOON = 1_795_176_000.0  # 2026-11-20T12:00:00Z


@pytest.fixture
def backend(tmp_path) -> Iterator[EmbeddedBackend]:
    backend = EmbeddedBackend.open(tmp_path / "data")
    yield backend
    backend.close()


@pytest.fixture
def services(backend) -> Services:
    return Services(backend)


@pytest.fixture
def index(backend):
    return backend.records("audit_index")


@pytest.fixture
def writer(services, index) -> Callable[..., AuditLog]:
    """Another writer of the same log; `blobs` and `index` may be stand-ins around the real ones."""

    def make(*, blobs=services.backend.audit, index=index) -> AuditLog:
        return AuditLog(blobs, index, services.backend.signer, services.vault)

    return make


@pytest.fixture
def ticket() -> Callable[..., Ticket]:
    def make(number: int, *, tenant="acme", user=None, model="demo", at=NOON) -> Ticket:
        return Ticket(
            request_id=f"request-{number}",
            caller=Caller(tenant=tenant, project="fraud", key_id="k3v9x1m0q7ab", user=user),
            model=model,
            input_tokens=10,
            content_bytes=100,
            received_at=at + number,
            deadline=at + 300,
        )

    return make
