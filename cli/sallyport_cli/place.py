"""Where a command acts: the data folder of a gateway on this machine, or a gateway deployed to AWS."""

import functools
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sallyport.composition import Services
from sallyport_cli.failures import fail, reported

if TYPE_CHECKING:
    from sallyport_local.backend import EmbeddedBackend

DEFAULT_DATA = Path(".sallyport")
DATA_VARIABLE = "SALLYPORT_DATA"


@dataclass(frozen=True)
class Place:
    """An open backend.

    `arguments` are what a command that is suggested to the reader needs to act on the same place: none, or ` --data X`.
    What AWS has consoles for, a data folder keeps itself: `folder` is the same backend if it is one, and
    `workflow_arn` says what to look for in the console if it is none.
    """

    services: Services
    arguments: str
    folder: "EmbeddedBackend | None" = None
    workflow_arn: str | None = None


def at_a_place(*, creates: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options that choose a place, and open it as the command's argument `place`.

    Only a command that `creates` may start a data folder.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @click.option(
            "--data", type=click.Path(file_okay=False, path_type=Path), default=DEFAULT_DATA, show_default=True,
            envvar=DATA_VARIABLE, show_envvar=True, help="Data folder of a gateway on this machine.",
        )  # fmt: skip
        @click.option("--stack", help="Name of a gateway's CloudFormation stack, instead of a data folder.")
        @click.option("--region", help="Region of the stack; your AWS configuration's by default.")
        @click.option("--profile", help="AWS profile whose credentials to use.")
        @functools.wraps(command)
        def run(data: Path, stack: str | None, region: str | None, profile: str | None, **rest: Any) -> None:
            context = click.get_current_context()
            _refuse_contradiction(context, stack, region, profile)
            with reported():
                if stack is None:
                    default = context.get_parameter_source("data") is not ParameterSource.COMMANDLINE
                    with _folder(data, "" if default else f" --data {shlex.quote(str(data))}", creates) as place:
                        command(place=place, **rest)
                else:
                    command(place=_deployed(stack, region, profile), **rest)

        return run

    return decorate


def _refuse_contradiction(context: click.Context, stack: str | None, region: str | None, profile: str | None) -> None:
    if stack is None and (region or profile):
        raise click.UsageError("--region and --profile say where a --stack is: name the stack too.")
    if stack is not None and context.get_parameter_source("data") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--data and --stack name two different gateways: choose one.")


@contextmanager
def _folder(path: Path, arguments: str, creates: bool) -> Iterator[Place]:
    from sallyport_local.backend import EmbeddedBackend
    from sallyport_local.folder import DataFolderError

    try:
        exists = (path / "sallyport.db").exists()
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}. Run this as the user who runs the gateway.")
    if not exists and not creates:
        fail(
            f"There is no data folder at {path.absolute()}. `sallyport up` starts one; name another place with "
            "--data DIR, or a deployed gateway with --stack NAME."
        )
    try:
        backend = EmbeddedBackend.open(path, environment=os.environ)
    except DataFolderError as error:
        fail(error.message)
    if not exists:
        click.echo(f"Started a new data folder: {path.absolute()}", err=True)
    try:
        yield Place(Services(backend), arguments, folder=backend)
    finally:
        backend.close()


def _deployed(stack: str, region: str | None, profile: str | None) -> Place:
    from sallyport_cli.stack import StackError, open_stack

    try:
        backend, workflow_arn = open_stack(stack, region, profile)
    except StackError as error:
        fail(str(error))
    given = {"--stack": stack, "--region": region, "--profile": profile}
    arguments = "".join(f" {option} {shlex.quote(value)}" for option, value in given.items() if value)
    return Place(Services(backend), arguments, workflow_arn=workflow_arn)
