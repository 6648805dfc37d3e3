"""What every test shares: an environment that reaches nothing, Lambda's context, sample events and a clock."""

import gc
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# Powertools reads some of these when sallyport.observability is imported, which is before any fixture. Whoever runs the
# tests may be logged in at AWS: nothing here may find that out.
os.environ.update(
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_TRACE_DISABLED="true",
)
for _name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
    os.environ.pop(_name, None)


settings.register_profile("any machine", deadline=None)  # a busy one is slow, not wrong
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """What the tests are made of stays to the end: to look for garbage in it takes a second each time."""
    gc.collect()
    gc.freeze()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(1_795_197_600.0)


class Log:
    """What the gateway's logger wrote."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """Powertools writes to the standard output of its import, which pytest does not see."""
    from sallyport.observability import logger

    written = Log()
    handler: Any = logger.registered_handler
    before = handler.setStream(written.stream)
    yield written
    handler.setStream(before)


@pytest.fixture
def lambda_context() -> LambdaContext:
    context = LambdaContext()
    context._function_name = "test"
    context._memory_limit_in_mb = 512
    context._invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:test"
    context._aws_request_id = "aws-request-1"
    return context


@pytest.fixture
def load_event() -> Callable[[str], dict[str, Any]]:
    """An event of events/, by `function/case`."""

    def load(name: str) -> dict[str, Any]:
        return dict(json.loads((ROOT / "events" / f"{name}.json").read_text()))

    return load
