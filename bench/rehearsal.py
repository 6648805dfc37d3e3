"""Starts built functions as Lambda does, on a stand-in for AWS.

Each gets a fresh interpreter whose path has nothing but the function, the built layers and what Lambda itself brings,
so that an undeclared dependency fails here. As on Lambda, where both lie on a read-only disk, what is built without its
byte code is compiled at every start.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import samples
from bench.artifacts import WORK, Build, BuiltFunction, make_opt, make_runtime, zipped_bytes
from bench.aws_double import CREDENTIALS, REGION, aws_double
from bench.runtime_api import Reply, RuntimeApi
from bench.workflow_double import Ask, WorkflowDouble
from sallyport.aws.backend import AwsBackend
from sallyport.composition import Services

START_SECONDS = 30

_BARE = ("-S", "-B")
"""No site-packages, and no byte code written."""

_START = """
import runpy, sys
sys.path[:0] = {path!r}
sys.argv = ["awslambdaric", {handler!r}]
runpy.run_module("awslambdaric", run_name="__main__")
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """`init_ms` is from the start of the process until it can take an event, `first_ms` what its first event took: most
    imports wait for it, and calls to AWS's double are in it. `memory_mb` is its peak, None where there is no /proc.
    """

    function: str
    init_ms: int
    first_ms: int
    memory_mb: int | None
    zipped_kb: float


class Rehearsal:
    """The built functions on a stand-in for AWS. Use `with`."""

    def __init__(self, built: Build) -> None:
        self.build = built
        self._stack = ExitStack()

    def __enter__(self) -> "Rehearsal":
        self.workflow = WorkflowDouble(self._warm)
        self._stack.callback(self.workflow.close)
        double = aws_double(self.build.resources, self.workflow)
        self._endpoint, self._names, session = self._stack.enter_context(double)
        self._runtime = make_runtime(WORK / "runtime")
        self._opt = make_opt(self.build.layers.values(), WORK / "opt")
        everything = {name: value for each in self.build.functions for name, value in self._settings(each).items()}
        self.services = Services(AwsBackend(everything, session))
        samples.place(self.services)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def invoke(self, function: BuiltFunction, events: Sequence[Any]) -> tuple[list[Reply], Measured]:
        """Start one process and hand it these events (at least one), one after the other."""
        with self._started(function) as (api, process, init):
            invoked = time.monotonic()
            replies = [api.invoke(events[0], START_SECONDS)]
            first = time.monotonic() - invoked
            replies += [api.invoke(event, START_SECONDS) for event in events[1:]]
            return replies, _measured(function, init, first, process)

    @contextmanager
    def _started(self, function: BuiltFunction) -> Iterator[tuple[RuntimeApi, subprocess.Popen[bytes], float]]:
        """A process that waits for events, and the seconds that its init took."""
        api = RuntimeApi(f"arn:aws:lambda:{REGION}:123456789012:function:{function.concern}", deadline_seconds=60)
        with api.serving() as address:
            started = time.monotonic()
            process = self._start(function, AWS_LAMBDA_RUNTIME_API=address)
            with _ended(process):
                if not api.wait_until_ready(START_SECONDS) or api.first_asked_at is None:
                    raise RuntimeError(f"{function.concern} does not start: {_words(function)}")
                yield api, process, api.first_asked_at - started

    @contextmanager
    def _warm(self, concern: str) -> Iterator[Ask]:
        """What asks one process of a function, for the workflow."""
        function = next(each for each in self.build.functions if each.concern == concern)
        with self._started(function) as (api, _, _):
            yield lambda event: api.invoke(event, START_SECONDS)

    @contextmanager
    def served(self, function: BuiltFunction) -> Iterator[tuple[str, Callable[[], Measured]]]:
        """Start a function that is a web application as the Web Adapter does: run its script, then ask until it is up.

        Gives its address, and a call that tells what it has come to until then.
        """
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        started = time.monotonic()
        process = self._start(function, AWS_LWA_PORT=str(port))
        with _ended(process):
            health = f"{address}{function.environment['AWS_LWA_READINESS_CHECK_PATH']}"
            while not _answers(health):
                if process.poll() is not None or time.monotonic() - started > START_SECONDS:
                    raise RuntimeError(f"{function.concern} does not start: {_words(function)}")
                time.sleep(0.01)
            ready = time.monotonic()
            forward(address, samples.typical(function.concern))
            first = time.monotonic() - ready
            yield address, lambda: _measured(function, ready - started, first, process)

    def measure(self, function: BuiltFunction) -> Measured:
        if function.handler != "run.sh":
            return self.invoke(function, [samples.typical(function.concern)])[1]
        with self.served(function) as (_, measured):
            return measured()

    def _start(self, function: BuiltFunction, **more: str) -> subprocess.Popen[bytes]:
        path = [self._opt / "python", self._runtime]
        environment = {
            **self._settings(function),
            **CREDENTIALS,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # nobody resolves sync-127.0.0.1
            "AWS_LAMBDA_FUNCTION_NAME": function.concern,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_XRAY_SDK_ENABLED": "false",  # there is no daemon to send traces to
            "LAMBDA_TASK_ROOT": str(function.folder),
            "LAMBDA_RUNTIME_DIR": str(self._runtime),
            "PATH": os.environ["PATH"],
            **more,
        }
        command = [str(function.folder / function.handler)]
        if function.handler == "run.sh":
            # Lambda mounts the layers at /opt, which the script puts on the path; here they are elsewhere.
            environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
            environment["PATH"] = f"{_bare_python(WORK / 'bin')}{os.pathsep}{environment['PATH']}"
        else:
            code = _START.format(path=[str(function.folder), *map(str, path)], handler=function.handler)
            command = [sys.executable, *_BARE, "-I", "-c", code]
        with _log(function).open("w") as log:
            return subprocess.Popen(command, cwd=function.folder, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def _settings(self, function: BuiltFunction) -> dict[str, str]:
        """Its environment, with the double's names in the place of CloudFormation's functions."""
        return {name: self._resolve(value) for name, value in function.environment.items()}

    def _resolve(self, value: Any) -> str:
        match value:
            case {"Ref": str(name)}:
                return self._names.get(name, "")
            case {"Fn::GetAtt": [str(name), "Arn"]}:
                return self._names[f"{name}.Arn"]
            case {"Fn::Sub": str(text)}:
                return text.replace("${AWS::StackName}", "sallyport")
            case _:
                return str(value)


def forward(address: str, event: Mapping[str, Any]) -> tuple[int, Mapping[str, str], Any]:
    """One of API Gateway's events as the Web Adapter hands it on; status, headers and the JSON body of the answer."""
    context = {"x-amzn-request-context": json.dumps(event["requestContext"])}
    body = event["body"].encode() if event["body"] else None
    request = urllib.request.Request(
        address + event["path"], data=body, headers=event["headers"] | context, method=event["httpMethod"]
    )
    try:
        with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
            return answer.status, dict(answer.headers), json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), json.load(error)


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the process with the block."""
    with process:
        try:
            yield
        finally:
            process.terminate()


def _measured(function: BuiltFunction, init: float, first: float, process: subprocess.Popen[bytes]) -> Measured:
    status = Path(f"/proc/{process.pid}/status")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return Measured(
        function=function.concern,
        init_ms=round(init * 1000),
        first_ms=round(first * 1000),
        memory_mb=round(int(peak[1]) / 1024) if peak else None,
        zipped_kb=kilobytes(function.folder),
    )


def _log(function: BuiltFunction) -> Path:
    folder = WORK / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{function.concern}.log"


def _words(function: BuiltFunction) -> str:
    """The last that a function said."""
    return _log(function).read_text()[-2000:]


def _bare_python(folder: Path) -> Path:
    """A `python3` that knows no site-packages, as first in a folder for PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "python3"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {" ".join(_BARE)} "$@"\n')
    script.chmod(0o755)
    return folder


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kilobytes(folder: Path) -> float:
    return round(zipped_bytes(folder) / 1024, 1)
