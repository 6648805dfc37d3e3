"""`sallyport drill`: show what the gateway does when its providers throttle, fail and stall."""

import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from sallyport_cli.arguments import as_json
from sallyport_cli.drill.chart import chart
from sallyport_cli.drill.playing import Player, Result
from sallyport_cli.drill.processes import NotStartedError, fleet, gateway
from sallyport_cli.drill.scenario import Scenario
from sallyport_cli.drill.scenarios import SCENARIOS
from sallyport_cli.drill.seeding import seed_of
from sallyport_cli.failures import REFUSED, fail
from sallyport_cli.output import counted, print_json, print_table


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", type=click.Choice(list(SCENARIOS)))
@click.option("--list", "only_list", is_flag=True, help="List the scenarios, and play none.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder for the gateway, which is kept to look into. Without it, one that is removed.",
)
@click.option(
    "--chart", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures as a picture (SVG)."
)
@as_json
def drill(names: tuple[str, ...], only_list: bool, data: Path | None, file: Path | None, as_json: bool) -> None:
    """Rehearse throttles and outages.

    Starts a fleet of simulated providers and a gateway in front of it, asks that for answers over HTTP, and holds what
    comes of it to what must: cross-Region inference, account sharding, model fallback, load balancing, isolation of
    tenants, an outage, throttles, a slow model. No provider is called, and no gateway that runs is touched. Plays the
    scenarios that are named, or all. Exit code 1 if one misses a figure.

    \b
    Example:
      sallyport drill
      sallyport drill fallback isolation --chart drill.svg
    """
    chosen = [SCENARIOS[name] for name in dict.fromkeys(names or SCENARIOS)]
    if only_list:
        _list(chosen, as_json)
        return
    if data is not None and data.exists() and any(data.iterdir()):
        fail(f"{data} is not empty. A drill sets tenants and routes of its own: name a folder that is not there yet.")
    if file is not None and not file.absolute().parent.is_dir():
        fail(f"There is no folder {file.absolute().parent} for the chart. Make it, or name another file.")
    results = _played(chosen, data)
    if file is not None:
        file.write_text(chart(results))
    if as_json:
        print_json([_fields(result) for result in results])
    else:
        _print(results, data, file)
    if not all(result.passed for result in results):
        sys.exit(REFUSED)


def _list(scenarios: Sequence[Scenario], as_json: bool) -> None:
    if as_json:
        print_json([{"name": each.name, "title": each.title, "shows": each.shows} for each in scenarios])
    else:
        print_table(("NAME", "SHOWS"), [(each.name, each.shows) for each in scenarios])


def _played(scenarios: Sequence[Scenario], data: Path | None) -> list[Result]:
    """Progress goes to the error stream."""
    click.echo("Starting simulated providers and a gateway ...", err=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops both, as Ctrl-C does
    results = []
    try:
        with _folder(data) as (folder, seed), fleet() as upstream:
            seed.write_text(seed_of(scenarios, upstream.url))
            with gateway(folder, seed, upstream) as serving:
                player = Player(serving, upstream)
                for number, scenario in enumerate(scenarios, start=1):
                    requests = counted(scenario.requests, "request", "requests")
                    click.echo(f"[{number}/{len(scenarios)}] {scenario.name}: {requests} ...", err=True)
                    results.append(player.play(scenario))
    except NotStartedError as error:
        fail(str(error))
    return results


@contextmanager
def _folder(data: Path | None) -> Iterator[tuple[Path, Path]]:
    """The gateway's folder, and where its seed file lies."""
    with tempfile.TemporaryDirectory() as passing:
        yield data or Path(passing, "data"), Path(passing, "seed.toml")


def _fields(result: Result) -> dict[str, Any]:
    figures = [
        {
            "name": figure.name,
            "observed": figure.observed,
            "least": figure.least,
            "most": figure.most,
            "unit": figure.unit or None,
            "note": figure.note or None,
            "passed": figure.passed,
        }
        for figure in result.figures
    ]
    return {
        "scenario": result.scenario.name,
        "title": result.scenario.title,
        "passed": result.passed,
        "requests": result.scenario.requests,
        "seconds": round(result.seconds, 3),
        "figures": figures,
    }


def _print(results: Sequence[Result], data: Path | None, file: Path | None) -> None:
    rows = [
        (
            result.scenario.name if figure is result.figures[0] else " ",
            figure.name,
            figure.expected,
            figure.written(figure.observed),
            "ok" if figure.passed else "MISSED",
            figure.note or " ",
        )
        for result in results
        for figure in result.figures
    ]
    print_table(("SCENARIO", "FIGURE", "EXPECTED", "OBSERVED", "", " "), rows, numbers=("EXPECTED", "OBSERVED"))
    passed = sum(result.passed for result in results)
    requests = counted(sum(result.scenario.requests for result in results), "request", "requests")
    scenarios = counted(len(results), "scenario", "scenarios")
    took = sum(result.seconds for result in results)
    color = "green" if passed == len(results) else "red"
    click.secho(f"\n{passed} of {scenarios} met their figures: {requests} in {took:.1f} s.", bold=True, fg=color)
    if file is not None:
        click.echo(f"  chart    {file}")
    if data is not None:
        click.echo(f"  look into it: sallyport usage --by tenant --data {data}")
