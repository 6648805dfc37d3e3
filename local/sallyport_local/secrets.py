"""Provider credentials from the environment: `openai/main` is SALLYPORT_SECRET_OPENAI_MAIN.

Or what the file has that SALLYPORT_SECRET_OPENAI_MAIN_FILE names, which may be replaced while the gateway runs.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from sallyport.errors import StoreUnavailableError


class EnvironmentSecrets:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._last: dict[str, str] = {}

    def get(self, name: str) -> str:
        variable = variable_of(name)
        file = self._environment.get(f"{variable}_FILE")
        secret = self._environment.get(variable) or (file and self._written(file))
        if not secret:
            raise StoreUnavailableError(
                f"The credential {name} is not there. Set {variable}, or {variable}_FILE to a file that has it, in the "
                "gateway's environment and start it again."
            )
        return secret

    def instead(self, name: str, refused: str) -> str | None:
        secret = self.get(name)
        return secret if secret.strip() != refused else None

    def _written(self, file: str) -> str | None:
        """What it had last, while it is being replaced."""
        try:
            written = Path(file).read_text().strip()
        except (OSError, UnicodeDecodeError):
            written = ""
        if written:
            self._last[file] = written
        return self._last.get(file)


def variable_of(name: str) -> str:
    """Whatever an environment variable cannot hold becomes an underscore."""
    return "SALLYPORT_SECRET_" + re.sub(r"[^A-Z0-9]+", "_", name.upper())
