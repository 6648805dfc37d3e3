"""The commands on a real data folder, filled by the domain's own functions."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sallyport.attempts import Inference, Usage
from sallyport.composition import Services
from sallyport.contracts import (
    Authorization,
    CacheDecision,
    Caller,
    Completed,
    Failure,
    RedactionDecision,
    RedactionPolicy,
    Reservation,
    Route,
    RouteTarget,
    Ticket,
)
from sallyport.settlement import settle
from sallyport_cli.main import main
from sallyport_local.backend import EmbeddedBackend

NOON = 1_795_176_000.0  # 2026-11-20T12:00:00Z
DAY = 86_400


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch, tmp_path):
    """Neither this machine's gateway nor its AWS credentials."""
    for name in ("SALLYPORT_DATA", "SALLYPORT_PASSPHRASE", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def folder(tmp_path) -> Path:
    """Of a gateway that was started once."""
    path = tmp_path / "data"
    EmbeddedBackend.open(path).close()
    return path


@pytest.fixture
def backend(folder):
    """Open beside the commands, as a server would have it."""
    backend = EmbeddedBackend.open(folder)
    yield backend
    backend.close()


@pytest.fixture
def services(backend) -> Services:
    return Services(backend)


@pytest.fixture
def invoke() -> Callable[..., Result]:
    """A command, without its data folder: its result with stdout, stderr and exit_code."""

    def run(*arguments: str, text: str | None = None, folder: Path | None = None) -> Result:
        environment = {"SALLYPORT_DATA": str(folder)} if folder else None
        return CliRunner(mix_stderr=False).invoke(main, arguments, input=text, env=environment)

    return run


@pytest.fixture
def run(folder, invoke) -> Callable[..., Result]:
    """A command on the folder."""

    def on_the_folder(*arguments: str, text: str | None = None) -> Result:
        return invoke(*arguments, text=text, folder=folder)

    return on_the_folder


@pytest.fixture
def run_json(run):
    """What a command that must succeed prints with --json."""

    def parsed(*arguments: str, text: str | None = None):
        result = run(*arguments, "--json", text=text)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return parsed


@pytest.fixture
def ticket() -> Callable[..., Ticket]:
    """A request that was answered by `simulated`, unless told otherwise."""

    def make(
        number: int,
        *,
        tenant="acme",
        project="fraud",
        key_id="k3v9x1m0q7ab",
        user=None,
        model="demo",
        at=NOON,
        tokens=(10, 5),
        cost=1500,
        cache="miss",
        failure=None,
        attempts=(),
    ) -> Ticket:
        request_id = f"request-{number}"
        free = cache == "hit"
        inference = Inference(
            target="simulated",
            provider="simulated",
            model="simulated-1",
            usage=Usage(input_tokens=0 if free else tokens[0], output_tokens=0 if free else tokens[1]),
            stop_reason="stop",
            latency_ms=12,
            cost=0 if free else cost,
            reason="first target of demo",
        )
        route = Route(
            alias=model,
            targets=(RouteTarget(name="simulated", privacy="private"),),
            cache_ttl_seconds=60,
            table_version="packaged-1",
        )
        return Ticket(
            request_id=request_id,
            caller=Caller(tenant=tenant, project=project, key_id=key_id, user=user),
            model=model,
            input_tokens=tokens[0],
            content_bytes=100,
            received_at=at,
            deadline=at + 300,
            authorization=Authorization(
                max_tokens=1024,
                route=route,
                reservation=Reservation(request_id=request_id, holds=(), expires_at=int(at) + 300),
                redaction=RedactionPolicy(),
                reason="allowed by tenant/acme",
            ),
            redaction=RedactionDecision(
                findings={"EMAIL": 1}, masked=1, sensitivity="internal", reason="1 EMAIL masked"
            ),
            cache=CacheDecision(outcome=cache, reason="not asked before" if cache == "miss" else "asked before"),
            attempts=attempts,
            inference=None if failure else inference,
            failure=failure and Failure(error=failure, cause='{"message":"Every target failed."}'),
        )

    return make


@pytest.fixture
def settled(services) -> Callable[..., None]:
    """Bill tickets as the settle function does."""

    def bill(*tickets: Ticket) -> None:
        backend = services.backend
        for each in tickets:
            settle(Completed(ticket=each), backend.ledger, backend.records("usage"), backend.cache, NOON)

    return bill
