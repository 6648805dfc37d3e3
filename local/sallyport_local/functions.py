"""The Lambda functions of `functions/`, loaded into this process and called as the Lambda runtime calls them."""

import importlib.util
import itertools
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sallyport.composition import Services, using
from sallyport_local.observability import share_process

ROOT = Path(__file__).parents[2]
"""The project: functions, workflows and template.yaml are used as they are deployed."""

type Handler = Callable[[dict[str, Any], Any], Any]


@dataclass(frozen=True, slots=True)
class LocalContext:
    """What a handler may ask of Lambda's context object."""

    function_name: str
    aws_request_id: str
    memory_limit_in_mb: int = 512
    tenant_id: None = None

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:local:000000000000:function:{self.function_name}"


class Functions:
    """Every function by its folder's name, each on the services that `services_of` gives it."""

    def __init__(self, services_of: Callable[[str], Services], root: Path = ROOT) -> None:
        share_process()
        self._services_of = services_of
        self._counter = itertools.count(1)
        self._modules = {path.parent.name: _load(path) for path in sorted(root.glob("functions/*/handler.py"))}

    def handler(self, name: str) -> Handler:
        """The deployed entry point of a function."""
        handler: Handler = self._modules[name].lambda_handler
        return handler

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Call a function with an event of its own. What it raises is raised here."""
        return copy_context().run(self._run, name, event)

    def _run(self, name: str, event: Mapping[str, Any]) -> Any:
        """In a context of its own: what a function puts into its log lines is not the next one's."""
        context = LocalContext(name, f"local-{next(self._counter)}")
        with using(self._services_of(name)):
            return self.handler(name)(dict(event), context)

    def app(self, name: str) -> Any:
        """The ASGI application of a function that serves HTTP."""
        return self._modules[name].app


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"functions.{path.parent.name}.handler", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
