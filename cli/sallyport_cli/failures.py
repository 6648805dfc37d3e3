"""How a command ends when it cannot do what it was asked."""

import sys
from typing import NoReturn

import click

REFUSED = 1
"""The exit code of a command that failed; click's own for a wrong usage is 2."""


def fail(message: str) -> NoReturn:
    """Say what is wrong and what to do next, on stderr."""
    click.secho(f"Error: {message}", err=True, fg="red")
    sys.exit(REFUSED)
