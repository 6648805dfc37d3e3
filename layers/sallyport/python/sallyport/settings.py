"""The environment of a function on AWS, as `template.yaml` sets it, read on first use."""

from collections.abc import Mapping
from dataclasses import dataclass


class MissingSettingError(Exception):
    """A variable that template.yaml should have given to this function."""


class WrongSettingError(Exception):
    """A variable says what cannot be; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Names and ARNs of the resources that a function may use; each function has only those it needs."""

    environment: Mapping[str, str]

    def require(self, name: str) -> str:
        value = self.environment.get(name)
        if not value:
            raise MissingSettingError(f"{name} is not set. Add it to this function's Environment in template.yaml.")
        return value

    def optional(self, name: str) -> str | None:
        return self.environment.get(name) or None
