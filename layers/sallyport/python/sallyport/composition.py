"""The one place where the domain meets its backend. Handlers ask for `services()` and never learn which it is.

`SALLYPORT_BACKEND` names a callable as `module:attribute`; it is called once per container with the environment.
A runtime that hosts many functions in one process gives each its own with `using`.
"""

from __future__ import annotations

import importlib
import os
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sallyport.once import once

if TYPE_CHECKING:
    from sallyport.alerts import Alerts
    from sallyport.audit.log import AuditLog
    from sallyport.authentication import Authenticator
    from sallyport.configuration import Configuration
    from sallyport.idempotency import Answers
    from sallyport.ports import Adviser, Blobs, Cache, Events, Keys, Ledger, Macs, Records, Secrets, Signer, Workflows
    from sallyport.providers.registry import Providers
    from sallyport.remote.fetching import Fetcher
    from sallyport.roster import Roster
    from sallyport.threads import Threads
    from sallyport.vault import Vault
    from sallyport.watch import Watch

type Collection = Literal["keys", "configuration", "usage", "audit_index", "answers", "conversations", "health"]


class Backend(Protocol):
    """Every port, made when it is first asked for: a function pays only for what it uses."""

    @property
    def keys(self) -> Keys: ...
    @property
    def key_macs(self) -> Macs: ...
    @property
    def cache_macs(self) -> Macs: ...
    @property
    def signer(self) -> Signer: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def cache(self) -> Cache: ...
    @property
    def content(self) -> Blobs: ...
    @property
    def audit(self) -> Blobs: ...
    @property
    def events(self) -> Events: ...
    @property
    def alerts(self) -> Events | None:
        """Where alerts go besides the log and the list of them, if anywhere."""
        ...

    @property
    def workflows(self) -> Workflows: ...
    @property
    def adviser(self) -> Adviser | None:
        """Who is asked for a second opinion, if anybody is set up."""
        ...

    @property
    def secrets(self) -> Secrets: ...
    @property
    def recognises_retries(self) -> bool:
        """Whether an SDK's retry without a key is told from a new question, at two calls of the store a request."""
        ...

    def records(self, collection: Collection) -> Records: ...
    def aws_session(self) -> Any:
        """The boto3 session under which models on AWS are called."""
        ...


class Services:
    """A backend, and what is kept warm on top of it.

    Each part is imported when it is first asked for: most functions need two of them, and cold start is a feature.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def now(self) -> float:
        return time.time()

    @once
    def vault(self) -> Vault:
        from sallyport.vault import Vault

        return Vault(self.backend.keys, self.backend.content, clock=time.time)

    @once
    def authenticator(self) -> Authenticator:
        from sallyport.authentication import Authenticator

        return Authenticator(self.backend.records("keys"), self.backend.key_macs, clock=time.time)

    @once
    def providers(self) -> Providers:
        from sallyport.providers.registry import Providers

        return Providers(self.backend.secrets, self.backend.aws_session)

    @once
    def fetcher(self) -> Fetcher:
        from sallyport.remote.fetching import Fetcher

        return Fetcher()

    @once
    def audit_log(self) -> AuditLog:
        from sallyport.audit.log import AuditLog

        return AuditLog(self.backend.audit, self.backend.records("audit_index"), self.backend.signer, self.vault)

    @once
    def alerts(self) -> Alerts:
        from sallyport.alerts import Alerts

        return Alerts(self.backend.ledger, self.backend.records("usage"))

    @once
    def roster(self) -> Roster:
        from sallyport.roster import Roster

        return Roster(self.backend.records("configuration"))

    @once
    def answers(self) -> Answers:
        from sallyport.idempotency import Answers

        return Answers(self.backend.records("answers"), self.backend.cache_macs)

    @once
    def threads(self) -> Threads:
        from sallyport.threads import Threads

        return Threads(self.backend.records("conversations"), self.vault, time.time)

    @once
    def configuration(self) -> Configuration:
        from sallyport.configuration import Configuration

        return Configuration(self.backend.records("configuration"), clock=time.time)

    @once
    def watch(self) -> Watch:
        from sallyport.observability import log_health
        from sallyport.watch import Watch

        return Watch(self.backend.records("health"), clock=time.time, chance=random.random, on_change=log_health)


_scoped: ContextVar[Services | None] = ContextVar("services", default=None)


def services() -> Services:
    return _scoped.get() or _of_this_process()


@contextmanager
def using(scoped: Services) -> Iterator[None]:
    """Run one function on a backend of its own, within this thread or task."""
    token = _scoped.set(scoped)
    try:
        yield
    finally:
        _scoped.reset(token)


@cache
def _of_this_process() -> Services:
    return Services(_load(os.environ.get("SALLYPORT_BACKEND", "sallyport.aws.backend:AwsBackend"), os.environ))


def _load(path: str, environment: Mapping[str, str]) -> Backend:
    module, _, attribute = path.partition(":")
    backend: Backend = getattr(importlib.import_module(module), attribute)(environment)
    return backend
