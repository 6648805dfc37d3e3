"""A gateway process that is measured, in front of an upstream that is a process too, and what it is asked."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

LIMITED = """
limits = [{{ per = "minute", requests = 1000000, tokens = 1000000000 }}, {{ per = "month", dollars = 1000000 }}]
"""
"""A policy whose limits are counted and never reached."""

_SEED = """
[tenants.bench]
{policy}
[[keys]]
name = "bench"
tenant = "bench"
project = "bench"

[routing]
version = "bench"
{targets}"""

_TARGET = """
[routing.targets.{model}]
provider = "openai"
base_url = "http://127.0.0.1:{{port}}/v1"
model = "{model}"
privacy = "{privacy}"
max_output_tokens = {most}
price = {{{{ input = 0.4, output = 1.6 }}}}
[routing.routes.{model}]
targets = ["{model}"]
"""

PROSE = (
    "The customer called on Monday about a payment that she does not recognise. She says that the shop is unknown to "
    "her and that the card never left her purse. The merchant answers slowly and sends us from one desk to the next. "
) * 4


def target(model: str, *, privacy: str = "cloud", most: int = 4096) -> str:
    """A model of the upstream with its route, for at most so many tokens of output."""
    return _TARGET.format(model=model, privacy=privacy, most=most)


def seed_of(policy: str, *targets: str) -> str:
    """What a gateway is sown with, once `{port}` in it is the upstream's."""
    return _SEED.format(policy=policy, targets="".join(targets))


def request(path: str, key: str, model: str, number: int, *, stream: bool = False) -> bytes:
    text = (
        f"Case {uuid.uuid4()}. {PROSE} Her address is user{number}@example.com, the card is 4111 1111 1111 1111 and "
        "the refund goes to GB33 BUKB 2020 1555 5555 55."
    )
    messages = [{"role": "user", "content": text}]
    fields = {"model": model, "max_tokens": 16000 if stream else 300, "stream": stream, "messages": messages}
    body = json.dumps(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Process:
    """One that is measured."""

    process: subprocess.Popen[str]
    port: int

    def cpu_seconds(self) -> float:
        """User and system time of the process so far, from the kernel's own account."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Gateway(Process):
    """A gateway process of its own, on a folder of its own."""

    def __init__(
        self,
        folder: Path,
        upstream: int,
        port: int,
        seed: str,
        options: tuple[str, ...] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        file = folder / "seed.toml"
        file.write_text(seed.format(port=upstream))
        started = time.perf_counter()
        command = [sys.executable, "-m", "sallyport_cli", "up", "--port", str(port), "--data", str(folder / "data")]
        command += ["--seed", str(file), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self.port = port
        self._arguments = (folder, upstream, port, seed, options, environment)
        self.key = self._key()
        self.start_seconds = time.perf_counter() - started

    def _key(self) -> str:
        key = ""
        for line in self.process.stdout or ():
            if match := re.search(r"sp_[a-z0-9]{12}_[\w-]{43}", line):
                key = match[0]
            if "Ctrl-C" in line:
                return key
        raise SystemExit("The gateway did not start.")

    def again(self) -> "Gateway":
        """The same on the same folder, once it has ended; the key is still the first one's."""
        gateway = Gateway(*self._arguments)
        gateway.key = self.key
        return gateway

    def resident_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)


@contextmanager
def before_upstream(module: str, port: int, seed: str) -> Iterator[Gateway]:
    """A gateway on `port`, before the upstream that `module --upstream` serves on the next one."""
    upstream = subprocess.Popen([sys.executable, "-m", module, "--upstream", str(port + 1)])
    try:
        with tempfile.TemporaryDirectory() as folder:
            gateway = Gateway(Path(folder), port + 1, port, seed)
            try:
                yield gateway
            finally:
                gateway.stop()
    finally:
        upstream.kill()
