"""Provider credentials from the environment: `openai/main` is SALLYPORT_SECRET_OPENAI_MAIN."""

import re
from collections.abc import Mapping

from sallyport.errors import StoreUnavailableError


class EnvironmentSecrets:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def get(self, name: str) -> str:
        variable = variable_of(name)
        secret = self._environment.get(variable)
        if not secret:
            raise StoreUnavailableError(
                f"The credential {name} is not there. Set {variable} in the gateway's environment and start it again."
            )
        return secret


def variable_of(name: str) -> str:
    """Whatever an environment variable cannot hold becomes an underscore."""
    return "SALLYPORT_SECRET_" + re.sub(r"[^A-Z0-9]+", "_", name.upper())
