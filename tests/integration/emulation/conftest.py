"""An emulated account for each test, and what a role in it may do."""

from collections.abc import Callable, Iterator

import boto3
import pytest

from sallyport_local.emulation.iam import permissions_of
from sallyport_local.emulation.moto_account import MotoAccount
from sallyport_local.emulation.recorder import Principal, Recorder
from sallyport_local.emulation.sessions import Sessions


@pytest.fixture
def account() -> Iterator[MotoAccount]:
    account = MotoAccount()
    yield account
    account.close()


@pytest.fixture
def sessions(account) -> Sessions:
    return Sessions({})


@pytest.fixture
def operator(sessions) -> boto3.Session:
    return sessions.operator()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def role(recorder) -> Callable[..., Principal]:
    """A principal called `infer` that may do these actions on every resource, and no other."""

    def make(*actions: str, resource: str = "*") -> Principal:
        statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action in actions]
        return Principal("infer", "InferRole", tuple(permissions_of("test", {"Statement": statements})), recorder)

    return make
