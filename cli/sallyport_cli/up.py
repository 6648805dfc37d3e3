"""`sallyport up`: the whole gateway in one process, on a folder of this machine or on an emulated AWS."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sallyport_cli.failures import fail, warn
from sallyport_cli.place import DATA_VARIABLE, DEFAULT_DATA

if TYPE_CHECKING:
    from sallyport_local.assembly import Gateway
    from sallyport_local.seed import Seed

NEXT = (
    ("sallyport trace REQUEST_ID", "the path of one request, with every decision's reason"),
    ("sallyport audit verify", "the log of who asked what, checked from end to end"),
    ("sallyport usage", "what it cost"),
)

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - to tell whoever listens there which address to call


@click.command()
@click.option("--port", default=8787, show_default=True, type=click.IntRange(0, 65535), help="Where to listen; 0: any.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_DATA,
    envvar=DATA_VARIABLE,
    show_default=True,
    show_envvar=True,
    help="Folder that keeps keys, limits, cache, usage and audit.",
)
@click.option("--seed", type=click.Path(dir_okay=False, path_type=Path), help="Tenants, keys and routes to start with.")
@click.option("--emulate-aws", is_flag=True, help="Rehearse the deployment: template.yaml on an AWS in this process.")
@click.option("--deliver-twice", is_flag=True, help="Drill: hand every queued message over twice.")
@click.option(
    "--finish-seconds",
    type=click.IntRange(0, 300),
    default=10,
    show_default=True,
    help="When told to stop: how long requests and streams may take to finish, before streams are cut.",
)
@click.option(
    "--most-at-once",
    type=click.IntRange(1, 4096),
    default=256,
    show_default=True,
    help="Requests that may run at once, each in a thread. More get a 503; one tenant gets 7/8 of it at most.",
)
@click.option(
    "--probe",
    type=click.Choice(["off", "open", "all"]),
    default="off",
    show_default=True,
    help="Ask targets something tiny by itself: those that are skipped, or all. It costs what they cost.",
)
@click.option(
    "--probe-every",
    type=click.Choice(["1 minute", "5 minutes", "15 minutes", "1 hour"]),
    default="5 minutes",
    show_default=True,
    help="How often.",
)
def up(
    port: int,
    host: str,
    data: Path,
    seed: Path | None,
    emulate_aws: bool,
    deliver_twice: bool,
    finish_seconds: int,
    most_at_once: int,
    probe: Literal["off", "open", "all"],
    probe_every: str,
) -> None:
    """Serve the gateway on this machine. Needs no AWS account, no container engine and no service.

    \b
    Example:
      sallyport up --port 9000 --data /var/lib/sallyport --seed tenants.toml
    """
    if emulate_aws and probe != "off":
        raise click.UsageError("The emulated AWS runs no schedule: leave --probe out.")
    started = time.monotonic()
    click.echo("Starting Sallyport ...")
    # There is no X-Ray daemon here, and the functions' tracer asks for this when it is imported.
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
    from sallyport_local.observability import log_to
    from sallyport_local.server import PortBusyError, bind, is_open_to_others, server

    try:
        listening = bind(host, port)
    except PortBusyError as error:
        fail(str(error))
    if is_open_to_others(listening):
        warn("Others can reach this address, and read keys and prompts on the way: put a proxy with TLS in front.")
    seeds = _seed(seed)
    click.echo("  the emulated AWS ..." if emulate_aws else "  functions, workflow and data folder ...")
    if emulate_aws:
        gateway = _emulated()
    else:
        gateway = _embedded(data, deliver_twice, most_at_once, None if probe == "off" else probe, probe_every)
    try:
        log_to(data / "logs" / ("emulated.jsonl" if emulate_aws else "functions.jsonl"))
        keys = _sown(seeds, gateway)
        gateway.start()
        _welcome(host, listening.getsockname()[1], data, keys, emulate_aws, time.monotonic() - started)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops as Ctrl-C does
        server(gateway.app, gateway.streams, finish_seconds=finish_seconds).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        click.echo("Stopping: delivering what is still queued ...")
        drained = gateway.stop()
    click.echo("Stopped." if drained else "Stopped; what is still queued is delivered at the next start.")


def _seed(path: Path | None) -> Seed:
    from sallyport_local.seed import DEMO, SeedError, read_seed, read_seed_file

    try:
        return read_seed_file(path) if path else read_seed(DEMO, "the demo")
    except SeedError as error:
        fail(str(error))


def _sown(seeds: Seed, gateway: Gateway) -> dict[str, str]:
    from sallyport_local.seed import SeedError, sow

    try:
        return sow(seeds, gateway.backend)
    except SeedError as error:
        fail(str(error))


def _embedded(
    data: Path, deliver_twice: bool, most_at_once: int, probe: Literal["open", "all"] | None, probe_every: str
) -> Gateway:
    from sallyport.settings import WrongSettingError
    from sallyport_local.assembly import EmbeddedGateway
    from sallyport_local.folder import DataFolderError
    from sallyport_local.schedule import EVERY

    try:
        return EmbeddedGateway.open(
            data,
            os.environ,
            deliver_twice=deliver_twice,
            most_at_once=most_at_once,
            probe=probe,
            probe_seconds=EVERY[probe_every],
        )
    except (DataFolderError, WrongSettingError) as error:
        fail(str(error))


def _emulated() -> Gateway:
    try:
        from sallyport_local.emulation import EmulatedGateway, TemplateError
    except ImportError as error:
        fail(f"The emulation needs {error.name}, which only the development environment has: make setup")
    try:
        return EmulatedGateway.open()
    except TemplateError as error:
        fail(str(error))


def _welcome(host: str, port: int, data: Path, keys: dict[str, str], emulated: bool, seconds: float) -> None:
    url = f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}"
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
""")
    click.echo("Look next:" if not emulated else "Keys, traces and audit of the emulated AWS end with it.")
    where = "" if data == DEFAULT_DATA else f" --data {data}"
    width = max(len(command) for command, _ in NEXT) + len(where)
    for command, shows in () if emulated else NEXT:
        click.echo(f"  {command + where:<{width}}   {shows}")
    click.echo("Ctrl-C stops.")
