"""Providers by the name that targets use. Adding one is a line here and a module that has `make`."""

import importlib
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from sallyport.errors import ProviderDeniedError
from sallyport.ports import Secrets
from sallyport.providers.provider import Provider

_MODULES: Mapping[str, str] = {
    "anthropic": "sallyport.providers.anthropic.client",
    "bedrock": "sallyport.providers.bedrock.client",
    "openai": "sallyport.providers.openai.client",
    "simulated": "sallyport.providers.simulated",
}

PROVIDERS = frozenset(_MODULES)

SEVERAL_CHOICES = frozenset({"openai", "simulated"})
"""Those that give several answers to one request, and read the prompt once for all of them. Any other gives one."""


class Providers:
    """Each provider is imported and made when a target first needs it: boto3 alone costs 190 ms."""

    def __init__(self, secrets: Secrets, aws: Callable[[], Any]) -> None:
        """`aws` returns a boto3 session."""
        self._secrets = secrets
        self._aws = aws
        self._made: dict[str, Provider] = {}
        self._lock = Lock()

    def get(self, name: str) -> Provider:
        """Raise ProviderDeniedError for a name that nobody provides."""
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def _make(self, name: str) -> Provider:
        if name not in _MODULES:
            raise ProviderDeniedError(
                f"The routing table names the provider {name}. Those there are: {', '.join(sorted(_MODULES))}."
            )
        made: Provider = importlib.import_module(_MODULES[name]).make(self._secrets, self._aws)
        return made
