"""`sallyport up`: the whole gateway in one process, on a folder of this machine or on an emulated AWS."""

import contextlib
import os
import time
from pathlib import Path

import click

from sallyport_cli.failures import fail

DEFAULT_DATA = Path(".sallyport")


@click.command()
@click.option("--port", default=8787, show_default=True, type=click.IntRange(0, 65535), help="Where to listen.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; loopback unless you mean it.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=DEFAULT_DATA, show_default=True,
    help="Folder that keeps keys, limits, cache, usage and audit.",
)  # fmt: skip
@click.option("--seed", type=click.Path(dir_okay=False, path_type=Path), help="Tenants, keys and routes to start with.")
@click.option("--emulate-aws", is_flag=True, help="Rehearse the deployment: template.yaml on an AWS in this process.")
@click.option("--deliver-twice", is_flag=True, help="Drill: hand every queued message over twice.")
def up(port: int, host: str, data: Path, seed: Path | None, emulate_aws: bool, deliver_twice: bool) -> None:
    """Serve the gateway on this machine. Needs no AWS account, no container engine and no service."""
    started = time.monotonic()
    click.echo("Starting Sallyport ...")
    from sallyport_local.logs import quiet_powertools
    from sallyport_local.server import PortBusyError, bind

    quiet_powertools()
    try:
        listening = bind(host, port)
    except PortBusyError as error:
        fail(str(error))
    port = listening.getsockname()[1]
    click.echo("  functions, workflow and policies ...")
    gateway, keys = _emulated(seed) if emulate_aws else _embedded(data, seed, deliver_twice)
    gateway.start()
    _welcome(host, port, data, keys, emulate_aws, time.monotonic() - started)
    from sallyport_local.server import server

    with contextlib.suppress(KeyboardInterrupt):
        server(gateway.app).run(sockets=[listening])
    click.echo("Stopping: delivering what is still queued ...")
    drained = gateway.stop()
    click.echo("Stopped." if drained else "Stopped; what is still queued is delivered at the next start.")


def _embedded(data: Path, seed: Path | None, deliver_twice: bool):  # type: ignore[no-untyped-def]
    from sallyport_local.assembly import EmbeddedGateway
    from sallyport_local.folder import DataFolderError
    from sallyport_local.logs import log_to
    from sallyport_local.seed import DEMO, SeedError, read_seed, read_seed_file, sow

    try:
        seeds = read_seed_file(seed) if seed else read_seed(DEMO, "the demo")
        gateway = EmbeddedGateway.open(data, os.environ, deliver_twice=deliver_twice)
    except (DataFolderError, SeedError) as error:
        fail(str(error))
    log_to(data / "logs" / "functions.jsonl")
    return gateway, sow(seeds, gateway.backend)


def _emulated(seed: Path | None):  # type: ignore[no-untyped-def]
    fail("not yet")


def _welcome(host: str, port: int, data: Path, keys: dict[str, str], emulated: bool, seconds: float) -> None:
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{port}"
    click.secho(f"\nSallyport serves on {url}  ({seconds:.1f} s)", bold=True)
    click.echo(f"  data     {'an emulated AWS, gone at the end' if emulated else data.resolve()}")
    for name, key in keys.items():
        click.echo(f"  key      {name}: {key}   (shown this once)")
    key = next(iter(keys.values()), "YOUR_KEY")
    if not keys:
        click.echo("  key      made earlier; another one: sallyport keys create --tenant demo --project playground")
    click.echo(f"""
Try it:
  curl {url}/v1/chat/completions -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
    -d '{{"model": "demo", "messages": [{{"role": "user", "content": "Write to ann@example.com"}}]}}'

Look next:
  sallyport trace REQUEST_ID      the path of one request, with every decision's reason
  sallyport audit verify          the log of who asked what, checked from end to end
  sallyport usage                 what it cost
Ctrl-C stops.""")
