"""Who is publishing: the user of this machine, or the AWS identity on a stack."""

import getpass

from sallyport_cli.failures import fail
from sallyport_cli.place import Place

MOST = 200
"""Characters of an author's name."""


def author_at(place: Place, named: str | None) -> str:
    """The name that was given, or else that of whoever calls. On AWS, STS knows it of any credentials."""
    if named is not None:
        return named[:MOST]
    if place.folder is None:
        return _identity(place)[:MOST]
    try:
        return getpass.getuser()[:MOST]
    except (KeyError, OSError):
        fail("This machine does not know your name. Say who you are with --author NAME.")


def _identity(place: Place) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(place.services.backend.aws_session().client("sts").get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError) as error:
        fail(f"AWS does not tell who you are ({type(error).__name__}). Log in, or say it with --author NAME.")
