"""How a command ends when it cannot do what it was asked."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from pydantic import ValidationError

from sallyport.errors import SallyportError

REFUSED = 1
"""The exit code of a command that failed; click's own for a wrong usage is 2."""

_FORBIDDEN = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


def fail(message: str) -> NoReturn:
    """Say what is wrong and what to do next, on stderr."""
    click.secho(f"Error: {message}", err=True, fg="red")
    sys.exit(REFUSED)


def warn(message: str) -> None:
    """Something that was done may not do what it was meant to."""
    click.secho(f"Warning: {message}", err=True, fg="yellow")


@contextmanager
def reported() -> Iterator[None]:
    """End the command with the gateway's own words for what went wrong below it."""
    try:
        yield
    except SallyportError as error:
        code = error.details.get("cause_type")
        if code in _FORBIDDEN:
            fail(f"These credentials may not do that ({code}). Ask for the permission, or take others with --profile.")
        fail(f"{error.message} ({code})" if code else error.message)
    except ValidationError as error:
        # Pydantic's text would say which field; that is the developers' business, and a title holds no content.
        fail(f"A stored {error.title} has another form than this version knows. Use the version of the gateway itself.")
